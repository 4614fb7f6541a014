import { createServer, type IncomingMessage } from 'node:http'
import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import type { D1Database, DurableObjectNamespace, DurableObjectState } from '@cloudflare/workers-types/index.ts'
import { createMinter, defineCommands, generateKey } from '@hookurl/core'
import { type AuthorizedHook, createReceiver, createVerifier, type UseStore } from '@hookurl/verify'
import { casUseStore } from '@hookurl/verify/cas'
import { type DurableObjectNamespaceLike, durableUseStore, type HookurlUses } from '@hookurl/verify/durable'
import { dynamoUseStore } from '@hookurl/verify/dynamo'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as lambdaHookurl } from '@hookurl/verify/lambda'
import { hookurl as nestHookurl } from '@hookurl/verify/nest'
import { hookurl as nextHookurl } from '@hookurl/verify/next'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { sqlUseStore } from '@hookurl/verify/sql'
import { createStoreTests, type StoreTest } from '@hookurl/verify/store-tests'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import express from 'express'
import fastify, { type FastifyRequest } from 'fastify'
import { type Context, Hono } from 'hono'
import Koa from 'koa'
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

test('the commands determine the types of mint options', () => {
  const minter = createMinter({ keys, baseUrl, expiresIn: '1h', commands })
  minter.mintSync({ command: '/pay', content: { order: 'A1' } })
  minter.mintSync({ command: '/plain' })
  // @ts-expect-error the content does not match the schema's input
  expect(() => minter.mintSync({ command: '/pay', content: { order: 1 } })).toThrow()
  // @ts-expect-error the schema requires content
  expect(() => minter.mintSync({ command: '/pay' })).toThrow()
  // @ts-expect-error the command is unknown
  expect(() => minter.mintSync({ command: '/nope' })).toThrow()
})

test('the commands determine the types of verified hooks and handlers', async () => {
  const url = createMinter({ keys, baseUrl, expiresIn: '1h', commands }).mintSync({
    command: '/pay',
    content: { order: 'A1' },
  })
  const verified = await createVerifier({ keys, commands }).verify(url, { command: '/pay' })
  expectTypeOf(verified.content.order).toBeNumber()
  expect(verified.content.order).toBe(2)
  createReceiver({
    keys,
    commands,
    handlers: {
      '/pay': (hook) => {
        expectTypeOf(hook.content.order).toBeNumber()
        expectTypeOf(hook.payload.paid).toBeBoolean()
      },
      '*': (hook) => expectTypeOf(hook.command).toEqualTypeOf<'/pay' | '/plain'>(),
    },
  })
  createReceiver({ keys, commands, handlers: { '/other': (hook) => expectTypeOf(hook.content).toBeUnknown() } })
})

test('choices and a comment are typed in handlers, and only there', () => {
  const deploy = defineCommands({
    '/deploy': { choices: { approve: 'Approve', reject: 'Reject' }, comment: { label: 'Why?', maxLength: 500 } },
    '/plain': {},
  })
  const receiver = createReceiver({
    keys,
    commands: deploy,
    handlers: {
      '/deploy': (hook) => {
        expectTypeOf(hook.choice).toEqualTypeOf<'approve' | 'reject'>()
        expectTypeOf(hook.comment).toEqualTypeOf<string | undefined>()
        // @ts-expect-error a choice that the command does not define
        return hook.choice === 'maybe'
      },
      '/plain': (hook) => {
        // @ts-expect-error the command has no choices
        return hook.choice
      },
    },
  })
  expectTypeOf(receiver.fetch).toBeFunction()
  fetchHookurl({ keys, commands: deploy, command: '/deploy' }, (_request, hook) => {
    // @ts-expect-error a guard leaves the choice to its route
    return Response.json(hook.choice)
  })
  // @ts-expect-error a label must be a string
  expect(() => defineCommands({ '/a': { choices: { yes: 1 } } })).toThrow('choices')
  // @ts-expect-error a comment requires a maxLength
  expect(() => defineCommands({ '/a': { comment: { label: 'Why?' } } })).toThrow('comment')
})

