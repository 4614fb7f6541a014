import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createReceiver } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { services } from '../../src/send/services.ts'
import { makeHome, type ProgramResult, type RunOptions, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { mintUrl } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path }
afterAll(home.remove)

type RespondFunction = (request: IncomingMessage, response: ServerResponse) => void

interface ReceivedRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

const respondWithThanks: RespondFunction = (_request, response) => void response.end('thanks')

/** The requests that the server has received in the current test. */
const received: ReceivedRequest[] = []
let respond = respondWithThanks
let server: Server
let base = ''

beforeAll(async () => {
  server = createServer(async (request, response) => {
    received.push({ method: request.method, url: request.url, headers: request.headers, body: await buffer(request) })
    respond(request, response)
  })
  base = await listenOnFreePort(server)
})
afterAll(() => close(server))
afterEach(() => {
  received.splice(0)
  respond = respondWithThanks
})

async function listenOnFreePort(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function close(server: Server): void {
  server.close()
  server.closeAllConnections()
}

function send(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return runInProcess(['send', ...args], { env, ...options })
}

describe('send', () => {
  test('sends a POST without a body by default', async () => {
    await send([`${base}/a?b=1`])
    expect(received).toMatchObject([{ method: 'POST', url: '/a?b=1', headers: { 'content-length': '0' } }])
  })

  test('prints the body on stdout and the status on stderr', async () => {
    const { stdout, stderr, exit } = await send([base])
    expect(stdout).toBe('thanks')
    expect(stderr).toMatch(/^200 OK {2}\d+\.\d ms\n$/)
    expect(exit).toBe(0)
  })

  test('prints the bytes of the body unchanged', async () => {
    respond = (_request, response) => void response.end('\u001b[31m\r\n\u0000')
    expect((await send([base])).stdout).toBe('\u001b[31m\r\n\u0000')
  })

  test.each([
    ['JSON', '{"a":"\\/"}', 'application/json'],
    ['text', 'a=1', 'text/plain; charset=utf-8'],
  ])('sends %s with its content type', async (_name, data, contentType) => {
    await send(['--data', data, base])
    expect(received[0]?.body.toString()).toBe(data)
    expect(received[0]?.headers['content-type']).toBe(contentType)
  })

  const bytes = Buffer.from([0, 255, 13, 10])

  test('sends a file byte for byte', async () => {
    writeFileSync(join(home.path, 'bytes'), bytes)
    await send(['--data', '@bytes', base], { cwd: home.path })
    expect(received[0]?.body).toStrictEqual(bytes)
    expect(received[0]?.headers['content-type']).toBe('application/octet-stream')
  })

  test('sends stdin byte for byte', async () => {
    await send(['--data', '-', base], { stdin: bytes })
    expect(received[0]?.body).toStrictEqual(bytes)
  })

  test('sends the given method', async () => {
    await send(['--method', 'put', '--data', 'x', base])
    expect(received[0]?.method).toBe('PUT')
  })

  test('sends the given headers, also repeated ones, in place of the default ones', async () => {
    const headers = ['X-One: a', 'x-one:b', 'Content-Type: text/csv', 'User-Agent: me']
    await send(['--data', 'x', ...headers.flatMap((header) => ['--header', header]), base])
    expect(received[0]?.headers).toMatchObject({ 'x-one': 'a, b', 'content-type': 'text/csv', 'user-agent': 'me' })
  })

  test('reads the URL from stdin, as mint prints it', async () => {
    expect((await send([], { stdin: `${base}/x\n` })).exit).toBe(0)
    expect(received[0]?.url).toBe('/x')
  })

  test('with -v prints the headers of both sides without the token', async () => {
    const { stdout, stderr } = await send(['-v', '--header', 'X-One: 1', mintUrl(base)])
    expect(stdout).toBe('thanks')
    expect(stderr).toMatch(/^> POST \/\[hook [0-9a-f]{6}\]\n/)
    expect(stderr).toContain('> X-One: 1\n')
    expect(stderr).toContain('< Content-Length: 6\n')
    expect(stderr).not.toContain('eyJ')
  })

  test('with --json prints one object for each response', async () => {
    const { stdout, stderr, exit } = await send(['--json', '--repeat', '2', base])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { status: 200, body: 'thanks' },
      { status: 200, body: 'thanks' },
    ])
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test('with --json prints a binary body in base64', async () => {
    respond = (_request, response) => void response.end(Buffer.from([255]))
    expect(JSON.parse((await send(['--json', base])).stdout).body).toStrictEqual({ base64: '/w==' })
  })

  test('with --repeat sends the same request again, and one failure is exit code 7', async () => {
    respond = (_request, response) => void response.writeHead(received.length === 2 ? 500 : 200).end()
    const { stderr, exit } = await send(['--repeat', '3', '--data', 'x', base])
    expect(stderr.match(/^\d+/gm)).toStrictEqual(['200', '500', '200'])
    expect(received.map(({ body }) => body.toString())).toStrictEqual(['x', 'x', 'x'])
    expect(exit).toBe(7)
  })

  test.each([301, 400, 404, 503])('status %i is exit code 7, and no redirect is followed', async (status) => {
    respond = (_request, response) => void response.writeHead(status, { location: '/b' }).end('why')
    const { stdout, stderr, exit } = await send([base])
    expect(stdout).toBe('why')
    expect(stderr).toMatch(new RegExp(`^${status} .*to /b`))
    expect(exit).toBe(7)
    expect(received).toHaveLength(1)
  })

  test('a closed port is exit code 7, and the error does not contain the token', async () => {
    const closedServer = createServer()
    const closedBase = await listenOnFreePort(closedServer)
    closedServer.close()
    const { stdout, stderr, exit } = await send([`${closedBase}/eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiJhIn0.x`])
    expect(stderr).toMatch(
      /^error: http:\/\/127\.0\.0\.1:\d+: cannot be reached \(ECONNREFUSED\) \(unreachable\)\n {2}fix: /,
    )
    expect(stderr).not.toContain('eyJ')
    expect(stdout).toBe('')
    expect(exit).toBe(7)
  })

  test('a response that does not end in time is exit code 7', async () => {
    respond = (_request, response) => void response.write('half')
    const { stdout, stderr, exit } = await send(['--timeout', '0.3s', '--json', base])
    const error = { code: 'unreachable', message: expect.stringContaining('no complete response within 0.3 s') }
    expect(JSON.parse(stderr)).toMatchObject({ error })
    expect(stdout).toBe('')
    expect(exit).toBe(7)
  })

  test('a response that is cut off is exit code 7', async () => {
    respond = (request, response) => {
      response.write('half')
      setTimeout(() => request.socket.destroy(), 30)
    }
    const { stdout, stderr, exit } = await send([base])
    expect(stderr).toContain('the response was cut off')
    expect(stdout).toBe('')
    expect(exit).toBe(7)
  })

  test.each([
    [['nonsense'], 'the URL is not an http or https URL'],
    [['ftp://a.example'], 'the URL is not an http or https URL'],
    [['http://me:hunter2@a.example'], 'the URL must not contain credentials'],
    [['--header', 'nonsense', 'http://a.example'], '--header is not a valid header'],
    [['--header', 'X: a\r\nY: b', 'http://a.example'], '--header is not a valid header'],
    [['--header', 'Content-Length: 5', 'http://a.example'], '--header cannot set the length'],
    [['--method', 'CONNECT', 'http://a.example'], '--method is not a method'],
    [['--data', '@none', 'http://a.example'], 'cannot be read (ENOENT)'],
    [['--repeat', '0', 'http://a.example'], '--repeat must be at least 1'],
    [['--handshake', 'http://a.example'], '--handshake needs --as'],
    [['--as', 'stripe', '--handshake', 'http://a.example'], 'stripe has no handshake'],
    [['--secret', 's', 'http://a.example'], 'a secret requires --as'],
    [['--secret-file', 'none', 'http://a.example'], 'a secret requires --as'],
    [['--as', 'miro', '--secret', 's', 'http://a.example'], 'hookurl cannot sign requests like miro'],
    [['--event', 'paid', 'http://a.example'], '--event requires --as'],
    [['--as', 'mailchimp', '--event', 'paid', 'http://a.example'], 'the sample of mailchimp names no event'],
    [
      ['--as', 'stripe', '--event', 'a', '--handshake', 'http://a.example'],
      '--event and --handshake cannot be combined',
    ],
    [['--as', 'x', '--handshake', '--secret-file', 'none', 'http://a.example'], 'cannot be read (ENOENT)'],
    [['--as', 'zoom', '--handshake', 'http://a.example'], 'its secret is required'],
    [['--as', 'slack', '--browser', 'http://a.example'], 'cannot be used with'],
    [['--as', 'slak', 'http://a.example'], 'Did you mean slack?'],
  ])('rejects %j with exit code 2', async (args, message) => {
    const { stdout, stderr, exit } = await send(args)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('hunter2')
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })
})

describe('send --browser', () => {
  const receiver = createServer(hookurl({ keys: testKeys, handlers: { '*': () => {} } }))
  let url: string
  beforeAll(async () => {
    url = mintUrl(await listenOnFreePort(receiver), { redirectTo: 'https://cataas.com/cat' })
  })
  afterAll(() => close(receiver))

  test('opens the confirm page', async () => {
    const { stdout, exit } = await send(['--browser', url])
    expect(stdout).toContain('<form method="post">')
    expect(exit).toBe(0)
  })

  test('with --method POST clicks its button, and a redirect is exit code 0', async () => {
    const { stderr, exit } = await send(['--browser', '--method', 'POST', url])
    expect(stderr).toMatch(/^303 See Other {2}to https:\/\/cataas\.com\/cat/)
    expect(exit).toBe(0)
  })
})

describe('send --as', () => {
  const names = Object.keys(services)
  const namesWithHandshake = names.filter((name) => services[name]?.handshake !== undefined)
  const payloads: unknown[] = []
  const handlers = { '*': ({ payload }: { payload: unknown }): void => void payloads.push(payload) }
  const secret = 'hunter2'
  const createHandler = (strava: boolean, endpoint: string): RequestListener => {
    const handshakes = {
      strava,
      asana: () => {},
      x: { consumerSecret: secret },
      zoom: { secretToken: secret },
      linkedin: { clientSecret: secret },
      ebay: { verificationToken: secret, endpoint },
    }
    return hookurl(createReceiver({ keys: testKeys, handshakes, handlers }))
  }
  const receiver = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', receiverBase)
    createHandler(pathname.startsWith('/strava'), receiverBase + pathname)(request, response)
  })
  let receiverBase: string
  beforeAll(async () => {
    receiverBase = await listenOnFreePort(receiver)
  })
  afterAll(() => close(receiver))
  afterEach(() => payloads.splice(0))

  test.each(names)('a receiver parses the delivery of %s', async (name) => {
    expect((await send(['--as', name, mintUrl(receiverBase)])).exit).toBe(0)
    const { body, headers } = services[name]?.delivery ?? {}
    const isForm = headers?.['content-type'] === 'application/x-www-form-urlencoded'
    const expected = isForm ? Object.fromEntries(new URLSearchParams(String(body))) : body
    expect(payloads).toStrictEqual([expected])
  })

  test.each(namesWithHandshake)('a receiver responds to the handshake of %s as the service expects', async (name) => {
    const options = { env: { ...env, HOOKURL_SERVICE_SECRET: secret } }
    const { exit, stderr } = await send(['--as', name, '--handshake', mintUrl(`${receiverBase}/${name}`)], options)
    expect(stderr).toMatch(/^200 OK[^\n]*\n$/)
    expect(exit).toBe(0)
    // GitHub's ping is a delivery like any other.
    expect(payloads).toHaveLength(name === 'github' ? 1 : 0)
  })

  test('there are at least 29 services with a handshake', () => {
    expect(namesWithHandshake.length).toBeGreaterThanOrEqual(29)
  })

  const namesWithSecret = names.filter((name) => services[name]?.handshake?.secret !== undefined)

  test('X, LinkedIn, eBay and Zoom need a secret', () => {
    expect(namesWithSecret.sort()).toEqual(['ebay', 'linkedin', 'x', 'zoom'])
  })

  test.each(namesWithSecret)('a receiver with another secret fails the handshake of %s', async (name) => {
    const options = { env: { ...env, HOOKURL_SERVICE_SECRET: 'another' } }
    const { exit, stderr } = await send(['--as', name, '--handshake', mintUrl(receiverBase)], options)
    expect(stderr).toContain('does not contain the value that the service expects')
    expect(stderr).not.toContain('another')
    expect(exit).toBe(7)
  })

  test('--secret-file has the secret on one line', async () => {
    writeFileSync(join(home.path, 'secret'), `${secret}\n`)
    const args = ['--as', 'zoom', '--handshake', '--secret-file', 'secret', mintUrl(receiverBase)]
    expect((await send(args, { cwd: home.path })).exit).toBe(0)
  })

  test('--secret-file - reads the secret from stdin', async () => {
    const args = ['--as', 'zoom', '--handshake', '--secret-file', '-', mintUrl(receiverBase)]
    expect((await send(args, { stdin: `${secret}\n` })).exit).toBe(0)
  })

  test('an empty HOOKURL_SERVICE_SECRET results in exit code 2', async () => {
    const options = { env: { ...env, HOOKURL_SERVICE_SECRET: '' } }
    const { exit, stderr } = await send(['--as', 'x', '--handshake', base], options)
    expect(stderr).toContain('HOOKURL_SERVICE_SECRET contains no secret')
    expect(exit).toBe(2)
  })

  test.each(['x', 'linkedin', 'ebay'])(
    'without a secret, the format of the response to %s is checked',
    async (name) => {
      const { exit, stderr } = await send(['--as', name, '--handshake', mintUrl(receiverBase)])
      expect(stderr).toMatch(/^Without the service's secret, only the format of the response is checked\.\n200 OK/)
      expect(exit).toBe(0)
      expect((await send(['--as', name, '--handshake', base])).exit).toBe(7)
    },
  )

  test('a response without the expected value is exit code 7', async () => {
    const { exit, stderr } = await send(['--as', 'slack', '--handshake', base])
    expect(stderr).toContain('does not contain the value that the service expects')
    expect(exit).toBe(7)
  })
})
