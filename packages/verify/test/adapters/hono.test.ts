import type { ResultEvent } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/hono'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { beforeEach, expect, test } from 'vitest'
import { command, mint, mintPath, policy } from '../support/fixtures.ts'
import { listenFetch } from '../support/serve.ts'

const codes: string[] = []
const onResult = ({ error }: ResultEvent): void => {
  if (error !== undefined) codes.push(error.code)
}
const onError = (): void => {}
const handlers = { [command]: (hook: { payload: unknown; rawBody(): Uint8Array }) => Response.json(hook.payload) }
const options = { ...policy, handlers, onResult, onError }
const binary = Uint8Array.from([0, 255, 128])
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

beforeEach(() => void codes.splice(0))

/** A middleware that reads the body before hookurl. */
function readFirst(read: (c: Context) => unknown): MiddlewareHandler {
  return async (c, next) => {
    await read(c)
    await next()
  }
}

async function post(read: (c: Context) => unknown, body: BodyInit, type?: string): Promise<Response> {
  const app = new Hono().use(readFirst(read), hookurl({ ...options, maxBodySize: 100 }))
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  return app.request(mint(), { method: 'POST', headers, body })
}

async function postOnNode(middleware: MiddlewareHandler, init: RequestInit): Promise<Response> {
  const app = new Hono().use(middleware, hookurl({ ...options, maxBodySize: 100 }))
  const port = await listenFetch(app.fetch)
  return fetch(`http://127.0.0.1:${port}${mintPath()}`, { method: 'POST', ...init })
}

const cached: readonly [method: string, read: (c: Context) => unknown, body: string, type: string, payload: unknown][] =
  [
    ['json()', (c) => c.req.json(), '{"a":1}', json, { a: 1 }],
    ['parseBody()', (c) => c.req.parseBody(), 'a=1', form, { a: '1' }],
    ['text()', (c) => c.req.text(), 'Grüße', 'text/plain', 'Grüße'],
    ['blob()', (c) => c.req.blob(), '[1]', json, [1]],
    ['formData()', (c) => c.req.formData(), 'a=1&b=2&b=3', form, { a: '1', b: ['2', '3'] }],
  ]
for (const [method, read, body, type, payload] of cached) {
  test(`a body that a middleware read with c.req.${method} is available`, async () => {
    const response = await post(read, body, type)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(payload)
  })
}

const longReads: readonly [method: string, read: (c: Context) => unknown][] = [
  ['text()', (c) => c.req.text()],
  ['arrayBuffer()', (c) => c.req.arrayBuffer()],
]
for (const [method, read] of longReads) {
  test(`a body over maxBodySize that a middleware read with c.req.${method} is rejected`, async () => {
    expect((await post(read, `"${'x'.repeat(200)}"`, json)).status).toBe(413)
    expect(codes).toEqual(['body_too_large'])
  })
}

const lossyReads: readonly [what: string, read: (c: Context) => unknown, body: BodyInit, type?: string][] = [
  ['binary bytes with c.req.text()', (c) => c.req.text(), binary],
  ['a body with c.req.raw.text()', (c) => c.req.raw.text(), '1', json],
]
for (const [what, read, body, type] of lossyReads) {
  test(`a request is rejected with 500 when a middleware read ${what}, which loses the exact bytes`, async () => {
    expect((await post(read, body, type)).status).toBe(500)
    expect(codes).toEqual(['body_already_consumed'])
  })
}

const partialReads: readonly [what: string, read: (c: Context) => unknown][] = [
  ['getReader()', (c) => c.req.raw.body?.getReader()],
  ['text()', (c) => c.req.raw.text()],
]
for (const [what, read] of partialReads) {
  test(`on Node, a body that a middleware began to read with ${what} is already consumed, not aborted`, async () => {
    const response = await postOnNode(readFirst(read), { headers: { 'content-type': json }, body: '{"a":1}' })
    expect(response.status).toBe(500)
    expect(codes).toEqual(['body_already_consumed'])
  })
}

test('on Node, a body that a middleware replaced is read only up to maxBodySize', async () => {
  let pulled = 0
  const body = new ReadableStream({
    pull: (controller) => {
      pulled += 65_536
      if (pulled > 8_000_000) controller.close()
      else controller.enqueue(new Uint8Array(65_536))
    },
  })
  const replaceBody: MiddlewareHandler = async (c, next) => {
    c.req.raw = new Request(c.req.raw, { body, duplex: 'half' } as RequestInit)
    await next()
  }
  const response = await postOnNode(replaceBody, { body: 'inflate me' })
  expect(response.status).toBe(413)
  expect(codes).toEqual(['body_too_large'])
  expect(pulled).toBeLessThan(1_000_000)
})

test('a body that a middleware is still reading is rejected after bodyTimeout', async () => {
  const app = new Hono().use(async (c, next) => {
    c.req.text().catch(() => {})
    await next()
  })
  app.use(hookurl({ ...options, bodyTimeout: '100ms' }))
  const endless = new ReadableStream({ pull: () => new Promise(() => {}) })
  const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit
  expect((await app.request(mint(), init)).status).toBe(408)
})

test('a request without a token reaches the next route, without a hook', async () => {
  const app = new Hono().use('/hooks/*', hookurl(options)).all('*', (c) => c.text(`own ${c.get('hook')}`))
  expect(await (await app.request('/hooks/none')).text()).toBe('own undefined')
})

test('the headers that an earlier middleware set are kept', async () => {
  const origin = 'https://app.example.com'
  const app = new Hono().use(cors({ origin })).use('/hooks/*', hookurl(options))
  const { headers } = await app.request(mint(), { method: 'POST', headers: { origin } })
  expect(headers.get('access-control-allow-origin')).toBe(origin)
  expect(headers.get('cache-control')).toBe('no-store')
})

test('the error response for a guarded route that throws has the security headers', async () => {
  const app = new Hono().use('/hooks/*', hookurl({ ...policy, command })).all('*', () => {
    throw new Error('broken')
  })
  app.onError((_error, c) => c.text('own 500', 500))
  const response = await app.request(mint(), { method: 'POST' })
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('own 500')
  expect(response.headers.get('referrer-policy')).toBe('no-referrer')
})

test('hook.waitUntil passes work to the waitUntil of the host', async () => {
  const works: Promise<unknown>[] = []
  const context = {
    waitUntil: (work: Promise<unknown>) => void works.push(work),
    passThroughOnException() {},
    props: {},
  }
  const background = {
    [command]: (hook: { waitUntil(work: Promise<unknown>): void }) => hook.waitUntil(Promise.resolve()),
  }
  const app = new Hono().use(hookurl({ ...policy, handlers: background }))
  expect((await app.request(mint(), { method: 'POST' }, {}, context)).status).toBe(200)
  expect(works).toHaveLength(1)
})
