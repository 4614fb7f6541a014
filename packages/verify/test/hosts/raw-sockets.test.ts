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
  const defaults = { ...policy, onError: () => {}, bodyTimeout: '150ms', handlers } as const
  const port = await serveOn(hookurl({ ...defaults, ...options }))
  const isAlive = async (): Promise<boolean> => (await writeRaw(port, `${start}${close}${hello}`)).includes(' 200 ')
  return { port, runs, isAlive }
}

const createHead = (target: string): string =>
  `POST ${target} HTTP/1.1\r\nhost: localhost\r\n${close}content-type: text/plain\r\n`

/** The bytes to write, the possible statuses (none: the connection is closed), and the payloads that may run. */
const rows: readonly [
  what: string,
  bytes: string,
  statuses: readonly number[],
  runs: readonly unknown[],
  end?: true,
][] = [
  ['an absolute-form target', createHead(`http://evil.example${path}`) + hello, [200], ['hello']],
  ['an absolute-form target that is not a URL', createHead(`http://[::${path}`) + hello, [200, 400], ['hello']],
  ['a target with two slashes', createHead(`//evil.example${path}`) + hello, [200], ['hello']],
  ['the target *', createHead('*') + hello, [404], []],
  ['two Host headers', `${start}host: evil.example\r\n${close}${hello}`, [200, 400], ['hello']],
  ['no Host header', `POST ${path} HTTP/1.1\r\n${close}${hello}`, [400], []],
  [
    'an invalid Host header',
    `POST ${path} HTTP/1.1\r\nhost: [:::/\\\r\n${close}${hello}`,
    [200, 400],
    [expect.anything()],
  ],
  ['the version HTTP/1.0', `POST ${path} HTTP/1.0\r\ncontent-type: text/plain\r\n${hello}`, [200], ['hello']],
  ['an unknown transfer coding', `${start}transfer-encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, [400, 408], []],
  ['a chunked body that never ends', `${start}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`, [408], []],
  ['a chunked body that is cut off', `${start}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`, [400], [], true],
  ['an invalid chunk size', `${start}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`, [400], []],
  [
    'an invalid size of a later chunk',
    `${start}transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n-3\r\nllo\r\n0\r\n\r\n`,
    [400],
    [],
  ],
  ['a chunk longer than its size', `${start}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`, [400], []],
  ['a body shorter than its Content-Length', `${start}content-length: 9\r\n\r\nhello`, [408], []],
  ['a body shorter than its Content-Length that is cut off', `${start}content-length: 9\r\n\r\nhello`, [400], [], true],
  ['a body longer than its Content-Length', `${start}content-length: 2\r\n\r\nhello`, [200, 400], ['he']],
  ['an invalid Content-Length', `${start}content-length: 5x\r\n\r\nhello`, [400], []],
  ['a negative Content-Length', `${start}content-length: -1\r\n\r\nhello`, [400], []],
  ['two Content-Length headers', `${start}content-length: 5\r\ncontent-length: 2\r\n\r\nhello`, [400], []],
  [
    'a Content-Length and a chunked body',
    `${start}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    [400],
    [],
  ],
  ['a Content-Length beyond 64 bits', `${start}content-length: 99999999999999999999\r\n\r\nhello`, [400, 413], []],
  ['a URL of 15 KiB', createHead(`${path}/${'a'.repeat(15_000)}`) + hello, [200], ['hello']],
  ['a URL over 16 KiB', createHead(`${path}/${'a'.repeat(17_000)}`) + hello, [431], []],
  ['a URL of percent signs', createHead(`/%%%zz%e0%A4%A/${path.replaceAll('.', '%2')}`) + hello, [400, 404], []],
  ['a URL that is not UTF-8', createHead(`${path}?a=%ff%fe\xff`) + hello, [200, 400], ['hello']],
  ['a percent-encoded token', createHead(path.replaceAll('.', '%252E')) + hello, [200], ['hello']],
  ['a NUL in the URL', createHead(`${path}\0`) + hello, [400], []],
  ['a folded header', `${start}x-a: 1\r\n b\r\n${close}${hello}`, [200, 400], ['hello']],
  ['a header with non-ASCII bytes', `${start}x-a: \xff\xfe\r\n${close}${hello}`, [200], ['hello']],
  ['bare line feeds', `${start}${close}${hello}`.replaceAll('\r\n', '\n'), [200, 400], ['hello']],
  ['an Upgrade header', `${start}connection: upgrade\r\nupgrade: h2c\r\n${hello}`, [200], ['hello']],
  ['the method CONNECT', `CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n`, [], []],
  ['an unknown method', `BREW ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`, [400], []],
  ['the method TRACE', `TRACE ${path} HTTP/1.1\r\nhost: localhost\r\n${close}\r\n`, [405], []],
  ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01\x00', [400], []],
]

