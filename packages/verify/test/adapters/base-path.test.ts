import { createReceiver } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as lambdaHookurl } from '@hookurl/verify/lambda'
import { hookurl as nextHookurl } from '@hookurl/verify/next'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { type SendRequest, sendToHandler, sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen, listenFetch } from '../support/serve.ts'

const options = {
  ...policy,
  basePath: '/hooks',
  handlers: { [command]: () => Response.json('receiver'), '/approve': () => Response.json('receiver') },
}
const guard = { ...policy, command: '/approve' }

/** An application with a receiver, a guard at `/approve`, and other routes, which respond with `app`. */
const applications: readonly [name: string, start: () => Promise<SendRequest>][] = [
  ['Express 5', () => startExpress(express, '/approve{/*rest}')],
  ['Express 4', () => startExpress(express4, '/approve/*')],
  ['Koa', startKoa],
  ['Fastify', startFastify],
  ['Hono', startHono],
  ['node:http', startNode],
  ['handle', startHandle],
]

// The application's own link, with a JWT that hookurl did not mint.
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const hookPath = mintPath()
const token = hookPath.slice('/hooks/'.length)
const queryPath = `/hooks?t=${token}`
const approvePath = mintPath({ command: '/approve' }).replace('/hooks', '/approve')

const rows: readonly [what: string, path: string, goesTo: 'receiver' | 'guard' | 'app'][] = [
  ['a hook URL below the base path', hookPath, 'receiver'],
  ['a hook URL in a deeper path', `/hooks/eu/${token}`, 'receiver'],
  ['a hook URL with its token in the query', queryPath, 'receiver'],
  ["a guard's hook URL", approvePath, 'guard'],
  ["the application's own JWT link", `/reset/${jwt}`, 'app'],
  ["the application's own JWT in a query", `/reset?t=${jwt}`, 'app'],
  ['a hook URL elsewhere', `/reset/${token}`, 'app'],
  ['a path that only starts like the base path', `/hooks-admin/${token}`, 'app'],
  ['the base path in another case', `/HOOKS/${token}`, 'app'],
  ['the base path after another slash', `//hooks/${token}`, 'app'],
  ['the base path inside the path', `/a/hooks/${token}`, 'app'],
  ['the base path without a token', '/hooks', 'app'],
  ['a path below the base path without a token', '/hooks/help', 'app'],
  ['the root', '/', 'app'],
]

describe.each(applications)('with basePath, on %s', (_name, start) => {
  test.each(rows)('%s goes where it belongs: %s', async (_what, path, goesTo) => {
    const send = await start()
    const { text } = await send({ method: 'POST', path })
    expect(text).toBe(goesTo === 'receiver' ? '"receiver"' : goesTo)
  })

  test('an invalid token below the base path is rejected, although the application has a route for it', async () => {
    const send = await start()
    expect((await send({ method: 'POST', path: `/hooks/${jwt}` })).status).toBe(403)
  })
})

test.each([
  ['fetch', async () => sendToHandler(fetchHookurl(options))],
  ['next', async () => sendToHandler((request: Request) => nextHookurl(options)(request, {}))],
  ['receiver.fetch', async () => sendToHandler((request: Request) => createReceiver(options).fetch(request))],
] as const)('with basePath, %s responds with 404 to a hook URL elsewhere', async (_name, start) => {
  const send = await start()
  expect((await send({ method: 'POST', path: hookPath })).status).toBe(200)
  expect((await send({ method: 'POST', path: `/reset/${token}` })).status).toBe(404)
})

test('with basePath, a Lambda function responds with 404 to a hook URL elsewhere', async () => {
  const receive = lambdaHookurl(options)
  const event = (path: string) => ({ httpMethod: 'POST', path, headers: {}, body: null, isBase64Encoded: false })
  expect((await receive(event(hookPath), {})).statusCode).toBe(200)
  expect((await receive(event(`/reset/${token}`), {})).statusCode).toBe(404)
})

test('the base path is compared with the path before a mount path was removed', async () => {
  const app = express().use('/hooks', expressHookurl(options))
  expect((await sendToPort(await listen(app))({ method: 'POST', path: hookPath })).text).toBe('"receiver"')
})

