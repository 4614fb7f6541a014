import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { createReceiver, memoryUseStore } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as lambdaHookurl } from '@hookurl/verify/lambda'
import { hookurl as nextHookurl } from '@hookurl/verify/next'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { Hono } from 'hono'
import { afterEach, expect, test, vi } from 'vitest'
import { command, mint, mintPath, policy } from '../support/fixtures.ts'

const post = { method: 'POST' }
const unhandled = vi.fn()
process.on('unhandledRejection', unhandled)

afterEach(async () => {
  await sleep(5)
  expect(unhandled).not.toHaveBeenCalled()
})

async function serve(handler: Parameters<typeof createServer>[1]): Promise<{ port: number; close(): void }> {
  const server = createServer(handler).listen(0)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

test('a late response whose body has failed ends nothing', async () => {
  const failing = (): Response =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.error(new Error('the upstream died')),
      }),
    )
  const late: Promise<unknown>[] = []
  const handlers = { [command]: async () => sleep(20).then(failing) }
  const receiver = createReceiver({ ...policy, ackAfter: '5ms', handlers })
  const answer = await receiver.fetch(new Request(mint(), post), { waitUntil: (work) => void late.push(work) })
  expect(answer.status).toBe(202)
  await Promise.all(late)
})

test('a page that comes as a promise is not waited for, and its failure ends nothing', async () => {
  const pages = { confirm: (async () => Promise.reject(new Error('no page'))) as never }
  const receiver = createReceiver({ ...policy, pages, handlers: { [command]: () => {} } })
  const answer = await receiver.fetch(new Request(mint(), { headers: { accept: 'text/html' } }))
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Please confirm')])
})

