import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { createMinter } from '@hookurl/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { listenWhile, mintUrl, type StartedListen, startListen, stopListen } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

type RespondFunction = (request: IncomingMessage, response: ServerResponse) => void

interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly body: Buffer
}

const respondWithThanks: RespondFunction = (_request, response) => void response.end('thanks')

/** The requests that the application has received in the current test. */
const received: ReceivedRequest[] = []
let respond: RespondFunction
let application: Server
let applicationUrl: string

beforeAll(async () => {
  application = createServer(async (request, response) => {
    const { method = '', url = '', rawHeaders: headers } = request
    received.push({ method, url, headers, body: await buffer(request) })
    respond(request, response)
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  applicationUrl = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
})
afterAll(() => {
  application.close()
  application.closeAllConnections()
})
afterEach(() => {
  received.splice(0)
  respond = respondWithThanks
})
respond = respondWithThanks

interface SendOptions {
  readonly method?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: Uint8Array | string
}

interface SentResponse {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

// fetch merges repeated headers, and does not send some of these.
async function send(
  url: string,
  { method = 'POST', headers = {}, body = '' }: SendOptions = {},
): Promise<SentResponse> {
  const outgoing = request(url, { method, headers, agent: false })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
}

function getTitle({ body }: SentResponse): string {
  return JSON.parse(body.toString()).title
}

function getHeaderValues({ headers }: ReceivedRequest, name: string): string[] {
  return headers.filter((_value, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name)
}

function decodeHook(request: ReceivedRequest): unknown {
  return JSON.parse(Buffer.from(getHeaderValues(request, 'hookurl-hook').join(), 'base64url').toString())
}

describe('listen --forward', () => {
  let listen: StartedListen
  beforeAll(async () => {
    listen = await startListen(['--no-inspector', '--forward', `${applicationUrl}/in?own=1`], env)
  })
  afterAll(() => stopListen(listen))

  async function sendAndReceive(url: string, options?: SendOptions): Promise<ReceivedRequest> {
    await send(url, options)
    expect(received).toHaveLength(1)
    return received[0] as ReceivedRequest
  }

  test.each([
    ['JSON with an escape that parsing would lose', Buffer.from('{"a":"\\/"}'), 'application/json'],
    ['binary data', Buffer.from(Array.from({ length: 256 }, (_, index) => index)), 'image/png'],
    ['1 MiB', randomBytes(1_048_576), 'application/octet-stream'],
    ['empty', Buffer.alloc(0), 'text/plain'],
  ])('forwards a body with identical bytes: %s', async (_name, body, contentType) => {
    const forwarded = await sendAndReceive(mintUrl(listen.base), { body, headers: { 'content-type': contentType } })
    expect(Buffer.compare(forwarded.body, body)).toBe(0)
    expect(getHeaderValues(forwarded, 'content-type')).toStrictEqual([contentType])
    expect(getHeaderValues(forwarded, 'content-length')).toStrictEqual([String(body.byteLength)])
  })

  test("responds with the application's response", async () => {
    const { status, body } = await send(mintUrl(listen.base), { body: 'x' })
    expect(status).toBe(200)
    expect(body.toString()).toBe('thanks')
  })

  test('sends the hook in one header, and the token nowhere', async () => {
    const url = mintUrl(listen.base, { content: { text: 'naïve 🐈' }, redirectTo: 'https://cataas.com/cat' })
    const forwarded = await sendAndReceive(url, { body: 'x' })
    expect(decodeHook(forwarded)).toMatchObject({
      command: '/onWebhook',
      userId: '42',
      content: { text: 'naïve 🐈' },
      redirectTo: 'https://cataas.com/cat',
      allowGet: false,
      key: { index: 0 },
    })
    expect(JSON.stringify([forwarded.url, forwarded.headers])).not.toContain(url.slice(url.lastIndexOf('.')))
  })

  test('keeps the method and the encoding of query parameters', async () => {
    const url = `${mintUrl(listen.base, { allowGet: true })}?a=%2f&b=1&a=x+y&empty`
    const forwarded = await sendAndReceive(url, { method: 'GET', headers: { 'content-type': 'text/plain' } })
    expect(`${forwarded.method} ${forwarded.url}`).toBe('GET /in?own=1&a=%2f&b=1&a=x+y&empty')
    expect(getHeaderValues(forwarded, 'content-length')).toStrictEqual([])
  })

  test('removes the token from the query, and keeps the other parameters', async () => {
    const url = mintUrl(listen.base)
    const token = url.slice(url.lastIndexOf('/') + 1)
    const forwarded = await sendAndReceive(`${listen.base}/hooks?t=${token}&a=1`, { body: 'x' })
    expect(`${forwarded.method} ${forwarded.url}`).toBe('POST /in?own=1&a=1')
  })

  test('keeps a parameter that was appended to the path without a question mark', async () => {
    const forwarded = await sendAndReceive(`${mintUrl(listen.base)}&a=2`, { body: 'x' })
    expect(`${forwarded.method} ${forwarded.url}`).toBe('POST /in?own=1&a=2')
  })

  test('keeps repeated headers, cookies and credentials', async () => {
    const headers = { 'X-One': ['a', 'b'], Cookie: 'c=1', Authorization: 'Bearer x', 'Content-Type': 'text/plain' }
    const forwarded = await sendAndReceive(mintUrl(listen.base), { headers, body: 'x' })
    expect(getHeaderValues(forwarded, 'x-one')).toStrictEqual(['a', 'b'])
    expect(getHeaderValues(forwarded, 'cookie')).toStrictEqual(['c=1'])
    expect(getHeaderValues(forwarded, 'authorization')).toStrictEqual(['Bearer x'])
  })

  test('removes hop-by-hop headers, and those that Connection names', async () => {
    const headers = {
      Connection: 'close, X-Inner',
      'X-Inner': '1',
      TE: 'trailers',
      'Keep-Alive': '5',
      Expect: '100-continue',
    }
    const forwarded = await sendAndReceive(mintUrl(listen.base), { headers, body: 'x' })
    for (const name of ['x-inner', 'te', 'keep-alive', 'expect']) {
      expect(getHeaderValues(forwarded, name)).toStrictEqual([])
    }
  })

  test("sends the application's own host name", async () => {
    const forwarded = await sendAndReceive(mintUrl(listen.base), { headers: { Host: 'bot.example.com' }, body: 'x' })
    expect(getHeaderValues(forwarded, 'host')).toStrictEqual([new URL(applicationUrl).host])
  })

  test.each(['hookurl-hook', 'Hookurl_Hook', 'HOOKURL-HOOK', 'hookurl.hook', 'HOOKURL_user-id', 'hookurl-'])(
    'removes an incoming header that an application could mistake for the hook: %s',
    async (name) => {
      const forwarded = await sendAndReceive(mintUrl(listen.base), { headers: { [name]: 'forged' }, body: 'x' })
      expect(forwarded.headers.filter((text) => /^hookurl/i.test(text))).toStrictEqual(['hookurl-hook'])
      expect(decodeHook(forwarded)).toMatchObject({ command: '/onWebhook' })
      expect(forwarded.headers).not.toContain('forged')
    },
  )

  test.each(
    [
      'Proxy',
      'X-Original-URL',
      'X-Rewrite-URL',
      'X-HTTP-Method',
      'X-HTTP-Method-Override',
      'X-Method-Override',
      'Proxy-Authorization',
    ].flatMap((name) => [name, name.toUpperCase(), name.replaceAll('-', '_'), name.replaceAll('-', '.')]),
  )('removes a header with which a caller could choose the path, method or proxy: %s', async (name) => {
    const forwarded = await sendAndReceive(mintUrl(listen.base), { headers: { [name]: 'chosen' }, body: 'x' })
    expect(forwarded.headers).not.toContain('chosen')
  })

  test.each(['Content_Length', 'Transfer_Encoding', 'transfer.encoding', 'X_Inner'])(
    'removes a header that belongs to one connection, also with _ or .: %s',
    async (name) => {
      const headers = { Connection: 'X-Inner', [name]: 'chosen' }
      const forwarded = await sendAndReceive(mintUrl(listen.base), { headers, body: 'x' })
      expect(forwarded.headers).not.toContain('chosen')
    },
  )

  test.each(['X-Forwarded-For', 'X-Original-Method', 'Proxy-Status', 'X-HTTP-Method-Name'])(
    'keeps a header whose name is only similar: %s',
    async (name) => {
      const forwarded = await sendAndReceive(mintUrl(listen.base), { headers: { [name]: 'kept' }, body: 'x' })
      expect(getHeaderValues(forwarded, name.toLowerCase())).toStrictEqual(['kept'])
    },
  )

  test.each([
    'own=2',
    'OWN=2',
    'own',
    'own[]=2',
    'own[a]=2',
    'own%5B%5D=2',
    '%6fwn=2',
    '%6F%77%6E=2',
    '%256fwn=2',
    '+own=2',
    '%20own=2',
    'own%00x=2',
    'a=1;own=2',
  ])('removes a parameter that could override one of the operator: %s', async (parameter) => {
    const forwarded = await sendAndReceive(`${mintUrl(listen.base)}?${parameter}&other=1`, { body: 'x' })
    expect(forwarded.url).toBe('/in?own=1&other=1')
    received.splice(0)
    const appended = await sendAndReceive(`${mintUrl(listen.base)}&${parameter}`, { body: 'x' })
    expect(appended.url).toBe('/in?own=1')
  })

  test.each(['owner=2', 'my.own=2', 'x[own]=2', 'a=own'])(
    'keeps a parameter with another name: %s',
    async (parameter) => {
      const forwarded = await sendAndReceive(`${mintUrl(listen.base)}?${parameter}`, { body: 'x' })
      expect(forwarded.url).toBe(`/in?own=1&${parameter}`)
    },
  )

  test.each(['Referer', 'referer', 'REFERER'])('redacts the token in the header %s', async (name) => {
    const url = mintUrl(listen.base)
    const forwarded = await sendAndReceive(url, { headers: { [name]: `${url}?a=1` }, body: 'x' })
    const [referer] = getHeaderValues(forwarded, 'referer')
    expect(referer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\[hook [0-9a-f]{6}\]\?a=1$/)
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'PROPFIND'])('rejects %s with 405 and does not forward it', async (method) => {
    const { status, headers } = await send(mintUrl(listen.base), { method })
    expect(status).toBe(405)
    expect(headers.allow).toBe('POST')
    expect(received).toStrictEqual([])
  })

  test('does not forward a forged URL', async () => {
    const url = mintUrl(listen.base)
    const forged = url.slice(0, -1) + (url.endsWith('A') ? 'E' : 'A')
    expect((await send(forged, { body: 'x' })).status).toBe(403)
    expect(received).toStrictEqual([])
  })

  test.each([
    ['HEAD', 200, {}],
    ['OPTIONS', 204, {}],
    ['GET', 200, { 'sec-fetch-mode': 'navigate' }],
  ])('does not forward %s, which does not run the command', async (method, expected, headers) => {
    const { status } = await send(mintUrl(listen.base), { method, headers })
    expect(status).toBe(expected)
    expect(received).toStrictEqual([])
  })

  test('returns the response unchanged, and adds security headers where it has none', async () => {
    const image = randomBytes(300_000)
    respond = (_request, response) => {
      response.writeHead(418, 'Teapot', [
        ['Content-Encoding', 'br'],
        ['Content-Type', 'image/png'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['Cache-Control', 'max-age=60'],
        ['Location', '/elsewhere'],
      ])
      response.end(image)
    }
    const url = mintUrl(listen.base, { redirectTo: 'https://cataas.com/cat' })
    const { status, headers, body } = await send(url, { body: 'x' })
    expect(status).toBe(418)
    expect(Buffer.compare(body, image)).toBe(0)
    expect(headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'image/png',
      'set-cookie': ['a=1', 'b=2'],
      'cache-control': 'max-age=60',
      location: '/elsewhere',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  test('returns a response without a body', async () => {
    respond = (_request, response) => void response.writeHead(204).end()
    expect((await send(mintUrl(listen.base), { body: 'x' })).status).toBe(204)
  })

  test('releases the use of a URL when the application fails', async () => {
    const url = mintUrl(listen.base, { maxUses: 1 })
    respond = (_request, response) => void response.writeHead(500).end()
    expect((await send(url, { body: '1' })).status).toBe(500)
    respond = respondWithThanks
    expect((await send(url, { body: '2' })).status).toBe(200)
    expect((await send(url, { body: '3' })).status).toBe(410)
    expect(received).toHaveLength(2)
  })

  test('forwards content that fits into a header of 4096 characters', async () => {
    const { status, body } = await send(mintUrl(listen.base, { content: 'x'.repeat(1400) }), { body: 'x' })
    expect(status).toBe(200)
    expect(body.toString()).toBe('thanks')
  })

  test('responds with 500 to a hook that is too long for a header, and prints why', async () => {
    const minter = createMinter({ keys: testKeys, baseUrl: listen.base, expiresIn: '1d', maxUrlLength: 9000 })
    const response = await send(minter.mintSync({ command: 'a', content: 'x'.repeat(3100) }), { body: 'x' })
    expect(response.status).toBe(500)
    expect(getTitle(response)).toContain('too long to be forwarded')
    const stderr = await listen.program.waitForStderr(/at most 4096/)
    expect(stderr).toContain('forward: the hook is too long for a header')
    expect(received).toStrictEqual([])
  })

  test('responds with 502 where the application closes the connection', async () => {
    respond = (request) => void request.socket.destroy()
    expect((await send(mintUrl(listen.base), { body: 'x' })).status).toBe(502)
    const stderr = await listen.program.waitForStderr(/closed the connection without a response \(ECONNRESET\)/)
    expect(stderr).toContain('forward: http://127.0.0.1')
  })

  test('cuts off its response where the application does, and keeps running', async () => {
    respond = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setTimeout(() => request.socket.destroy(), 50)
    }
    await expect(send(mintUrl(listen.base), { body: 'x' })).rejects.toThrow('aborted')
    await listen.program.waitForStderr(/was cut off/)
    respond = respondWithThanks
    expect((await send(mintUrl(listen.base), { body: 'x' })).status).toBe(200)
  })

  test('keeps running where the client disconnects in the middle of the response', async () => {
    const disconnected = new Promise<void>((resolve) => {
      respond = (_request, response) => {
        response.writeHead(200).write('half')
        response.on('close', () => resolve())
      }
    })
    const url = new URL(mintUrl(listen.base))
    const socket = createConnection(Number(url.port), '127.0.0.1')
    socket.write(`POST ${url.pathname} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`)
    await once(socket, 'data')
    socket.destroy()
    await disconnected
    respond = respondWithThanks
    expect((await send(mintUrl(listen.base), { body: 'x' })).status).toBe(200)
  })
})

test('an application that does not respond in time is a 504, and listen prints why', async () => {
  respond = () => {}
  const args = ['--forward', applicationUrl, '--forward-timeout', '0.3s']
  const { stderr } = await listenWhile(args, env, async (base) => {
    const response = await send(mintUrl(base), { body: 'x' })
    expect(response.status).toBe(504)
    expect(getTitle(response)).toBe('the application did not respond in time')
  })
  expect(stderr).toContain(`forward: ${applicationUrl} did not respond within 0.3 s\n`)
})

test('an application that is not running is a 502, and listen asks whether it is', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  const { stderr } = await listenWhile(['--forward', url], env, async (base) => {
    const { status, body } = await send(mintUrl(base), { body: 'x' })
    expect(status).toBe(502)
    expect(body.toString()).toBe('{"title":"the application cannot be reached","status":502}')
  })
  expect(stderr).toContain(`forward: ${url} cannot be reached (ECONNREFUSED); is the application running?\n`)
})

test.each([
  [['--forward', 'localhost:3000'], '--forward is not an http or https URL'],
  [['--forward', 'http://me:secret@localhost'], '--forward must not contain credentials'],
  [['--forward', 'http://localhost', '--exec', 'cat'], 'cannot be used with'],
  [
    ['--forward', 'http://localhost', '--forward-timeout', '2d'],
    '--forward-timeout must be longer than zero and at most 1 day',
  ],
])('listen rejects %j with exit code 2', async (args, message) => {
  const { stderr, exit } = await runInProcess(['listen', '--port', '0', ...args], { env })
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('secret')
  expect(exit).toBe(2)
})

// Responds with the body and with what Python's own server makes of hookurl's headers, as JSON.
const wsgiProgram = `
import json, sys
from wsgiref.simple_server import make_server, WSGIRequestHandler
class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass
def application(environ, start_response):
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
    start_response('200 OK', [('Content-Type', 'application/json')])
    headers = {name: value for name, value in environ.items() if name.startswith('HTTP_HOOKURL')}
    return [json.dumps({'headers': headers, 'body': body.decode('latin-1')}).encode()]
server = make_server('127.0.0.1', 0, application, handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
`

test('a WSGI application reads only the verified hook, however a forged header is written', async (context) => {
  const python = spawn('python3', ['-c', wsgiProgram], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [port] = await Promise.race([once(createInterface({ input: python.stdout }), 'line'), once(python, 'error')])
  if (typeof port !== 'string') context.skip('python3 is not installed')
  await listenWhile(['--forward', `http://127.0.0.1:${port}/`], env, async (base) => {
    const names = ['hookurl-hook', 'Hookurl_Hook', 'HOOKURL_HOOK', 'hookurl.hook']
    const forged = Object.fromEntries(names.map((name) => [name, 'forged']))
    const options = { headers: { ...forged, 'content-type': 'application/json' }, body: '{"a":"\\/"}' }
    const { headers, body } = JSON.parse((await send(mintUrl(base), options)).body.toString())
    expect(Object.keys(headers)).toStrictEqual(['HTTP_HOOKURL_HOOK'])
    expect(JSON.parse(Buffer.from(headers.HTTP_HOOKURL_HOOK, 'base64url').toString())).toMatchObject({ userId: '42' })
    expect(body).toBe('{"a":"\\/"}')
  }).finally(() => python.kill())
})
