import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createReceiver } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { services } from '../../src/send/services.ts'
import { mintUrl } from '../support/start-listen.ts'
import { type ProgramResult, makeHome, type RunOptions, run, testKeys } from '../support/run.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

interface Recorded {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

const recorded: Recorded[] = []
const ok = (_request: IncomingMessage, response: ServerResponse): void => void response.end('thanks')
let answer = ok
let server: Server
let base = ''

beforeAll(async () => {
  server = createServer(async (request, response) => {
    recorded.push({ method: request.method, url: request.url, headers: request.headers, body: await buffer(request) })
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
afterEach(() => {
  recorded.splice(0)
  answer = ok
})

const send = (args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> =>
  run(['send', ...args], { env, ...options })

describe('send', () => {
  test('posts, and prints the body on stdout and the status on stderr', async () => {
    const { stdout, stderr, exit } = await send([`${base}/a?b=1`])
    expect(stdout).toBe('thanks')
    expect(stderr).toMatch(/^200 OK {2}\d+\.\d ms\n$/)
    expect(exit).toBe(0)
    expect(recorded).toMatchObject([{ method: 'POST', url: '/a?b=1', headers: { 'content-length': '0' } }])
  })

  test('keeps the bytes of an answer', async () => {
    answer = (_request, response) => void response.end('\u001b[31m\r\n\u0000')
    expect((await send([base])).stdout).toBe('\u001b[31m\r\n\u0000')
  })

  test.each([
    ['JSON', '{"a":"\\/"}', 'application/json'],
    ['text', 'a=1', 'text/plain; charset=utf-8'],
  ])('sends %s as what it is', async (_name, data, type) => {
    await send(['--data', data, base])
    expect(recorded[0]?.body.toString()).toBe(data)
    expect(recorded[0]?.headers['content-type']).toBe(type)
  })

  test('sends a file and stdin byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 13, 10])
    writeFileSync(join(home.path, 'bytes'), bytes)
    await send(['--data', '@bytes', base], { cwd: home.path })
    await send(['--data', '-', base], { stdin: bytes })
    expect(recorded.map(({ body }) => body)).toStrictEqual([bytes, bytes])
    expect(recorded[0]?.headers['content-type']).toBe('application/octet-stream')
  })

  test('sends the method and headers that it is told, also repeated ones, in place of its own', async () => {
    const headers = ['X-One: a', 'x-one:b', 'Content-Type: text/csv', 'User-Agent: me'].flatMap((one) => [
      '--header',
      one,
    ])
    await send(['--method', 'put', '--data', 'x', ...headers, base])
    expect(recorded[0]).toMatchObject({
      method: 'PUT',
      headers: { 'x-one': 'a, b', 'content-type': 'text/csv', 'user-agent': 'me' },
    })
  })

  test('reads the URL from a pipe, as mint prints it', async () => {
    expect((await send([], { stdin: `${base}/x\n` })).exit).toBe(0)
    expect(recorded[0]?.url).toBe('/x')
  })

  test('with -v shows the headers of both sides, without the token', async () => {
    const url = mintUrl(base)
    const { stdout, stderr } = await send(['-v', '--header', 'X-One: 1', url])
    expect(stdout).toBe('thanks')
    expect(stderr).toMatch(/^> POST \/\[hook [0-9a-f]{6}\]\n/)
    expect(stderr).toContain('> X-One: 1\n')
    expect(stderr).toContain('< Content-Length: 6\n')
    expect(stderr).not.toContain('eyJ')
  })

  test('with --json gives one object for each answer', async () => {
    const { stdout, stderr, exit } = await send(['--json', '--repeat', '2', base])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { status: 200, body: 'thanks' },
      { status: 200, body: 'thanks' },
    ])
    expect(stderr).toBe('')
    expect(exit).toBe(0)
    answer = (_request, response) => void response.end(Buffer.from([255]))
    expect(JSON.parse((await send(['--json', base])).stdout).body).toStrictEqual({ base64: '/w==' })
  })

  test('repeats the same request, and the first that is not well decides the exit code', async () => {
    answer = (_request, response) => void response.writeHead(recorded.length === 2 ? 500 : 200).end()
    const { stderr, exit } = await send(['--repeat', '3', '--data', 'x', base])
    expect(stderr.match(/^\d+/gm)).toStrictEqual(['200', '500', '200'])
    expect(recorded.map(({ body }) => body.toString())).toStrictEqual(['x', 'x', 'x'])
    expect(exit).toBe(7)
  })

  test.each([301, 400, 404, 503])('exits with 7 for %i, with the answer on stdout', async (status) => {
    answer = (_request, response) => void response.writeHead(status, { location: '/b' }).end('why')
    const { stdout, stderr, exit } = await send([base])
    expect(stdout).toBe('why')
    expect(stderr).toMatch(new RegExp(`^${status} .*to /b`))
    expect(exit).toBe(7)
    expect(recorded).toHaveLength(1)
  })

  test('exits with 7 where nobody listens, where the answer takes too long, and where it is cut off', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    const nobody = await send([`http://127.0.0.1:${port}/eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiJhIn0.x`])
    expect(nobody.stderr).toMatch(
      /^error: http:\/\/127\.0\.0\.1:\d+: it cannot be reached \(ECONNREFUSED\) \(unreachable\)\n {2}fix: /,
    )
    answer = (_request, response) => void response.write('half')
    const late = await send(['--timeout', '0.3s', '--json', base])
    expect(JSON.parse(late.stderr).error).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('0.3 s'),
    })
    answer = (request, response) => {
      response.write('half')
      setTimeout(() => request.socket.destroy(), 30)
    }
    const cut = await send([base])
    expect(cut.stderr).toContain('its answer was cut off')
    expect([nobody, late, cut].map(({ exit, stdout }) => [exit, stdout])).toStrictEqual([
      [7, ''],
      [7, ''],
      [7, ''],
    ])
  })

  test.each([
    [['nonsense'], 'the URL is not an http or https URL'],
    [['ftp://a.example'], 'the URL is not an http or https URL'],
    [['http://me:secret@a.example'], 'the URL must not have credentials'],
    [['--header', 'nonsense', 'http://a.example'], '--header is not a header'],
    [['--header', 'X: a\r\nY: b', 'http://a.example'], '--header is not a header'],
    [['--header', 'Content-Length: 5', 'http://a.example'], '--header cannot say how long'],
    [['--method', 'CONNECT', 'http://a.example'], '--method is not a method'],
    [['--data', '@none', 'http://a.example'], 'cannot be read (ENOENT)'],
    [['--repeat', '0', 'http://a.example'], '--repeat must be at least 1'],
    [['--handshake', 'http://a.example'], '--handshake needs --as'],
    [['--as', 'stripe', '--handshake', 'http://a.example'], 'stripe makes no handshake'],
    [['--as', 'slack', '--browser', 'http://a.example'], 'cannot be used with'],
    [['--as', 'slak', 'http://a.example'], 'Allowed choices are asana'],
  ])('refuses %j with exit 2', async (args, message) => {
    const { stdout, stderr, exit } = await send(args)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('secret')
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })
})