test.each([
  ['a redirect of Next', Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/done;307;' }), 1],
  ['a not found of Next', Object.assign(new Error('x'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' }), 2],
  ['an error', new Error('broken'), 2],
  ['a Response', new Response(null, { status: 303 }), 1],
])('a guard counts a route that leaves by throwing %s', async (_name, thrown, runs) => {
  let ran = 0
  const guard = nextHookurl({ ...policy, uses: memoryUseStore({ now: policy.now }), command }, () => {
    ran++
    throw thrown
  })
  const url = mint({ maxUses: 1 })
  for (let at = 0; at < 2; at++) {
    await guard(new Request(url, { ...post, headers: { 'webhook-id': String(at) } }), undefined).catch(() => {})
  }
  expect(ran).toBe(runs)
})

test('the route behind a fetch guard that returns nothing is told what it must return', async () => {
  const guard = fetchHookurl({ ...policy, command }, (() => undefined) as never)
  await expect(guard(new Request(mint(), post))).rejects.toThrow('must return a Response')
})

test('what fetch has decoded is not said to be compressed', async () => {
  const body = 'x'.repeat(3000)
  const upstream = await serve((_, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(body))
  })
  const handlers = { [command]: () => fetch(`http://localhost:${upstream.port}`) }
  const direct = await createReceiver({ ...policy, handlers }).fetch(new Request(mint(), post))
  expect([direct.headers.get('content-encoding'), await direct.text()]).toEqual([null, body])
  const node = await serve(nodeHookurl({ ...policy, handlers }))
  expect(await (await fetch(`http://localhost:${node.port}${mintPath()}`, post)).text()).toBe(body)
  upstream.close()
  node.close()
})

test('a request that a middleware has paused is read all the same', async () => {
  const receive = nodeHookurl({ ...policy, bodyTimeout: '2s', handlers: { [command]: (hook) => hook.payload } })
  const { port, close } = await serve((request, response) => {
    request.pause()
    setTimeout(() => receive(request, response), 20)
  })
  const init = { method: 'POST', body: '[1]', headers: { 'content-type': 'application/json' } }
  expect(await (await fetch(`http://localhost:${port}${mintPath()}`, init)).json()).toEqual([1])
  close()
})

test('a text that a parser has read keeps to maxBodySize', async () => {
  const receive = nodeHookurl({ ...policy, maxBodySize: 1000, handlers: { [command]: () => {} } })
  const { port, close } = await serve((request, response) => {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        Object.assign(request, { body: Buffer.concat(chunks).toString() })
        receive(request, response)
      })
  })
  const request = httpRequest({ port, path: mintPath(), method: 'POST', headers: { 'content-type': 'text/plain' } })
  request.write('x'.repeat(2000))
  request.end()
  const [response] = await once(request, 'response')
  expect(response.statusCode).toBe(413)
  close()
})

test('a body that a middleware of Hono has begun to read is not waited for without end', async () => {
  const app = new Hono().use(async (c, next) => {
    c.req.text().catch(() => {})
    await next()
  })
  app.use(honoHookurl({ ...policy, bodyTimeout: '100ms', handlers: { [command]: () => {} } }))
  const endless = new ReadableStream({ pull: () => new Promise(() => {}) })
  const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit
  expect((await app.request(mint(), init)).status).toBe(408)
})

test('a boundary in quotes may hold a semicolon', async () => {
  const receiver = createReceiver({ ...policy, handlers: { [command]: (hook) => hook.payload } })
  const body = '--a;b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--a;b--\r\n'
  const headers = { 'content-type': 'multipart/form-data; boundary="a;b"' }
  expect(await (await receiver.fetch(new Request(mint(), { method: 'POST', headers, body }))).json()).toEqual({
    x: '1',
  })
})

test('an event with a header that none can be, and a value with a question mark, is taken as it is', async () => {
  const handler = lambdaHookurl({ ...policy, handlers: { [command]: (hook) => hook.query } })
  const event = {
    httpMethod: 'POST',
    path: mintPath(),
    headers: { 'x-name': 'Zażółć' },
    multiValueQueryStringParameters: { next: ['https://x.example/?t=5&u=1'] },
  }
  const result = await handler(event as never, {})
  expect(JSON.parse(result.body ?? '')).toEqual({ next: 'https://x.example/?t=5&u=1' })
})

test('a Host with credentials does not get into the URL of hook.request', async () => {
  const receive = nodeHookurl({ ...policy, handlers: { [command]: (hook) => hook.request.url } })
  const { port, close } = await serve(receive)
  const request = httpRequest({ port, path: mintPath(), method: 'POST', headers: { host: 'u:p@x' } })
  request.end()
  const [response] = await once(request, 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
  close()
})

test('what a middleware has said in Vary stays beside Origin', async () => {
  const receive = nodeHookurl({ ...policy, cors: ['https://a.example'], handlers: { [command]: () => {} } })
  const { port, close } = await serve((request, response) => {
    response.setHeader('vary', 'Accept-Encoding')
    receive(request, response)
  })
  const answer = await fetch(`http://localhost:${port}${mintPath()}`, post)
  expect(answer.headers.get('vary')).toBe('Accept-Encoding, Origin')
  close()
})

test('a body that was declared and is not there is unread', async () => {
  const ran = vi.fn()
  const receiver = createReceiver({ ...policy, handlers: { [command]: ran }, onError: () => {} })
  const headers = { 'content-length': '7' }
  const empty = new ReadableStream({ start: (controller) => controller.close() })
  for (const body of [undefined, empty]) {
    const init = { ...post, headers, body, duplex: 'half' } as RequestInit
    expect((await receiver.fetch(new Request(mint(), init))).status).toBe(500)
  }
  expect(ran).not.toHaveBeenCalled()
})

test('a handler cannot change what the handlers after it get', async () => {
  const names: unknown[] = []
  const handler = (hook: { headers: Headers }): void => {
    Reflect.defineProperty(Reflect.getPrototypeOf(hook) ?? hook, 'headers', { get: () => 'another' })
    names.push(hook.headers.get('x-name'))
  }
  const receiver = createReceiver({ ...policy, handlers: { [command]: handler } })
  for (const name of ['a', 'b']) {
    await receiver.fetch(new Request(mint(), { ...post, headers: { 'x-name': name } }))
  }
  expect(names).toEqual(['a', 'b'])
})
