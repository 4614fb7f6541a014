import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createMinter } from '@hookurl/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { listenWhile, mintUrl, type StartedListen, startListen, stopListen } from '../support/start-listen.ts'

let home: ReturnType<typeof makeHome>
let env: Record<string, string>
beforeEach(() => {
  home = makeHome()
  env = { HOME: home.path }
})
afterEach(() => home.remove())

const inHome = (name: string): string => join(home.path, name)

interface Forwarded {
  readonly method: string | undefined
  readonly headers: string[]
  readonly body: Buffer
}

/** Starts `listen --forward` to an application that keeps what it receives. */
async function collectForwarded(
  args: readonly string[],
  send: (listen: StartedListen) => Promise<unknown>,
): Promise<Forwarded[]> {
  const received: Forwarded[] = []
  const application = createServer((request: IncomingMessage, response) => {
    void buffer(request).then((body) => {
      const headers = request.rawHeaders.filter((_each, index) => index % 2 === 0)
      received.push({ method: request.method, headers, body })
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const { port } = application.address() as AddressInfo
  const listen = await startListen(['--no-inspector', '--forward', `http://127.0.0.1:${port}`, ...args], env)
  await send(listen)
  await stopListen(listen)
  application.close()
  return received
}

function waitForReplay({ program }: StartedListen): Promise<string> {
  return program.waitForStderr(/Replayed \d+ of/)
}

/** Sends bytes on a socket, and waits for the response. */
async function sendRaw(url: string, head: string, body: Uint8Array): Promise<void> {
  const { port, pathname } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`POST ${pathname}?a=1&b=%20 HTTP/1.1\r\nHost: hooks.example\r\nConnection: close\r\n${head}\r\n`)
  socket.write(body)
  socket.resume()
  await once(socket, 'close')
}

const binary = randomBytes(3000)
const boundary = '----x7f'
const multipart = Buffer.concat([
  Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n`),
  binary,
  Buffer.from(`\r\n--${boundary}--\r\n`),
])
const bodies: readonly (readonly [name: string, head: string, body: Buffer])[] = [
  ['JSON', 'Content-Type: application/json\r\n', Buffer.from('{"n": 1.0,  "x":"é"}\n')],
  ['binary', 'Content-Type: application/octet-stream\r\nX-Dup: 1\r\nX-Dup: 2\r\n', binary],
  ['multipart', `Content-Type: multipart/form-data; boundary=${boundary}\r\n`, multipart],
  ['text that is not UTF-8', 'Content-Type: text/plain; charset=latin1\r\n', Buffer.from([0x63, 0xe9, 0x0a])],
  ['an empty body', '', Buffer.alloc(0)],
]

describe('a hook that was recorded', () => {
  test.each(bodies)('is replayed byte for byte: %s', async (_name, head, body) => {
    const length = `Content-Length: ${body.length}\r\n`
    const [first] = await collectForwarded(['--record', inHome('hooks.ndjson')], ({ base }) =>
      sendRaw(mintUrl(`${base}/hooks`), head + length, body),
    )
    const [again] = await collectForwarded(['--replay', inHome('hooks.ndjson')], waitForReplay)
    expect(first?.body.equals(body)).toBe(true)
    expect(again?.body.equals(body)).toBe(true)
    expect(again).toStrictEqual(first)
  })

  test('in chunks is replayed with the same body', async () => {
    const chunked = Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n')
    const [first] = await collectForwarded(['--record', inHome('hooks.ndjson')], ({ base }) =>
      sendRaw(mintUrl(base), 'Transfer-Encoding: chunked\r\n', chunked),
    )
    const [again] = await collectForwarded(['--replay', inHome('hooks.ndjson')], waitForReplay)
    expect(first?.body.toString()).toBe('abcde')
    expect(again?.body.toString()).toBe('abcde')
  })
})

describe('listen --record', () => {
  const post = (base: string): Promise<unknown> => fetch(mintUrl(base), { method: 'POST', body: 'a' })

  test('creates a file that its owner alone can read, and warns about its tokens', async () => {
    const { stderr } = await listenWhile(['--record', inHome('hooks.ndjson')], env, post)
    expect(statSync(inHome('hooks.ndjson')).mode & 0o777).toBe(0o600)
    expect(stderr).toContain(`Recording to ${inHome('hooks.ndjson')}. It contains URLs with their tokens.`)
  })

  test('appends to a file that exists', async () => {
    const args = ['--record', inHome('hooks.ndjson')]
    await listenWhile(args, env, post)
    await listenWhile(args, env, post)
    const records = parseJsonLines(readFileSync(inHome('hooks.ndjson'), 'utf8'))
    expect(records).toHaveLength(2)
    expect(records[0]).toMatchObject({ method: 'POST', base64: 'YQ==' })
    expect(records[0].url).toMatch(/^\/eyJ/)
  })

  test('records no request that does not run, although its URL was minted with the key', async () => {
    await listenWhile(['--record', inHome('hooks.ndjson')], env, async (base) => {
      await fetch(mintUrl(base, { expiresAt: new Date('2020-01-01') }), { method: 'POST', body: 'a' })
      await fetch(mintUrl(base), { method: 'HEAD' })
      await fetch(mintUrl(base))
      await fetch(mintUrl(base, { userId: 1, requireUser: true }), { method: 'POST', body: 'a' })
    })
    expect(readFileSync(inHome('hooks.ndjson'), 'utf8')).toBe('')
  })

  test('records a hook whose program fails', async () => {
    const args = ['--record', inHome('hooks.ndjson'), '--exec', 'exit 1']
    await listenWhile(args, env, post)
    expect(parseJsonLines(readFileSync(inHome('hooks.ndjson'), 'utf8'))).toHaveLength(1)
  })

  test('records no request whose URL is not valid', async () => {
    await listenWhile(['--record', inHome('hooks.ndjson')], env, async (base) => {
      await fetch(`${base}/x`, { method: 'POST', body: 'a' })
      await fetch(`${mintUrl(base)}x`, { method: 'POST', body: 'a' })
    })
    expect(readFileSync(inHome('hooks.ndjson'), 'utf8')).toBe('')
  })

  test.each([
    ['a file that others can read', ['--record', 'open.ndjson'], 'other users of this machine can read'],
    ['a folder', ['--record', '.'], 'cannot be written (EISDIR)'],
    ['the file of --replay', ['--record', 'hooks.ndjson', '--replay', './hooks.ndjson'], 'are the same file'],
    ['the file of the keys', ['--record', 'keys.txt', '--keys-file', 'keys.txt'], 'are the same file'],
  ])('rejects %s', async (_name, args, message) => {
    writeFileSync(inHome('open.ndjson'), '{}\n')
    chmodSync(inHome('open.ndjson'), 0o644)
    writeFileSync(inHome('hooks.ndjson'), '{}\n', { mode: 0o600 })
    writeFileSync(inHome('keys.txt'), testKeys, { mode: 0o600 })
    const before = ['open.ndjson', 'hooks.ndjson', 'keys.txt'].map((name) => readFileSync(inHome(name), 'utf8'))
    const options = { env: { ...env, HOOKURL_KEYS: testKeys }, cwd: home.path }
    const { stderr, exit } = await runInProcess(['listen', '--no-inspector', '--port', '0', ...args], options)
    expect(stderr).toContain(message)
    expect(exit).toBe(2)
    const after = ['open.ndjson', 'hooks.ndjson', 'keys.txt'].map((name) => readFileSync(inHome(name), 'utf8'))
    expect(after).toStrictEqual(before)
  })
})

describe('listen --replay', () => {
  test.each([
    ['a file that does not exist', undefined, 'cannot be read (ENOENT)'],
    ['an empty file', '\n', 'contains no request'],
    ['a file that is not JSON', 'https://a.example/eyJhbGciOiJIUzI1NiJ9\n', 'line 1 is not a recorded request'],
    ['a line without a body', '{"method":"POST","url":"/x","headers":[]}\n', 'line 1 is not a recorded request'],
    [
      'a line that would smuggle a header',
      '{"method":"POST","url":"/x HTTP/1.1\\r\\nA: b","headers":[],"base64":""}\n',
      'line 1 is not a recorded request',
    ],
  ])('rejects %s', async (_name, content, message) => {
    if (content !== undefined) writeFileSync(inHome('hooks.ndjson'), content)
    const options = { env: { ...env, HOOKURL_KEYS: testKeys }, cwd: home.path }
    const args = ['listen', '--no-inspector', '--port', '0', '--replay', 'hooks.ndjson']
    const { stderr, exit } = await runInProcess(args, options)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('eyJ')
    expect(exit).toBe(2)
  })

  test('logs a hook that has expired since it was recorded', async () => {
    const past = Date.now() - 7_200_000
    const minter = createMinter({ keys: testKeys, baseUrl: 'http://a', expiresIn: '1h', now: () => past })
    const url = new URL(minter.mintSync({ command: '/a' })).pathname
    const record = { time: '', method: 'POST', url, headers: [['Host', 'a']], base64: '' }
    writeFileSync(inHome('hooks.ndjson'), `${JSON.stringify(record)}\n`)
    const listen = await startListen(['--no-inspector', '--replay', inHome('hooks.ndjson')], env)
    await waitForReplay(listen)
    const { stderr } = await stopListen(listen)
    expect(stderr).toContain('POST 410  /a  the URL has expired (expired)')
  })
})