test('user and signIn receive what the framework passes to its own handlers', () => {
  const handlers = { '/a': (hook: { actor?: string }) => expectTypeOf(hook.actor).toEqualTypeOf<string | undefined>() }
  const own = { keys, handlers }
  createReceiver({ ...own, user: (request) => request.headers.get('x-user') })
  fetchHookurl({ ...own, user: (request) => request.headers.get('x-user') })
  nodeHookurl({ ...own, user: (request) => String(request.headers['x-user']) })
  nodeHookurl({ ...own, user: (request: IncomingMessage) => request.headersDistinct['x-user']?.[0] })
  expressHookurl({ ...own, user: (req: express.Request) => req.get('x-user'), signIn: (to, req) => req.baseUrl + to })
  expressHookurl({ keys, command: '/a', user: (req: express.Request) => req.get('x-user') })
  expressHookurl({ ...own, user: (req) => String(req.headers['x-user']) })
  fastify().register(fastifyHookurl, { ...own, prefix: '/hooks', user: (request: FastifyRequest) => request.id })
  fastify().register(fastifyHookurl({ ...own, user: async (request: FastifyRequest) => request.id }))
  fastifyHookurl.preHandler({ keys, command: '/a', user: (request: FastifyRequest) => request.id })
  fastifyHookurl.preHandler({ keys, command: '/a', user: (request) => request.originalUrl })
  honoHookurl({ ...own, user: (c: Context) => c.req.header('x-user') })
  honoHookurl({ ...own, user: (c) => c.req.raw.headers.get('x-user') })
  koaHookurl({ ...own, user: (ctx: Koa.Context) => ctx.get('x-user') })
  koaHookurl({ keys, command: '/a', user: (ctx) => ctx.originalUrl })
  nestHookurl({ keys, command: '/a', user: (req: express.Request) => req.get('x-user') })
  nestHookurl({ keys, command: '/a', user: (request: FastifyRequest) => request.id })
  nextHookurl({ ...own, user: (request) => request.headers.get('x-user') })
  lambdaHookurl({ ...own, user: (event) => event.headers?.['x-user'] })
  lambdaHookurl({ ...own, user: (event: APIGatewayProxyEventV2) => event.headers['x-user'], signIn: () => '/login' })
  for (const user of [() => 42, () => 42n, () => null, async () => undefined]) createReceiver({ ...own, user })
  // @ts-expect-error a user is not an object
  createReceiver({ ...own, user: () => ({ id: 1 }) })
  // @ts-expect-error an Express request is not what the fetch adapter passes
  fetchHookurl({ ...own, user: (req: express.Request) => req.get('x-user') })
  expect(own.handlers).toBeDefined()
})

test('without commands, payloads are unknown and any command is allowed', () => {
  const receiver = createReceiver({ keys, handlers: { '/any': (hook) => expectTypeOf(hook.payload).toBeUnknown() } })
  expectTypeOf(receiver.fetch).returns.resolves.toEqualTypeOf<Response>()
})

test("the adapters match the types of Node's and fetch's hosts", () => {
  createServer(nodeHookurl({ keys, handlers: { '/a': (hook) => hook.payload } }))
  const app = express()
  app.use('/a', expressHookurl({ keys, handlers: { '/a': async (hook) => hook.payload } }))
  app.use('/b', expressHookurl({ keys, commands, command: '/pay' }), (req, res) => {
    expectTypeOf(req.hook?.userId).toEqualTypeOf<string | undefined>()
    res.json(req.hook)
  })
  // @ts-expect-error a guard requires a command
  expect(() => expressHookurl({ keys })).toThrow('command')
  // @ts-expect-error the command is unknown
  expect(() => expressHookurl({ keys, commands, command: '/nope' })).toThrow('commands')
  const guarded = fetchHookurl({ keys, command: '/a' }, (request, hook, env: { name: string }) =>
    Response.json([request.url, hook.userId, env.name]),
  )
  fetchHookurl({ keys, commands, command: '/pay' }, (_request, hook) => {
    expectTypeOf(hook.content.order).toBeNumber()
    return new Response()
  })
  fetchHookurl({ keys, commands, command: '*' }, (_request, hook) => {
    expectTypeOf(hook.command).toEqualTypeOf<'/pay' | '/plain'>()
    return new Response()
  })
  expectTypeOf(guarded).parameters.toEqualTypeOf<[request: Request, env: { name: string }]>()
})

