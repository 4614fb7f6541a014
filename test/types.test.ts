import { createServer } from 'node:http'
import { createMinter, defineCommands, generateKey } from '@hookurl/core'
import { createReceiver, createVerifier } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const keys = generateKey()
const baseUrl = 'https://bot.example.com/hooks'
const commands = defineCommands({
  '/pay': {
    content: z.object({ order: z.string().transform((text) => text.length) }),
    payload: z.object({ paid: z.boolean() }),
  },
  '/plain': {},
})

test('the commands type what is minted', () => {
  const minter = createMinter({ keys, baseUrl, expiresIn: '1h', commands })
  minter.mintSync({ command: '/pay', content: { order: 'A1' } })
  minter.mintSync({ command: '/plain' })
  // @ts-expect-error the content is not what the schema takes
  expect(() => minter.mintSync({ command: '/pay', content: { order: 1 } })).toThrow()
  // @ts-expect-error the schema asks for content
  expect(() => minter.mintSync({ command: '/pay' })).toThrow()
  // @ts-expect-error there is no such command
  expect(() => minter.mintSync({ command: '/nope' })).toThrow()
})

test('the commands type what is verified and what a handler gets', async () => {
  const url = createMinter({ keys, baseUrl, expiresIn: '1h', commands }).mintSync({
    command: '/pay',
    content: { order: 'A1' },
  })
  const hook = await createVerifier({ keys, commands }).verify(url, { command: '/pay' })
  expectTypeOf(hook.content.order).toBeNumber()
  expect(hook.content.order).toBe(2)
  createReceiver({
    keys,
    commands,
    handlers: {
      '/pay': (given) => {
        expectTypeOf(given.content.order).toBeNumber()
        expectTypeOf(given.payload.paid).toBeBoolean()
      },
      '*': (given) => expectTypeOf(given.command).toEqualTypeOf<'/pay' | '/plain'>(),
    },
  })
  // @ts-expect-error there is no such command
  expect(() => createReceiver({ keys, commands, handlers: { '/nope': () => {} } })).toThrow()
})

test('without commands, data is unknown and any command goes', () => {
  const receiver = createReceiver({ keys, handlers: { '/any': (hook) => expectTypeOf(hook.payload).toBeUnknown() } })
  expectTypeOf(receiver.fetch).returns.resolves.toEqualTypeOf<Response>()
})

test("every adapter fits its host's types", () => {
  createServer(nodeHookurl({ keys, handlers: { '/a': (hook) => hook.payload } }))
  const app = express()
  app.use('/a', expressHookurl({ keys, handlers: { '/a': async (hook) => hook.payload } }))
  app.use('/b', expressHookurl({ keys, commands, command: '/pay' }), (req, res) => {
    expectTypeOf(req.hook?.userId).toEqualTypeOf<string | undefined>()
    res.json(req.hook)
  })
  // @ts-expect-error a guard needs the command it is for
  expect(() => expressHookurl({ keys })).toThrow('command')
  // @ts-expect-error there is no such command
  expect(() => expressHookurl({ keys, commands, command: '/nope' })).toThrow('commands')
  const guarded = fetchHookurl({ keys, command: '/a' }, (request, hook, env: { name: string }) =>
    Response.json([request.url, hook.userId, env.name]),
  )
  expectTypeOf(guarded).parameters.toEqualTypeOf<[request: Request, env: { name: string }]>()
})
