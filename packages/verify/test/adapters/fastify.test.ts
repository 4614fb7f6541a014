import type { AddressInfo } from 'node:net'
import { hookurl } from '@hookurl/verify/fastify'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { sendToHttp2Port } from '../support/clients.ts'
import { command, expectOptionError, mintPath, policy } from '../support/fixtures.ts'

const handlers = { [command]: ({ payload }: { payload: unknown }) => payload }
const silent = { ...policy, onError: () => {} }
const json = { 'content-type': 'application/json' }
let app: FastifyInstance

function create(): FastifyInstance {
  app = fastify()
  return app
}

afterEach(() => app?.close())

test('takes its options from register too, or a receiver made elsewhere', async () => {
  create().register(hookurl, { ...silent, handlers, prefix: '/hooks' })
  const given = { method: 'POST', url: mintPath(), headers: json, payload: '{"a":1}' } as const
  expect((await app.inject(given)).json()).toEqual({ a: 1 })
})

test('leaves the parsers and routes around it as they were', async () => {
  create().register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  app.post('/own', (request) => request.body)
  const post = (url: string, type: string, payload: string) =>
    app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
  expect((await post('/own', 'application/json', '{"b":2}')).json()).toEqual({ b: 2 })
  expect((await post('/own', 'application/xml', '<a/>')).statusCode).toBe(415)
  expect((await post(mintPath(), 'application/xml', '<a/>')).json()).toBe('<a/>')
})

test('gives a request without a token to the 404 handler of the application', async () => {
  create().register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  app.setNotFoundHandler((request, reply) => reply.code(404).send(`own 404 for ${request.method}`))
  for (const method of ['GET', 'POST'] as const) {
    const headers = { 'content-type': 'application/odd' }
    const reply = await app.inject({ method, url: '/hooks/none', ...(method === 'POST' && { headers, payload: 'x' }) })
    expect([reply.statusCode, reply.body]).toEqual([404, `own 404 for ${method}`])
  }
})

test('finds a token in the query of its prefix', async () => {
  create().register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  const url = `/hooks?t=${mintPath().slice('/hooks/'.length)}`
  expect((await app.inject({ method: 'POST', url, headers: json, payload: '1' })).json()).toBe(1)
})

test('keeps the headers that hooks of the application set before', async () => {
  create().addHook('onRequest', async (_request, reply) => void reply.header('x-own', 'yes').header('x-number', 1))
  app.register(hookurl({ ...silent, handlers }), { prefix: '/hooks' })
  const { headers } = await app.inject({ method: 'POST', url: mintPath(), headers: json, payload: '1' })
  expect([headers['x-own'], headers['x-number'], headers['cache-control']]).toEqual(['yes', '1', 'no-store'])
})

test('as onRequest a guard refuses before the body is parsed, as preHandler after', async () => {
  const guard = hookurl.preHandler({ ...silent, command })
  create().all('/first/*', { onRequest: guard }, (request) => request.hook?.command)
  app.all('/then/*', { preHandler: guard }, (request) => request.hook?.command)
  const bad = mintPath({ command: '/other' }).slice('/hooks'.length)
  const post = async (url: string) =>
    (await app.inject({ method: 'POST', url, headers: json, payload: '{' })).statusCode
  expect([await post(`/first${bad}`), await post(`/then${bad}`)]).toEqual([403, 400])
})

test('a route parameter can not hold a token, a wildcard can', async () => {
  create().all('/parameter/:token', { preHandler: hookurl.preHandler({ ...silent, command }) }, () => 'open')
  app.all('/wildcard/*', { preHandler: hookurl.preHandler({ ...silent, command }) }, () => 'open')
  const token = mintPath().slice('/hooks'.length)
  expect((await app.inject({ method: 'POST', url: `/parameter${token}` })).statusCode).toBe(414)
  expect((await app.inject({ method: 'POST', url: `/wildcard${token}` })).body).toBe('open')
})

test('speaks HTTP/2', async () => {
  const app2 = fastify({ http2: true })
  app2.register(hookurl({ ...silent, handlers, maxBodySize: 10 }), { prefix: '/hooks' })
  onTestFinished(() => app2.close())
  await app2.listen({ port: 0, host: '127.0.0.1' })
  const send = sendToHttp2Port((app2.server.address() as AddressInfo).port)
  const post = (body: string) => send({ method: 'POST', path: mintPath(), headers: json, body })
  expect((await post('[1]')).json()).toEqual([1])
  expect((await post('"too long a body"')).status).toBe(413)
})

test('a plugin without handlers is a mistake: it would guard nothing', async () => {
  await expectOptionError(() => hookurl({ ...policy, command } as never), /needs handlers/)
  await expectOptionError(() => hookurl(undefined as never), /takes an object/)
})
