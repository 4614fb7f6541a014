import { gzipSync } from 'node:zlib'
import type { ReceivedHook } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as lambdaHookurl } from '@hookurl/verify/lambda'
import koaBodyParser from '@koa/bodyparser'
import express, { type RequestHandler } from 'express'
import Fastify from 'fastify'
import rawBody from 'fastify-raw-body'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type SendRequest, sendToHandler, sendToPort } from '../../support/clients.ts'
import { policy, toPath } from '../../support/fixtures.ts'
import { listen } from '../../support/serve.ts'
import { mintSigned, signers, type ToSign } from '../../support/signatures.ts'

const command = '/onIncident'
const secret = await mintSigned({ command })
const path = toPath(secret.url)
const body = '{"a":"ü"}'
const json = { 'content-type': 'application/json' }
const keepBytes = express.json({ verify: (request, _response, bytes) => void Reflect.set(request, 'rawBody', bytes) })
const sign = (given: Partial<ToSign> = {}): Record<string, string> =>
  signers['x-hub-signature-256']({ secret, body, ...given })

const options = { ...policy, onError: () => {} }

function expressGuard(parser: RequestHandler): Promise<SendRequest> {
  return start(
    express().use(parser, expressHookurl({ ...options, command }), (request, response) => {
      response.json({ signedBy: request.hook?.signedBy, body: request.body })
    }),
  )
}

function expressReceiver(parser: RequestHandler): Promise<SendRequest> {
  const handlers = { [command]: ({ signedBy }: ReceivedHook) => Response.json({ signedBy }) }
  return start(express().use(parser, expressHookurl({ ...options, handlers })))
}

async function start(app: express.Express): Promise<SendRequest> {
  return sendToPort(await listen(app))
}

async function fastifyGuard(): Promise<SendRequest> {
  const app = Fastify()
  await app.register(rawBody, { encoding: false, runFirst: true })
  const preHandler = fastifyHookurl.preHandler({ ...options, command })
  app.all('/hooks/*', { preHandler }, async (request) => ({ signedBy: request.hook?.signedBy, body: request.body }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return sendToPort((app.server.address() as { port: number }).port)
}

async function koaGuard(): Promise<SendRequest> {
  const app = new Koa()
  app.use(koaBodyParser())
  app.use(koaHookurl({ ...options, command }))
  app.use((context) => {
    context.body = { signedBy: context.state.hook?.signedBy, body: Reflect.get(context.request, 'body') }
  })
  return sendToPort(await listen(app.callback()))
}

async function honoGuard(read: 'text' | 'arrayBuffer' | 'json'): Promise<SendRequest> {
  const app = new Hono()
  app.use(async (context, next) => {
    await context.req[read]()
    await next()
  })
  app.use(honoHookurl({ ...options, command }))
  app.all('*', async (context) =>
    context.json({ signedBy: context.get('hook')?.signedBy, body: await context.req.json() }),
  )
  return sendToHandler(async (request) => app.fetch(request))
}

const guards: readonly [what: string, create: () => Promise<SendRequest>][] = [
  ['Express, whose JSON parser keeps the bytes', () => expressGuard(keepBytes)],
  ['Fastify with fastify-raw-body', fastifyGuard],
  ['Koa with @koa/bodyparser, which keeps the text', koaGuard],
  ['Hono, after a middleware has read the text', () => honoGuard('text')],
  ['Hono, after a middleware has read the bytes', () => honoGuard('arrayBuffer')],
  ['Hono, after a middleware has read the JSON, of which Hono keeps the text', () => honoGuard('json')],
]

describe.each(guards)('a guard for %s', (_what, create) => {
  test('accepts a signed request, and the route still gets the body', async () => {
    const response = await (await create())({ method: 'POST', path, headers: { ...json, ...sign() }, body })
    expect(response.json()).toEqual({ signedBy: 'x-hub-signature-256', body: { a: 'ü' } })
  })

  test.each([
    ['that is not signed', {}],
    ['with the signature of another body', sign({ body: '{}' })],
  ])('rejects a request %s', async (_kind, headers) => {
    const response = await (await create())({ method: 'POST', path, headers: { ...json, ...headers }, body })
    expect(response.json()).toMatchObject({ code: 'unsigned_request' })
  })
})

describe('a compressed body at a guard whose parser has inflated it', () => {
  test('may be signed before it is compressed', async () => {
    const send = await expressGuard(keepBytes)
    const headers = { ...json, 'content-encoding': 'gzip', ...sign() }
    const response = await send({ method: 'POST', path, headers, body: gzipSync(body) })
    expect(response.json()).toMatchObject({ signedBy: 'x-hub-signature-256' })
  })
})

describe('a compressed body in an event of Lambda', () => {
  const compressed = gzipSync(body)
  test.each([
    ['before it is compressed', sign()],
    ['as it is sent', sign({ body: compressed })],
  ])('may be signed %s', async (_what, signature) => {
    const guard = lambdaHookurl({ ...options, command }, async (_event, { signedBy }) => ({ signedBy }))
    const result = await guard({
      rawPath: path,
      requestContext: { http: { method: 'POST' } },
      headers: { ...json, 'content-encoding': 'gzip', ...signature },
      body: compressed.toString('base64'),
      isBase64Encoded: true,
    })
    expect(JSON.parse(result.body)).toEqual({ signedBy: 'x-hub-signature-256' })
  })
})

describe('without the exact bytes', () => {
  const consumed: readonly [what: string, create: () => Promise<SendRequest>, code: string][] = [
    ['a receiver after express.json()', () => expressReceiver(express.json()), 'body_already_consumed'],
    ['a guard after express.json()', () => expressGuard(express.json()), 'not_configured'],
  ]
  test.each(consumed)('%s cannot check a signature', async (_what, create, code) => {
    const response = await (await create())({ method: 'POST', path, headers: { ...json, ...sign() }, body })
    expect(response.json()).toMatchObject({ code })
  })

  test.each(consumed)('%s accepts a secret that is sent', async (_what, create) => {
    const headers = { ...json, ...signers['x-gitlab-token']({ secret, body }) }
    const response = await (await create())({ method: 'POST', path, headers, body })
    expect(response.json()).toMatchObject({ signedBy: 'x-gitlab-token' })
  })

  test('a request is unsigned_request where no accepted scheme signs the body', async () => {
    const handlers = { [command]: vi.fn() }
    const receiver = expressHookurl({ ...options, handlers, signatureSchemes: ['x-gitlab-token'] })
    const send = await start(express().use(express.json(), receiver))
    const response = await send({ method: 'POST', path, headers: { ...json, ...sign() }, body })
    expect(response.json()).toMatchObject({ code: 'unsigned_request' })
  })

  test('the guard names what is missing, to onError and not to the caller', async () => {
    const onError = vi.fn()
    const guard = expressHookurl({ ...options, command, onError })
    const send = await start(express().use(guard))
    const response = await send({ method: 'POST', path, headers: { ...json, ...sign() }, body })
    expect(response.status).toBe(503)
    expect(onError).toHaveBeenCalledWith(
      expect.objectContaining({ code: 'not_configured', fix: expect.stringContaining('rawBody') }),
      expect.anything(),
    )
  })
})
