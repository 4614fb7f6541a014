import { defineCommands } from '@hookurl/core'
import { createReceiver, type Receiver } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as lambdaHookurl } from '@hookurl/verify/lambda'
import { hookurl as nextHookurl } from '@hookurl/verify/next'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { createWaiter, memoryWaitStore } from '@hookurl/verify/wait'
import type { FastifyRequest } from 'fastify'
import type { Context } from 'hono'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { baseUrl, key } from '../support/fixtures.ts'

const commands = defineCommands({
  '/onResult': { content: z.object({ job: z.number() }), payload: z.object({ at: z.coerce.date() }) },
  '/approve': { choices: { yes: 'Yes', no: 'No' } },
})
const waits = memoryWaitStore()
const waiter = createWaiter({ keys: key, baseUrl, waits, commands })

test('what a wait receives is typed by its command', async () => {
  const { received } = await waiter.open({ command: '/onResult', content: { job: 7 } })
  expectTypeOf(received).resolves.toHaveProperty('payload').toEqualTypeOf<{ at: Date }>()
  const approval = await waiter.open({ command: '/approve' })
  expectTypeOf(approval.received).resolves.toHaveProperty('choice').toEqualTypeOf<'yes' | 'no'>()
  expectTypeOf(waiter.resume<'/approve'>(approval.id)).resolves.toHaveProperty('choice').toEqualTypeOf<'yes' | 'no'>()
  // @ts-expect-error: the content has another type
  await expect(waiter.open({ command: '/onResult', content: { job: '7' } })).rejects.toThrow()
  // @ts-expect-error: the command is not defined
  await expect(waiter.open({ command: '/other' })).rejects.toThrow()
  // @ts-expect-error: the content is missing
  await expect(waiter.open({ command: '/onResult' })).rejects.toThrow()
})

test('without commands, any command may be opened and its payload is unknown', async () => {
  const untyped = createWaiter({ keys: key, baseUrl, waits })
  const { received } = await untyped.open({ command: '/anything', content: { any: 'value' } })
  expectTypeOf(received).resolves.toHaveProperty('payload').toEqualTypeOf<unknown>()
})

test('every adapter accepts the receiver of a waiter, also with more options', () => {
  const user = (): string => 'ana'
  const created: readonly unknown[] = [
    expressHookurl(waiter.receiver),
    expressHookurl({ ...waiter.receiver, user: (request) => request.headers['x-user'] as string }),
    fastifyHookurl(waiter.receiver),
    fastifyHookurl({ ...waiter.receiver, user: (request: FastifyRequest) => request.id }),
    fetchHookurl(waiter.receiver),
    fetchHookurl({ ...waiter.receiver, user: (request) => request.headers.get('x-user') }),
    honoHookurl(waiter.receiver),
    honoHookurl({ ...waiter.receiver, user: (context: Context) => context.req.header('x-user') }),
    koaHookurl(waiter.receiver),
    koaHookurl({ ...waiter.receiver, user }),
    lambdaHookurl(waiter.receiver),
    lambdaHookurl({ ...waiter.receiver, user }),
    nextHookurl(waiter.receiver),
    nextHookurl({ ...waiter.receiver, user }),
    nodeHookurl(waiter.receiver),
    nodeHookurl({ ...waiter.receiver, user: (request) => request.headers['x-user'] as string }),
    createReceiver(waiter.receiver) satisfies Receiver,
    createReceiver({ ...waiter.receiver, user, maxBodySize: 1000 }),
  ]
  expect(created.every((adapter) => adapter !== undefined)).toBe(true)
})

test('webhook returns what the AI SDK expects', () => {
  // The type of its option, as published in version 7 of `ai`.
  type JsonValue = null | string | number | boolean | { [name: string]: JsonValue | undefined } | JsonValue[]
  type WebhookFactory = () => PromiseLike<{
    url: string
    received: PromiseLike<{ headers: Record<string, string>; body: JsonValue }>
  }>
  expectTypeOf(() => waiter.webhook({ command: '/approve', expiresIn: '15m' })).toExtend<WebhookFactory>()
})
