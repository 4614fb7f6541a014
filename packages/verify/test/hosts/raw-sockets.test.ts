import { once } from 'node:events'
import { constants, connect as http2 } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceiverOptions } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { expect, onTestFinished, test } from 'vitest'
import { writeRaw } from '../support/clients.ts'
import { mintPath, policy } from '../support/fixtures.ts'
import { listen, listen2 } from '../support/serve.ts'

const path = mintPath()
const start = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n`
const hello = 'content-length: 5\r\n\r\nhello'
const close = 'connection: close\r\n'

async function serve(options: Partial<ReceiverOptions> = {}, serveOn = listen) {
  const runs: unknown[] = []
  const handlers = { '*': (hook: { payload: unknown }) => void runs.push(hook.payload) }
  const silent = { onError: () => {}, onError: () => {} }
  const port = await serveOn(hookurl({ ...policy, ...silent, handlers, bodyTimeout: '150ms', ...options }))
  const alive = async (): Promise<boolean> => (await writeRaw(port, `${start}${close}${hello}`)).includes(' 200 ')
  return { port, runs, alive }
}

const url = (given: string): string =>
  `POST ${given} HTTP/1.1\r\nhost: localhost\r\n${close}content-type: text/plain\r\n`

/** What is written, the statuses that may come back (none: closed without a word), and what may run. */
const rows: readonly [
  what: string,
  bytes: string,
  statuses: readonly number[],
  runs: readonly unknown[],
  end?: true,
][] = [
  ['an absolute-form target', url(`http://evil.example${path}`) + hello, [200], ['hello']],
  ['an absolute-form target that is no URL', url(`http://[::${path}`) + hello, [200, 400], ['hello']],
  ['a target with two slashes', url(`//evil.example${path}`) + hello, [200], ['hello']],
  ['an asterisk', url('*') + hello, [404], []],
  ['two Host headers', `${start}host: evil.example\r\n${close}${hello}`, [200, 400], ['hello']],
  ['no Host header', `POST ${path} HTTP/1.1\r\n${close}${hello}`, [400], []],
  [
    'a Host that is none',
    `POST ${path} HTTP/1.1\r\nhost: [:::/\\\r\n${close}${hello}`,
    [200, 400],
    [expect.anything()],
  ],
  ['HTTP/1.0', `POST ${path} HTTP/1.0\r\ncontent-type: text/plain\r\n${hello}`, [200], ['hello']],
  ['an unknown transfer coding', `${start}transfer-encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, [400, 408], []],
  ['a chunked body that never ends', `${start}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`, [408], []],
  ['a chunked body cut off', `${start}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`, [400], [], true],
  ['a garbage chunk size', `${start}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`, [400], []],
  [
    'a garbage chunk size, later',
    `${start}transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n-3\r\nllo\r\n0\r\n\r\n`,
    [400],
    [],
  ],
  ['a chunk longer than it says', `${start}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`, [400], []],
  ['a body shorter than it says', `${start}content-length: 9\r\n\r\nhello`, [408], []],
  ['a body shorter than it says, cut off', `${start}content-length: 9\r\n\r\nhello`, [400], [], true],
  ['a body longer than it says', `${start}content-length: 2\r\n\r\nhello`, [200, 400], ['he']],
  ['a Content-Length that is none', `${start}content-length: 5x\r\n\r\nhello`, [400], []],
  ['a Content-Length below zero', `${start}content-length: -1\r\n\r\nhello`, [400], []],
  ['two Content-Lengths', `${start}content-length: 5\r\ncontent-length: 2\r\n\r\nhello`, [400], []],
  [
    'Content-Length and chunked at once',
    `${start}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    [400],
    [],
  ],
  ['a Content-Length beyond all numbers', `${start}content-length: 99999999999999999999\r\n\r\nhello`, [400, 413], []],
  ['a URL of 15 KiB', url(`${path}/${'a'.repeat(15_000)}`) + hello, [200], ['hello']],
  ['a URL over 16 KiB', url(`${path}/${'a'.repeat(17_000)}`) + hello, [431], []],
  ['a URL of percent signs', url(`/%%%zz%e0%A4%A/${path.replaceAll('.', '%2')}`) + hello, [400, 404], []],
  ['a URL that is not UTF-8', url(`${path}?a=%ff%fe\xff`) + hello, [200, 400], ['hello']],
  ['a token in escapes', url(path.replaceAll('.', '%252E')) + hello, [200], ['hello']],
  ['a NUL in the URL', url(`${path}\0`) + hello, [400], []],
  ['a header that is folded', `${start}x-a: 1\r\n b\r\n${close}${hello}`, [200, 400], ['hello']],
  ['a header of odd bytes', `${start}x-a: \xff\xfe\r\n${close}${hello}`, [200], ['hello']],
  ['bare line feeds', `${start}${close}${hello}`.replaceAll('\r\n', '\n'), [200, 400], ['hello']],
  ['an upgrade', `${start}connection: upgrade\r\nupgrade: h2c\r\n${hello}`, [200], ['hello']],
  ['CONNECT', `CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n`, [], []],
  ['a method that nobody knows', `BREW ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`, [400], []],
  ['TRACE', `TRACE ${path} HTTP/1.1\r\nhost: localhost\r\n${close}\r\n`, [405], []],
  ['nothing but noise', '\x16\x03\x01\x02\x00\x01\x00', [400], []],
]