for (const [what, bytes, statuses, runs, end] of rows) {
  const result = statuses.length > 0 ? `gets ${statuses.join(' or ')}` : 'closes the connection'
  test(`a request with ${what} ${result} and ${runs.length > 0 ? 'runs at most once' : 'does not run'}`, async () => {
    const server = await serve()
    const received = await writeRaw(server.port, bytes, { end })
    const responses = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
    if (statuses.length > 0 && !(end && responses.length === 0)) expect(statuses).toContain(responses[0])
    else expect(responses).toEqual([])
    if (responses[0] === 200) expect(server.runs).toEqual(runs)
    else expect([[], runs]).toContainEqual(server.runs)
    expect(await server.isAlive()).toBe(true)
  })
}

test('an upload that is cut off is reported as request_aborted and does not run', async () => {
  const codes: unknown[] = []
  const server = await serve({ onResult: ({ error }) => void codes.push(error?.code), bodyTimeout: '5s' })
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`${start}content-length: 9\r\n\r\nhello`)
  await sleep(30)
  socket.resetAndDestroy()
  await expect.poll(() => codes).toEqual(['request_aborted'])
  expect(server.runs).toEqual([])
  expect(await server.isAlive()).toBe(true)
})

test('over HTTP/2, an upload that is cut off is reported as request_aborted and does not run', async () => {
  const codes: unknown[] = []
  const server = await serve({ onResult: ({ error }) => void codes.push(error?.code), bodyTimeout: '5s' }, listen2)
  const session = http2(`http://127.0.0.1:${server.port}`)
  onTestFinished(() => session.destroy())
  const request = session.request({ ':method': 'POST', ':path': path, 'content-length': 9 })
  request.on('error', () => {})
  request.write('hello')
  await sleep(30)
  request.close(constants.NGHTTP2_CANCEL)
  await expect.poll(() => codes).toEqual(['request_aborted'])
  expect(server.runs).toEqual([])
})

test('the body of a GET is ignored', async () => {
  const server = await serve()
  const get = `GET ${mintPath({ allowGet: true })}?a=1 HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n`
  await writeRaw(server.port, `${get}${hello}${start}${close}${hello}`)
  expect(server.runs).toEqual([{ a: '1' }, 'hello'])
})

test('pipelined requests get one response each, in order', async () => {
  const server = await serve()
  const bad = createHead(`${path}A`).replace(close, '')
  const received = await writeRaw(server.port, `${start}${hello}${bad}${hello}${start}${close}${hello}`)
  expect([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '400', '200'])
  expect(server.runs).toEqual(['hello', 'hello'])
})

test('after a rejection that does not read the body, the connection is kept and the body is not run as a request', async () => {
  const server = await serve()
  const smuggledRequest = `${start}${hello}`
  const outer = `${createHead(`${path}A`).replace(close, '')}content-length: ${smuggledRequest.length}\r\n\r\n${smuggledRequest}`
  const received = await writeRaw(server.port, `${outer}${start}${close}${hello}`)
  expect([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['400', '200'])
  expect(server.runs).toEqual(['hello'])
})

for (const [what, head, status] of [
  ['that is too large', `content-length: 2000000\r\n\r\n${'x'.repeat(100)}`, '413'],
  ['that does not arrive', 'content-length: 9\r\n\r\n', '408'],
] as const) {
  test(`after a body ${what}, the connection is closed and nothing runs`, async () => {
    const server = await serve()
    const startTime = performance.now()
    const received = await writeRaw(server.port, `${start}${head}`, { quietMs: 3000 })
    expect(received).toContain(` ${status} `)
    expect(received.toLowerCase()).toContain('connection: close')
    expect(performance.now() - startTime).toBeLessThan(2000)
    expect(server.runs).toEqual([])
  })
}

test('a client that keeps sending a body over the limit receives the 413', async () => {
  const server = await serve()
  const received = await writeRaw(server.port, `${start}content-length: 8000000\r\n\r\n${'x'.repeat(8_000_000)}`)
  expect(received).toContain(' 413 ')
  expect(server.runs).toEqual([])
})

test('over HTTP/2, a body that does not arrive gets 408 and its stream is closed', async () => {
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
  test(`over ${protocol}, a streaming response is canceled when the client disconnects`, async () => {
    let isCanceled = false
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        isCanceled = true
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
    await expect.poll(() => isCanceled).toBe(true)
  })
}

test('a middleware that called setEncoding does not crash the server', async () => {
  const receive = hookurl({ ...policy, onError: () => {}, handlers: { '*': (hook) => hook.payload } })
  const port = await listen((request, response) => void receive(request.setEncoding('utf8'), response))
  const received = await writeRaw(port, `${start}${close}${hello}`)
  expect(received).toMatch(/ (?:200|500) /)
  if (received.includes(' 200 ')) expect(received).toContain('"hello"')
})
