import { Readable } from 'node:stream'
import { HttpRequest } from '@azure/functions'
import type { ResultEvent } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { expect, test } from 'vitest'
import { command, mint, policy } from '../support/fixtures.ts'

interface FetchCall {
  readonly status: number
  readonly code: string | undefined
  readonly payloads: unknown[]
}

/** Passes a request to a receiver with a bodyTimeout of 100 ms. */
async function receive(request: Request): Promise<FetchCall> {
  const payloads: unknown[] = []
  const events: ResultEvent[] = []
  const handler = hookurl({
    ...policy,
    bodyTimeout: '100ms',
    onResult: (event) => void events.push(event),
    onError: () => {},
    handlers: { [command]: ({ payload }) => void payloads.push(payload) },
  })
  const { status } = await handler(request)
  return { status, code: events[0]?.error?.code, payloads }
}

function createRequest(body: BodyInit | null | undefined, headers: Record<string, string> = {}): Request {
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'text/plain', ...headers } }
  return new Request(mint(), init as RequestInit)
}

test('a body that was already read is rejected with 500', async () => {
  const request = createRequest('hello')
  await request.text()
  expect(await receive(request)).toEqual({ status: 500, code: 'body_already_consumed', payloads: [] })
})

test('a body that is being read is rejected with 500', async () => {
  const request = createRequest('hello')
  request.body?.getReader()
  expect(await receive(request)).toEqual({ status: 500, code: 'body_already_consumed', payloads: [] })
})

const emptyBodies: readonly [what: string, body: BodyInit | undefined][] = [
  ['no body', undefined],
  ['an empty stream', new ReadableStream({ start: (controller) => controller.close() })],
]
for (const [what, body] of emptyBodies) {
  test(`a request with a Content-Length of 7 and ${what} is rejected with 500`, async () => {
    const request = createRequest(body, { 'content-length': '7' })
    expect(await receive(request)).toEqual({ status: 500, code: 'body_already_consumed', payloads: [] })
  })
}

test('a body that fails is rejected with 400', async () => {
  const failing = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('hel')),
    pull: (controller) => controller.error(new Error('gone')),
  })
  expect(await receive(createRequest(failing))).toEqual({ status: 400, code: 'request_aborted', payloads: [] })
})

test('a body that does not arrive within bodyTimeout is rejected with 408 and canceled', async () => {
  let isCanceled = false
  const cancel = (): void => {
    isCanceled = true
  }
  const response = await receive(createRequest(new ReadableStream({ cancel })))
  expect(response).toEqual({ status: 408, code: 'body_timeout', payloads: [] })
  expect(isCanceled).toBe(true)
})

test('the route behind a guard receives the other arguments of the host', async () => {
  const guard = hookurl({ ...policy, command }, (_request, hook, env: { name: string }) =>
    Response.json({ command: hook.command, env: env.name }),
  )
  const response = await guard(createRequest(null), { name: 'worker' })
  expect(await response.json()).toEqual({ command, env: 'worker' })
})

test('a route that returns no Response throws an error that says so', async () => {
  const guard = hookurl({ ...policy, command }, (() => undefined) as never)
  await expect(guard(new Request(mint(), { method: 'POST' }))).rejects.toThrow('must return a Response')
})

test('hook.request is a web-standard Request if the host has its own class', async () => {
  const seen: unknown[] = []
  const handler = hookurl({
    ...policy,
    handlers: {
      [command]: async ({ request }) => {
        seen.push(request instanceof Request, request.url, request.headers.get('x-a'), await request.text())
      },
    },
  })
  const url = mint()
  const init = { url, method: 'POST', headers: { 'x-a': 'b' }, body: { string: 'hello' } }
  await handler(new HttpRequest(init) as unknown as Request)
  expect(seen).toEqual([true, url, 'b', 'hello'])
})

test('a body that is not a web stream is rejected with 500', async () => {
  const request = createRequest('hello')
  Object.defineProperty(request, 'body', { value: Readable.from(['hello']) })
  expect(await receive(request)).toEqual({ status: 500, code: 'body_already_consumed', payloads: [] })
})

test('a body in chunks that the host does not pass on is rejected with 500, as on Azure Functions without streaming', async () => {
  const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' }
  const request = new HttpRequest({ url: mint(), method: 'POST', headers })
  const rejected = { status: 500, code: 'body_already_consumed', payloads: [] }
  expect(await receive(request as unknown as Request)).toEqual(rejected)
})

test('an empty body in chunks is no body', async () => {
  const request = createRequest('', { 'transfer-encoding': 'chunked' })
  expect(await receive(request)).toMatchObject({ status: 200, code: undefined })
})