test('a Fastify plugin with a prefix compares the base path with the entire path', async () => {
  const app = fastify()
  app.register(fastifyHookurl(options), { prefix: '/hooks' })
  await app.ready()
  const send = sendToPort(await listen(app.routing))
  expect((await send({ method: 'POST', path: hookPath })).text).toBe('"receiver"')
})

test('an existing receiver keeps its base path in a Fastify plugin', async () => {
  const app = fastify()
  app.get('/', async () => 'app')
  app.register(fastifyHookurl(createReceiver(options)))
  await app.ready()
  const send = sendToPort(await listen(app.routing))
  expect((await send({ method: 'POST', path: hookPath })).text).toBe('"receiver"')
  expect((await send({ path: '/' })).text).toBe('app')
})

test.each([
  ['/hooks/', '/hooks/', 'receiver'],
  ['/', '/anything/', 'receiver'],
  ['/a/b', '/a/b/', 'receiver'],
  ['/a/b', '/a/', 'app'],
  ['/grüße', '/gr%C3%BC%C3%9Fe/', 'receiver'],
])("basePath: '%s' and the path %sTOKEN go to the %s", async (basePath, path, goesTo) => {
  const receive = nodeHookurl({ ...options, basePath })
  const port = await listen((request, response) => void receive(request, response, () => response.end('app')))
  const { text } = await sendToPort(port)({ method: 'POST', path: path + token })
  expect(text).toBe(goesTo === 'receiver' ? '"receiver"' : goesTo)
})

test.each([['hooks'], [''], ['/hooks?a=1'], ['/hooks#a'], ['https://a.example/hooks'], [7], [null], [/hooks/]])(
  'basePath: %j is rejected with invalid_option',
  (basePath) => {
    expect(() => createReceiver({ ...options, basePath } as never)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining('basePath') }),
    )
  },
)

test('a guard with basePath is rejected with invalid_option, since other paths would bypass it', () => {
  expect(() => expressHookurl({ ...guard, basePath: '/approve' } as never)).toThrow(
    expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining('basePath') }),
  )
})

async function startExpress(create: typeof express, approve: string): Promise<SendRequest> {
  const app = create().use(expressHookurl(options))
  app.all(approve, expressHookurl(guard), (_request, response) => void response.end('guard'))
  app.use((_request, response) => void response.end('app'))
  return sendToPort(await listen(app))
}

async function startKoa(): Promise<SendRequest> {
  const app = new Koa().use(koaHookurl(options))
  const guardApprove = koaHookurl(guard)
  app.use((context, next) => (context.path.startsWith('/approve/') ? guardApprove(context as never, next) : next()))
  app.use((context) => {
    context.body = context.path.startsWith('/approve/') ? 'guard' : 'app'
  })
  return sendToPort(await listen(app.callback()))
}

async function startFastify(): Promise<SendRequest> {
  const app = fastify()
  app.register(fastifyHookurl(options))
  app.all('/approve/*', { preHandler: fastifyHookurl.preHandler(guard) }, async () => 'guard')
  app.all('/', async () => 'app')
  app.setNotFoundHandler(async (_request, reply) => reply.code(200).send('app'))
  await app.ready()
  return sendToPort(await listen(app.routing))
}

async function startHono(): Promise<SendRequest> {
  const app = new Hono().use(honoHookurl(options))
  app.all('/approve/*', honoHookurl(guard), (context) => context.text('guard'))
  app.all('*', (context) => context.text('app'))
  return sendToPort(await listenFetch(app.fetch))
}

async function startNode(): Promise<SendRequest> {
  const receive = nodeHookurl(options)
  const approve = nodeHookurl(guard)
  const port = await listen((request, response) => {
    void receive(request, response, () => {
      if (!request.url?.startsWith('/approve/')) return void response.end('app')
      void approve(request, response, () => response.end('guard'))
    })
  })
  return sendToPort(port)
}

async function startHandle(): Promise<SendRequest> {
  const receiver = createReceiver(options)
  const approve = fetchHookurl(guard, () => new Response('guard'))
  return sendToHandler((request: Request) =>
    receiver.handle(request, () =>
      new URL(request.url).pathname.startsWith('/approve/') ? approve(request) : new Response('app'),
    ),
  )
}