for (const [what, bytes, statuses, runs, end] of rows) {
  test(`${what}: ${statuses.join(' or ') || 'closed'}${runs.length > 0 ? ', run at most once' : ', not run'}`, async () => {
    const server = await serve()
    const received = await writeRaw(server.port, bytes, { end })
    const got = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
    if (statuses.length > 0 && !(end && got.length === 0)) expect(statuses).toContain(got[0])
    else expect(got).toEqual([])
    if (got[0] === 200) expect(server.runs).toEqual(runs)
    else expect([[], runs]).toContainEqual(server.runs)
    expect(await server.alive()).toBe(true)
  })
}

test('an upload that is cut off never runs, and onRefusal hears of it', async () => {
  const told: string[] = []
  const server = await serve({ onRefusal: (error) => void told.push(error.code), bodyTimeout: '5s' })
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`${start}content-length: 9\r\n\r\nhello`)
  await sleep(30)
  socket.resetAndDestroy()
  await expect.poll(() => told).toEqual(['request_aborted'])
  expect(server.runs).toEqual([])
  expect(await server.alive()).toBe(true)
})

test('over HTTP/2, an upload that is cut off never runs', async () => {
  const told: string[] = []
  const server = await serve({ onRefusal: (error) => void told.push(error.code), bodyTimeout: '5s' }, listen2)
  const session = http2(`http://127.0.0.1:${server.port}`)
  onTestFinished(() => session.destroy())
  const request = session.request({ ':method': 'POST', ':path': path, 'content-length': 9 })
  request.on('error', () => {})
  request.write('hello')
  await sleep(30)
  request.close(constants.NGHTTP2_CANCEL)
  await expect.poll(() => told).toEqual(['request_aborted'])
  expect(server.runs).toEqual([])
})

test('the body of a GET is not taken for anything', async () => {
  const server = await serve()
  const get = `GET ${mintPath({ allowGet: true })}?a=1 HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n`
  await writeRaw(server.port, `${get}${hello}${start}${close}${hello}`)
  expect(server.runs).toEqual([{ a: '1' }, 'hello'])
})

test('pipelined requests are answered in their order, each once', async () => {
  const server = await serve()
  const bad = url(`${path}A`).replace(close, '')
  const received = await writeRaw(server.port, `${start}${hello}${bad}${hello}${start}${close}${hello}`)
  expect([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '400', '200'])
  expect(server.runs).toEqual(['hello', 'hello'])
})

test('a refusal before the body was read keeps the connection, and the body is not taken for a request', async () => {
  const server = await serve()
  const smuggled = `${start}${hello}`
  const outer = `${url(`${path}A`).replace(close, '')}content-length: ${smuggled.length}\r\n\r\n${smuggled}`
  const received = await writeRaw(server.port, `${outer}${start}${close}${hello}`)
  expect([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['400', '200'])
  expect(server.runs).toEqual(['hello'])
})

for (const [what, head, status] of [
  ['that is too large', `content-length: 2000000\r\n\r\n${'x'.repeat(100)}`, '413'],
  ['that does not come', 'content-length: 9\r\n\r\n', '408'],
] as const) {
  test(`after a body ${what}, the connection is closed and what follows is not run`, async () => {
    const server = await serve()
    const started = performance.now()
    const received = await writeRaw(server.port, `${start}${head}`, { quietMs: 3000 })
    expect(received).toContain(` ${status} `)
    expect(received.toLowerCase()).toContain('connection: close')
    expect(performance.now() - started).toBeLessThan(2000)
    expect(server.runs).toEqual([])
  })
}

test('a body over the limit gets its answer although the sender goes on sending', async () => {
  const server = await serve()
  const received = await writeRaw(server.port, `${start}content-length: 8000000\r\n\r\n${'x'.repeat(8_000_000)}`)
  expect(received).toContain(' 413 ')
  expect(server.runs).toEqual([])
})

test('over HTTP/2, a body that does not come ends with its stream, not only with its answer', async () => {
  const server = await serve({}, listen2)
  const session = http2(`http://127.0.0.1:${server.port}`)
  onTestFinished(() => session.destroy())
  const request = session.request({ ':method': 'POST', ':path': path })
  request.on('error', () => {})
  request.write('hel')
  const [headers] = await once(request, 'response')
  expect(headers[':status']).toBe(408)
  request.resume()
  await once(request, 'close', { signal: AbortSignal.timeout(1000) })
  expect(server.runs).toEqual([])
})

for (const [protocol, serveOn] of [
  ['HTTP/1', listen],
  ['HTTP/2', listen2],
] as const) {
  test(`over ${protocol}, a streaming response stops when nobody listens any more`, async () => {
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        cancelled = true
      },
    })
    const port = await serveOn(hookurl({ ...policy, handlers: { '*': () => new Response(endless) } }))
    if (protocol === 'HTTP/1') {
      const socket = connect(port, '127.0.0.1')
      socket.write(`${start}${hello}`)
      await once(socket, 'data')
      socket.destroy()
    } else {
      const session = http2(`http://127.0.0.1:${port}`)
      const request = session.request({ ':method': 'POST', ':path': path })
      request.end()
      await once(request, 'data')
      session.destroy()
    }
    await expect.poll(() => cancelled).toBe(true)
  })
}

test('a middleware that asked for text does not bring the server down', async () => {
  const receive = hookurl({ ...policy, onError: () => {}, handlers: { '*': (hook) => hook.payload } })
  const port = await listen((request, response) => void receive(request.setEncoding('utf8'), response))
  const received = await writeRaw(port, `${start}${close}${hello}`)
  expect(received).toMatch(/ (?:200|500) /)
  if (received.includes(' 200 ')) expect(received).toContain('"hello"')
})
