import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { killListen, type StartedListen, startListen, mintUrl } from '../support/start-listen.ts'
import { makeHome, run, testKeys } from '../support/run.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

interface Recorded {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly body: Buffer
}

const recorded: Recorded[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void
let application: Server
let listening: StartedListen

beforeAll(async () => {
  application = createServer(async (request, response) => {
    const { method = '', url = '', rawHeaders: headers } = request
    recorded.push({ method, url, headers, body: await buffer(request) })
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const { port } = application.address() as AddressInfo
  listening = await startListen(['--forward', `http://127.0.0.1:${port}/in?own=1`], env)
})
afterAll(async () => {
  await killListen(listening)
  application.close()
  application.closeAllConnections()
})
const ok = (_request: IncomingMessage, response: ServerResponse): void => void response.end('thanks')
afterEach(() => recorded.splice(0))

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: Uint8Array | string
}

interface Answered {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

// fetch would put headers together, and not send all of these.
async function send(url: string, { method = 'POST', headers = {}, body = '' }: Sent = {}): Promise<Answered> {
  const sent = request(url, { method, headers, agent: false })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
}

function valuesOf({ headers }: Recorded, name: string): string[] {
  return headers.filter((_value, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name)
}

const hookOf = (one: Recorded): unknown =>
  JSON.parse(Buffer.from(valuesOf(one, 'hookurl-hook').join(), 'base64url').toString())

describe('listen --forward', () => {
  test.each([
    ['JSON with an escape that parsing would lose', Buffer.from('{"a":"\\/"}'), 'application/json'],
    ['bytes that are no text', Buffer.from(Array.from({ length: 256 }, (_, at) => at)), 'image/png'],
    ['1 MiB', randomBytes(1_048_576), 'application/octet-stream'],
    ['nothing', Buffer.alloc(0), 'text/plain'],
  ])('passes a body on with identical bytes: %s', async (_name, body, type) => {
    answer = ok
    const got = await send(mintUrl(listening.base), { body, headers: { 'content-type': type } })
    expect([got.status, got.body.toString()]).toStrictEqual([200, 'thanks'])
    const [one] = recorded as [Recorded]
    expect(Buffer.compare(one.body, body)).toBe(0)
    expect(valuesOf(one, 'content-type')).toStrictEqual([type])
    expect(valuesOf(one, 'content-length')).toStrictEqual([String(body.byteLength)])
  })

  test('tells the application of the hook in one header, without the token', async () => {
    answer = ok
    const url = mintUrl(listening.base, { content: { text: 'naïve 🐈' }, redirectTo: 'https://cataas.com/cat' })
    await send(url, { body: 'x' })
    const [one] = recorded as [Recorded]
    expect(hookOf(one)).toMatchObject({
      command: '/onWebhook',
      userId: '42',
      content: { text: 'naïve 🐈' },
      redirectTo: 'https://cataas.com/cat',
      allowGet: false,
      key: { index: 0 },
    })
    expect(JSON.stringify([one.url, one.headers])).not.toContain(url.slice(url.lastIndexOf('.')))
  })

  test('keeps the method, other parameters as they are spelled, and repeated headers', async () => {
    answer = ok
    const url = mintUrl(listening.base, { allowGet: true })
    const headers = { 'X-One': ['a', 'b'], Cookie: 'c=1', Authorization: 'Bearer x', 'Content-Type': 'text/plain' }
    await send(`${url}?a=%2f&b=1&a=x+y&empty`, { method: 'GET', headers })
    const query = `${listening.base}/hooks?t=${url.slice(url.lastIndexOf('/') + 1)}`
    await send(`${query}&a=1`, { headers, body: 'x' })
    await send(`${url}&a=2`, { headers, body: 'x' })
    expect(recorded.map(({ method, url }) => `${method} ${url}`)).toStrictEqual([
      'GET /in?own=1&a=%2f&b=1&a=x+y&empty',
      'POST /in?own=1&a=1',
      'POST /in?own=1&a=2',
    ])
    for (const one of recorded) {
      expect(valuesOf(one, 'x-one')).toStrictEqual(['a', 'b'])
      expect(valuesOf(one, 'cookie')).toStrictEqual(['c=1'])
      expect(valuesOf(one, 'authorization')).toStrictEqual(['Bearer x'])
    }
    expect(valuesOf(recorded[0] as Recorded, 'content-length')).toStrictEqual([])
  })

  test("keeps back the connection's own headers, and those that it names", async () => {
    answer = ok
    const headers = {
      Connection: 'close, X-Inner',
      'X-Inner': '1',
      TE: 'trailers',
      'Keep-Alive': '5',
      Expect: '100-continue',
    }
    await send(mintUrl(listening.base), { headers: { ...headers, Host: 'bot.example.com' }, body: 'x' })
    const [one] = recorded as [Recorded]
    for (const name of ['x-inner', 'te', 'keep-alive', 'expect']) expect(valuesOf(one, name)).toStrictEqual([])
    expect(valuesOf(one, 'host')).toStrictEqual([`127.0.0.1:${(application.address() as AddressInfo).port}`])
  })

  test.each(['hookurl-hook', 'Hookurl_Hook', 'HOOKURL-HOOK', 'hookurl.hook', 'HOOKURL_user-id', 'hookurl-'])(
    'drops a header of the caller that could pass for its own: %s',
    async (name) => {
      answer = ok
      await send(mintUrl(listening.base), { headers: { [name]: 'forged' }, body: 'x' })
      const [one] = recorded as [Recorded]
      expect(one.headers.filter((text) => /^hookurl/i.test(text))).toStrictEqual(['hookurl-hook'])
      expect(hookOf(one)).toMatchObject({ command: '/onWebhook' })
      expect(one.headers).not.toContain('forged')
    },
  )

  test.each(['PUT', 'DELETE', 'PATCH', 'PROPFIND'])('refuses %s, which reaches nobody', async (method) => {
    const { status, headers } = await send(mintUrl(listening.base), { method })
    expect([status, headers.allow]).toStrictEqual([405, 'POST'])
    expect(recorded).toStrictEqual([])
  })

  test('passes on nothing that is not good: a forged URL, HEAD, OPTIONS, a GET to confirm', async () => {
    const url = mintUrl(listening.base)
    const last = url.endsWith('A') ? 'E' : 'A'
    expect((await send(url.slice(0, -1) + last, { body: 'x' })).status).toBe(403)
    expect((await send(url, { method: 'HEAD' })).status).toBe(200)
    expect((await send(url, { method: 'OPTIONS' })).status).toBe(204)
    expect((await send(url, { method: 'GET', headers: { accept: 'text/html' } })).status).toBe(200)
    expect(recorded).toStrictEqual([])
  })

  test('gives the answer back unchanged, with safety headers where it has none', async () => {
    const body = randomBytes(300_000)
    answer = (_request, response) => {
      response.writeHead(418, 'Teapot', [
        ['Content-Encoding', 'br'],
        ['Content-Type', 'image/png'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['Cache-Control', 'max-age=60'],
        ['Location', '/elsewhere'],
      ])
      response.end(body)
    }
    const got = await send(mintUrl(listening.base, { redirectTo: 'https://cataas.com/cat' }), { body: 'x' })
    expect(got.status).toBe(418)
    expect(Buffer.compare(got.body, body)).toBe(0)
    expect(got.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'image/png',
      'set-cookie': ['a=1', 'b=2'],
      'cache-control': 'max-age=60',
      location: '/elsewhere',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  test('gives answers without a body back', async () => {
    answer = (_request, response) => void response.writeHead(204).end()
    expect((await send(mintUrl(listening.base), { body: 'x' })).status).toBe(204)
  })

  test('gives back the use of a URL whose application refuses it', async () => {
    const url = mintUrl(listening.base, { maxUses: 1 })
    answer = (_request, response) => void response.writeHead(500).end()
    expect((await send(url, { body: '1' })).status).toBe(500)
    answer = ok
    expect((await send(url, { body: '2' })).status).toBe(200)
    expect((await send(url, { body: '3' })).status).toBe(410)
    expect(recorded).toHaveLength(2)
  })

  test('refuses a hook that is too long for a header, and says why', async () => {
    const { status, body } = await send(mintUrl(listening.base, { content: 'x'.repeat(1400) }), { body: 'x' })
    expect(status).toBe(200)
    expect(body.toString()).toBe('thanks')
    recorded.splice(0)
    const minted = await run(
      [
        'mint',
        '--command',
        'a',
        '--content',
        'x'.repeat(3100),
        '--max-url-length',
        '9000',
        '--base-url',
        listening.base,
      ],
      { env: { ...env, HOOKURL_KEYS: testKeys } },
    )
    const refused = await send(minted.stdout.trim(), { body: 'x' })
    expect([refused.status, JSON.parse(refused.body.toString()).title]).toStrictEqual([
      500,
      expect.stringContaining('too long to be passed on'),
    ])
    expect(await listening.program.waitForStderr(/at most 4096/)).toContain('forward: refused')
    expect(recorded).toStrictEqual([])
  })

  test('answers 504 where the application takes too long, and says so', async () => {
    answer = () => {}
    const { port } = application.address() as AddressInfo
    const hasty = await startListen(['--forward', `http://127.0.0.1:${port}`, '--forward-timeout', '0.3s'], env)
    const { status, body } = await send(mintUrl(hasty.base), { body: 'x' })
    expect([status, JSON.parse(body.toString()).title]).toStrictEqual([504, 'the application did not answer in time'])
    expect(await hasty.program.says(/POST 504/)).toContain('did not answer within 0.3 s')
    await killListen(hasty)
  })

  test('answers 502 where the application hangs up', async () => {
    answer = (request) => void request.socket.destroy()
    expect((await send(mintUrl(listening.base), { body: 'x' })).status).toBe(502)
    expect(await listening.program.waitForStderr(/cannot be reached \(ECONNRESET\)/)).toContain('forward: http://127.0.0.1')
  })

  test('cuts its answer off where the application does, and goes on', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setTimeout(() => request.socket.destroy(), 50)
    }
    await expect(send(mintUrl(listening.base), { body: 'x' })).rejects.toThrow('aborted')
    await listening.program.waitForStderr(/was cut off/)
    answer = ok
    expect((await send(mintUrl(listening.base), { body: 'x' })).status).toBe(200)
  })

  test('goes on where the caller leaves in the middle of the answer', async () => {
    const left = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        response.writeHead(200).write('half')
        response.on('close', () => resolve())
      }
    })
    const url = new URL(mintUrl(listening.base))
    const socket = createConnection(Number(url.port), '127.0.0.1')
    socket.write(`POST ${url.pathname} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`)
    await once(socket, 'data')
    socket.destroy()
    await left
    answer = ok
    expect((await send(mintUrl(listening.base), { body: 'x' })).status).toBe(200)
  })

  test.each([
    [['--forward', 'localhost:3000'], '--forward is not an http or https URL'],
    [['--forward', 'http://me:secret@localhost'], '--forward must not have credentials'],
    [['--forward', 'http://localhost', '--exec', 'cat'], 'cannot be used with'],
    [['--forward', 'http://localhost', '--forward-timeout', '2d'], '--forward-timeout must be at most 1 day'],
  ])('refuses %j with exit 2', async (args, message) => {
    const { stderr, exit } = await run(['listen', '--port', '0', ...args], { env })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('secret')
    expect(exit).toBe(2)
  })
})

describe('listen --forward to nothing', () => {
  test('answers 502 and asks whether the application runs', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    const alone = await startListen(['--forward', `http://127.0.0.1:${port}`], env)
    const { status, body } = await send(mintUrl(alone.base), { body: 'x' })
    expect([status, body.toString()]).toStrictEqual([502, '{"title":"the application cannot be reached","status":502}'])
    const said = await alone.program.says(/POST 502/)
    expect(said).toContain(
      `forward: http://127.0.0.1:${port} cannot be reached (ECONNREFUSED); is the application running?`,
    )
    await killListen(alone)
  })
})

// What Python's own server makes of the headers, as one line of JSON.
const wsgi = `
import json, sys
from wsgiref.simple_server import make_server, WSGIRequestHandler
class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass
def application(environ, start_response):
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
    start_response('200 OK', [('Content-Type', 'application/json')])
    ours = {name: value for name, value in environ.items() if name.startswith('HTTP_HOOKURL')}
    return [json.dumps({'ours': ours, 'body': body.decode('latin-1')}).encode()]
server = make_server('127.0.0.1', 0, application, handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
`

describe('a WSGI application behind listen --forward', () => {
  test('reads only the hook that was verified, however the caller spells a forged one', async (context) => {
    const python = spawn('python3', ['-c', wsgi], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [first] = await Promise.race([once(createInterface({ input: python.stdout }), 'line'), once(python, 'error')])
    if (typeof first !== 'string') context.skip('python3 is not installed')
    const behind = await startListen(['--forward', `http://127.0.0.1:${first}/`], env)
    try {
      const forged = Object.fromEntries(
        ['hookurl-hook', 'Hookurl_Hook', 'HOOKURL_HOOK', 'hookurl.hook'].map((name) => [name, 'forged']),
      )
      const sent = { headers: { ...forged, 'content-type': 'application/json' }, body: '{"a":"\\/"}' }
      const { ours, body } = JSON.parse((await send(mintUrl(behind.base), sent)).body.toString())
      expect(Object.keys(ours)).toStrictEqual(['HTTP_HOOKURL_HOOK'])
      expect(JSON.parse(Buffer.from(ours.HTTP_HOOKURL_HOOK, 'base64url').toString())).toMatchObject({ userId: '42' })
      expect(body).toBe('{"a":"\\/"}')
    } finally {
      await killListen(behind)
      python.kill()
    }
  })
})
