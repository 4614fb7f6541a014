import { hookurl } from '@hookurl/verify/hono'
import { type Context, Hono, type Next } from 'hono'
import { cors } from 'hono/cors'
import { expect, test } from 'vitest'
import { command, mint, policy } from '../support/fixtures.ts'
import { listenFetch } from '../support/serve.ts'

const codes: string[] = []
const onRefusal = ({ code }: { code: string }): void => void codes.push(code)
const handlers = { [command]: (hook: { payload: unknown; rawBody(): Uint8Array }) => hook.payload }
const binary = Uint8Array.from([0, 255, 128])

async function post(read: (c: Context) => Promise<unknown>, body: BodyInit, type?: string): Promise<unknown[]> {
  codes.length = 0
  const before = async (c: Context, next: Next): Promise<void> => {
    await read(c)
    await next()
  }
  const app = new Hono().use(before, hookurl({ ...policy, handlers, onRefusal, maxBodySize: 100 }))
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  const response = await app.request(mint(), { method: 'POST', headers, body })
  return [response.status, codes[0] ?? (await response.json())]
}

test('takes a body that was read through c.req', async () => {
  expect(await post((c) => c.req.json(), '{"a":1}', 'application/json')).toEqual([200, { a: 1 }])
  expect(await post((c) => c.req.parseBody(), 'a=1', 'application/x-www-form-urlencoded')).toEqual([200, { a: '1' }])
  expect(await post((c) => c.req.text(), 'Grüße', 'text/plain')).toEqual([200, 'Grüße'])
  expect(await post((c) => c.req.blob(), '[1]', 'application/json')).toEqual([200, [1]])
})

test('keeps to maxBodySize there too', async () => {
  const long = `"${'x'.repeat(200)}"`
  expect(await post((c) => c.req.text(), long, 'application/json')).toEqual([413, 'body_too_large'])
  expect(await post((c) => c.req.arrayBuffer(), long, 'application/json')).toEqual([413, 'body_too_large'])
})

test('never answers 2xx for bytes that are lost', async () => {
  expect(await post((c) => c.req.text(), binary)).toEqual([500, 'body_already_consumed'])
  expect(await post((c) => c.req.raw.text(), '1', 'application/json')).toEqual([500, 'body_already_consumed'])
  expect(await post((c) => c.req.formData(), 'a=1', 'application/x-www-form-urlencoded')).toEqual([
    500,
    'body_already_consumed',
  ])
})

test('on Node a body that somebody else has begun to read is unread, not aborted', async () => {
  const taken: ((c: Context) => unknown)[] = [(c) => c.req.raw.body?.getReader(), (c) => c.req.raw.text()]
  for (const take of taken) {
    codes.length = 0
    const before = async (c: Context, next: Next): Promise<void> => {
      await take(c)
      await next()
    }
    const app = new Hono().use(before, hookurl({ ...policy, handlers, onRefusal }))
    const port = await listenFetch(app.fetch)
    const { pathname } = new URL(mint())
    const response = await fetch(`http://127.0.0.1:${port}${pathname}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    })
    expect([response.status, codes]).toEqual([500, ['body_already_consumed']])
  }
})

test('on Node a body that a middleware has put in its place is read no further than maxBodySize', async () => {
  codes.length = 0
  let pulled = 0
  const body = new ReadableStream({
    pull: (controller) => {
      pulled += 65_536
      if (pulled > 8_000_000) controller.close()
      else controller.enqueue(new Uint8Array(65_536))
    },
  })
  const before = async (c: Context, next: Next): Promise<void> => {
    c.req.raw = new Request(c.req.raw, { body, duplex: 'half' } as RequestInit)
    await next()
  }
  const app = new Hono().use(before, hookurl({ ...policy, handlers, onRefusal, maxBodySize: 100 }))
  const port = await listenFetch(app.fetch)
  const { pathname } = new URL(mint())
  const response = await fetch(`http://127.0.0.1:${port}${pathname}`, { method: 'POST', body: 'inflate me' })
  expect([response.status, codes]).toEqual([413, ['body_too_large']])
  expect(pulled).toBeLessThan(1_000_000)
})

test('gives a request without a token to the routes behind, and keeps headers that were set before', async () => {
  const app = new Hono().use(cors({ origin: 'https://app.example.com' }))
  app.use('/hooks/*', hookurl({ ...policy, handlers })).all('*', (c) => c.text(`own ${c.get('hook')}`))
  expect(await (await app.request('/hooks/none')).text()).toBe('own undefined')
  const ran = await app.request(mint(), { method: 'POST', headers: { origin: 'https://app.example.com' } })
  expect([ran.status, ran.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example.com'])
  expect(ran.headers.get('cache-control')).toBe('no-store')
})

test('a route that throws behind a guard is answered by the application, with the safety headers', async () => {
  const app = new Hono().use('/hooks/*', hookurl({ ...policy, command })).all('*', () => {
    throw new Error('broken')
  })
  app.onError((_error, c) => c.text('own 500', 500))
  const response = await app.request(mint(), { method: 'POST' })
  expect([response.status, await response.text(), response.headers.get('referrer-policy')]).toEqual([
    500,
    'own 500',
    'no-referrer',
  ])
})

test('work goes on after the answer where the host says so', async () => {
  const kept: Promise<unknown>[] = []
  const context = {
    waitUntil: (work: Promise<unknown>) => void kept.push(work),
    passThroughOnException() {},
    props: {},
  }
  const work = { [command]: (hook: { waitUntil(work: Promise<unknown>): void }) => hook.waitUntil(Promise.resolve()) }
  const app = new Hono().use(hookurl({ ...policy, handlers: work }))
  expect((await app.request(mint(), { method: 'POST' }, {}, context)).status).toBe(200)
  expect(kept).toHaveLength(1)
})
