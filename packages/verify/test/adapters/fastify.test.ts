import type { AddressInfo } from 'node:net'
import { hookurl } from '@hookurl/verify/fastify'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { sendToHttp2Port } from '../support/clients.ts'
import { command, expectOptionError, mintPath, policy } from '../support/fixtures.ts'

const handlers = { [command]: ({ payload }: { payload: unknown }) => Response.json(payload) }
const silent = { ...policy, onError: () => {} }
const json = { 'content-type': 'application/json' }
let app: FastifyInstance

beforeEach(() => {
  app = fastify()
})
afterEach(() => app.close())

test('the plugin accepts its options from register', async () => {
  app.register(hookurl, { ...silent, handlers, prefix: '/hooks' })
  const response = await app.inject({ method: 'POST', url: mintPath(), headers: json, payload: '{"a":1}' })
  expect(response.json()).toEqual({ a: 1 })
})

test('a guarded route receives the hook, and rejects a damaged URL', async () => {
  const route = hookurl.route({ ...silent, command }, async (request, reply) => {
    reply.code(201)
    return { content: request.hook.content, id: request.id }
  })
  app.all('/hooks/*', route)
  const response = await app.inject({ method: 'POST', url: mintPath({ content: 7 }) })
  expect([response.statusCode, response.json()]).toEqual([201, { content: 7, id: 'req-1' }])
  expect((await app.inject({ method: 'POST', url: `${mintPath()}A` })).statusCode).toBe(400)
})

test('a guarded route without a handler throws', async () => {
  await expectOptionError(() => hookurl.route({ ...silent, command }, undefined as never), /needs the route/)
})

async function registerWithOwnRoute() {
  app.register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  app.post('/own', (request) => request.body)
  return (url: string, type: string, payload: string) =>
    app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
}

test('the plugin leaves the JSON parser of other routes', async () => {
  const post = await registerWithOwnRoute()
  expect((await post('/own', 'application/json', '{"b":2}')).json()).toEqual({ b: 2 })
})

test('the content types that the plugin accepts are not accepted by other routes', async () => {
  const post = await registerWithOwnRoute()
  expect((await post(mintPath(), 'application/xml', '<a/>')).json()).toBe('<a/>')
  expect((await post('/own', 'application/xml', '<a/>')).statusCode).toBe(415)
})

for (const method of ['GET', 'POST'] as const) {
  test(`a ${method} without a token gets the 404 handler of the application`, async () => {
    app.register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
    app.setNotFoundHandler((request, reply) => reply.code(404).send(`own 404 for ${request.method}`))
    const headers = { 'content-type': 'application/odd' }
    const body = method === 'POST' ? { headers, payload: 'x' } : {}
    const response = await app.inject({ method, url: '/hooks/none', ...body })
    expect(response.statusCode).toBe(404)
    expect(response.body).toBe(`own 404 for ${method}`)
  })
}

test('a token in the query of the prefix is found', async () => {
  app.register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  const url = `/hooks?t=${mintPath().slice('/hooks/'.length)}`
  expect((await app.inject({ method: 'POST', url, headers: json, payload: '1' })).json()).toBe(1)
})

test('the headers that an earlier onRequest hook set are kept', async () => {
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-own', 'yes').header('x-number', 1))
  app.register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  const { headers } = await app.inject({ method: 'POST', url: mintPath(), headers: json, payload: '1' })
  expect(headers).toMatchObject({ 'x-own': 'yes', 'x-number': '1', 'cache-control': 'no-store' })
})

for (const [hook, status, order] of [
  ['onRequest', 403, 'before'],
  ['preHandler', 400, 'after'],
] as const) {
  test(`a guard in ${hook} runs ${order} the body is parsed`, async () => {
    app.all('/route/*', { [hook]: hookurl.preHandler({ ...silent, command }) }, (request) => request.hook?.command)
    const url = mintPath({ command: '/other' }).replace('/hooks', '/route')
    const malformed = { method: 'POST', url, headers: json, payload: '{' } as const
    expect((await app.inject(malformed)).statusCode).toBe(status)
  })
}

test('a route with a parameter rejects a token as too long', async () => {
  app.all('/parameter/:token', { preHandler: hookurl.preHandler({ ...silent, command }) }, () => 'from the route')
  const url = mintPath().replace('/hooks', '/parameter')
  expect((await app.inject({ method: 'POST', url })).statusCode).toBe(414)
})

test('a route with a wildcard accepts a token', async () => {
  app.all('/wildcard/*', { preHandler: hookurl.preHandler({ ...silent, command }) }, () => 'from the route')
  const url = mintPath().replace('/hooks', '/wildcard')
  expect((await app.inject({ method: 'POST', url })).body).toBe('from the route')
})

async function startHttp2() {
  const app2 = fastify({ http2: true })
  app2.register(hookurl({ ...silent, handlers, maxBodySize: 10 }), { prefix: '/hooks' })
  onTestFinished(() => app2.close())
  await app2.listen({ port: 0, host: '127.0.0.1' })
  const send = sendToHttp2Port((app2.server.address() as AddressInfo).port)
  return (body: string) => send({ method: 'POST', path: mintPath(), headers: json, body })
}

test('over HTTP/2, a handler runs', async () => {
  const post = await startHttp2()
  expect((await post('[1]')).json()).toEqual([1])
})

test('over HTTP/2, a body over maxBodySize is rejected with 413', async () => {
  const post = await startHttp2()
  expect((await post('"too long a body"')).status).toBe(413)
})

test('the plugin throws invalid_option without handlers, since it would guard nothing', async () => {
  await expectOptionError(() => hookurl({ ...policy, command } as never), /needs handlers/)
})

test('the plugin throws invalid_option without options', async () => {
  await expectOptionError(() => hookurl(undefined as never), /object/)
})