test("the frameworks' types include the hook and the commands", () => {
  const handlers = { '/pay': (hook: { payload: { paid: boolean } }) => hook.payload.paid }
  const app = fastify()
  app.register(fastifyHookurl, { prefix: '/a', keys, handlers: { '/a': (hook) => hook.payload } })
  app.register(fastifyHookurl({ keys, commands, handlers }), { prefix: '/b' })
  app.all('/c/*', { preHandler: fastifyHookurl.preHandler({ keys, commands, command: '/pay' }) }, (request) => {
    expectTypeOf(request.hook).toEqualTypeOf<AuthorizedHook | undefined>()
    return request.hook
  })
  const route = fastifyHookurl.route({ keys, commands, command: '/pay' }, async ({ hook }) => {
    expectTypeOf(hook.content.order).toBeNumber()
    return hook.content.order
  })
  app.all('/d/*', route)

  new Hono()
    .use('/a/*', honoHookurl({ keys, handlers: { '/a': (hook) => hook.payload } }))
    .all('/b/*', honoHookurl({ keys, commands, command: '/pay' }), (c) => {
      expectTypeOf(c.get('hook').content.order).toBeNumber()
      return c.json(c.get('hook'))
    })

  new Koa().use(koaHookurl({ keys, commands, command: '/pay' })).use((ctx) => {
    expectTypeOf(ctx.state.hook.content.order).toBeNumber()
  })

  const handler = nextHookurl({ keys, command: '/a' }, (request, hook, context: { params: Promise<{ id: string }> }) =>
    Response.json([request.url, hook.userId, context.params]),
  )
  expectTypeOf(handler).returns.resolves.toEqualTypeOf<Response>()
  lambdaHookurl({ keys, commands, command: '/pay' }, (event, hook) => {
    expectTypeOf(hook.command).toEqualTypeOf<'/pay'>()
    return { statusCode: 200, body: event.rawPath }
  })
  // @ts-expect-error a plugin requires handlers
  expect(() => fastifyHookurl({ keys, command: '/a' })).toThrow('handlers')
  // @ts-expect-error a guard requires its route
  expect(() => nextHookurl({ keys, command: '/a' })).toThrow('route')
})

test("the use stores accept the clients of Cloudflare's and AWS's types", () => {
  expectTypeOf<DurableObjectNamespace<HookurlUses>>().toExtend<DurableObjectNamespaceLike>()
  expectTypeOf<DurableObjectNamespace>().toExtend<Parameters<typeof durableUseStore>[0]>()
  expectTypeOf(durableUseStore).returns.toEqualTypeOf<UseStore>()
  expectTypeOf<DurableObjectState>().toExtend<ConstructorParameters<typeof HookurlUses>[0]>()
  expectTypeOf<DynamoDB>().toExtend<Parameters<typeof dynamoUseStore>[0]>()
  const database = {} as D1Database
  sqlUseStore(
    (sql, values) =>
      database
        .prepare(sql)
        .bind(...values)
        .all(),
    { dialect: 'sqlite' },
  )
  // @ts-expect-error a table has a name
  expect(() => dynamoUseStore({ getItem: async () => ({}), putItem: async () => ({}) }, {})).toThrow('table')
})

test('a custom store and its tests are typed', () => {
  const rows = new Map<string, { version: number; record: string }>()
  const store = casUseStore<number>({
    read: async (id) => rows.get(id),
    insert: async (row) => {
      expectTypeOf(row.expiresAt).toEqualTypeOf<Date>()
      return false
    },
    replace: async (_row, version) => {
      expectTypeOf(version).toBeNumber()
      return false
    },
  })
  expectTypeOf(store).toEqualTypeOf<UseStore>()
  const [first] = createStoreTests(async () => store, { leaseMs: 1000 })
  expectTypeOf(first).toEqualTypeOf<StoreTest | undefined>()
  // @ts-expect-error the version has another type
  casUseStore<number>({ read: async () => ({ version: '1' }), insert: async () => true, replace: async () => true })
  // @ts-expect-error a store has four functions
  createStoreTests(() => ({ reserve: store.reserve }))
})