describe('send --browser', () => {
  test('opens a link, and presses the button of its page', async () => {
    const handle = hookurl({ keys: testKeys, handlers: { '*': () => {} } })
    const receiver = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    const url = mintUrl(`http://127.0.0.1:${port}`, { redirectTo: 'https://cataas.com/cat' })
    const [opened, pressed] = await Promise.all([
      send(['--browser', url]),
      send(['--browser', '--method', 'POST', url]),
    ])
    receiver.close()
    receiver.closeAllConnections()
    expect(opened.stdout).toContain('<form method="post">')
    expect(pressed.stderr).toMatch(/^303 See Other {2}to https:\/\/cataas\.com\/cat/)
    expect([opened.exit, pressed.exit]).toStrictEqual([0, 0])
  })
})

describe('send --as', () => {
  const names = Object.keys(services)
  const shaking = names.filter((name) => services[name]?.handshake !== undefined)

  test('delivers what each service delivers: the receiver understands the payload', { timeout: 40_000 }, async () => {
    const payloads: unknown[] = []
    const handle = hookurl({ keys: testKeys, handlers: { '*': ({ payload }) => void payloads.push(payload) } })
    answer = () => {}
    const receiver = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const url = mintUrl(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`)
    for (const name of names) expect([name, (await send(['--as', name, url])).exit]).toStrictEqual([name, 0])
    receiver.close()
    receiver.closeAllConnections()
    expect(payloads).toHaveLength(names.length)
    const sent = names.map((name) => services[name]?.delivery.body)
    const forms = payloads.map((payload, at) =>
      typeof sent[at] === 'string' ? new URLSearchParams(payload as Record<string, string>).toString() : payload,
    )
    expect(forms).toStrictEqual(sent)
  })

  test('makes the handshake of each service, which a receiver answers as it wants it', {
    timeout: 40_000,
  }, async () => {
    let ran = 0
    const receive = (handshakes: { strava?: boolean; asana?: () => void }): ReturnType<typeof hookurl> =>
      hookurl(createReceiver({ keys: testKeys, handshakes, handlers: { '*': () => void ran++ } }))
    const plain = receive({ asana: () => {} })
    const strava = receive({ strava: true })
    const receiver = createServer((request, response) => {
      void (request.url?.startsWith('/strava') ? strava : plain)(request, response)
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    for (const name of shaking) {
      const { exit, stderr } = await send(['--as', name, '--handshake', mintUrl(`http://127.0.0.1:${port}/${name}`)])
      expect([name, exit, stderr]).toStrictEqual([name, 0, expect.stringMatching(/^200 OK/)])
    }
    receiver.close()
    receiver.closeAllConnections()
    // GitHub's ping is a delivery like any other.
    expect(ran).toBe(1)
    expect(shaking.length).toBeGreaterThanOrEqual(13)
  })

  test('exits with 7 where the value does not come back', async () => {
    const { exit, stderr } = await send(['--as', 'slack', '--handshake', base])
    expect(stderr).toContain('does not hold the value')
    expect(exit).toBe(7)
  })
})
