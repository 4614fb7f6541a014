import { connect as connectHttp2, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl } from '@hookurl/verify/node'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCertificate } from '../support/certificate.ts'
import { sendToPort } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

// The handler responds with the URL of its request.
const options: ReceiverOptions = { ...policy, handlers: { [command]: (hook) => new Response(hook.request.url) } }
const path = mintPath()

/** Sends a request target and a Host header as they are. Returns the body of the response. */
async function sendTarget(port: number, target: string, host: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  const response = await text(socket)
  expect(response).toMatch(/^HTTP\/1\.1 200 /)
  return response.slice(response.indexOf('\r\n\r\n') + 4).replace(/^[\da-f]+\r\n|\r\n0\r\n\r\n$/g, '')
}

describe('the path of a request target is not taken for a host', () => {
  test.each([
    [`//evil.example${path}`, `http://bot.example.com//evil.example${path}`],
    [`///evil.example${path}`, `http://bot.example.com///evil.example${path}`],
    [`//u:p@evil.example${path}`, `http://bot.example.com//u:p@evil.example${path}`],
    [`/\\evil.example${path}`, `http://bot.example.com//evil.example${path}`],
    [`/http://evil.example${path}`, `http://bot.example.com/http://evil.example${path}`],
    [`http://evil.example${path}`, `http://bot.example.com${path}`],
    [`http://u:p@evil.example${path}`, `http://bot.example.com${path}`],
    [`https://evil.example${path}?a=1`, `http://bot.example.com${path}?a=1`],
    [`//[${path}`, `http://bot.example.com//[${path}`],
    [`//:${path}`, `http://bot.example.com//:${path}`],
    [`/%zz${path}`, `http://bot.example.com/%zz${path}`],
    [`/a/..${path}`, `http://bot.example.com${path}`],
  ])('%s', async (target, url) => {
    expect(await sendTarget(await listen(hookurl(options)), target, 'bot.example.com')).toBe(url)
  })
})

describe('the host of hook.request.url is the Host header, or localhost', () => {
  test.each([
    ['bot.example.com:8443', `http://bot.example.com:8443${path}`],
    ['[::1]:8787', `http://[::1]:8787${path}`],
    ['u:p@x', `http://localhost${path}`],
    ['a b', `http://localhost${path}`],
    ['x/evil', `http://localhost${path}`],
    ['x?', `http://localhost${path}`],
    ['x:99999', `http://localhost${path}`],
    ['[::', `http://localhost${path}`],
    ['', `http://localhost${path}`],
  ])('Host: %s', async (host, url) => {
    expect(await sendTarget(await listen(hookurl(options)), path, host)).toBe(url)
  })
})

describe('the scheme of hook.request.url', () => {
  const certificate = createCertificate('localhost')

  async function open(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return (server.address() as AddressInfo).port
  }

  test('is https over TLS', async () => {
    const port = await open(createHttpsServer(certificate, hookurl(options)))
    const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      const headers = { host: 'bot.example.com' }
      const request = httpsRequest(
        { port, path, method: 'POST', headers, rejectUnauthorized: false, agent: false },
        resolve,
      )
      request.on('error', reject).end()
    })
    expect(await text(response)).toBe(`https://bot.example.com${path}`)
  })

  test('is https over HTTP/2 with TLS', async () => {
    const port = await open(createSecureServer(certificate, hookurl(options) as never))
    const session = connectHttp2(`https://localhost:${port}`, { rejectUnauthorized: false })
    onTestFinished(() => void session.destroy())
    const stream = session.request({ ':method': 'POST', ':path': path, ':authority': 'bot.example.com' })
    expect(await text(stream.end())).toBe(`https://bot.example.com${path}`)
  })

  const forwarded = { method: 'POST', path, headers: { host: 'bot.example.com', 'x-forwarded-proto': 'https' } }

  test('is http behind a proxy that node:http does not know', async () => {
    const response = await sendToPort(await listen(hookurl(options)))(forwarded)
    expect(response.text).toBe(`http://bot.example.com${path}`)
  })

  test.each([
    [true, 'https'],
    [false, 'http'],
  ])('is that of the proxy behind Express with trust proxy: %s', async (trust, scheme) => {
    const app = express().set('trust proxy', trust).use('/hooks', expressHookurl(options))
    expect((await sendToPort(await listen(app))(forwarded)).text).toBe(`${scheme}://bot.example.com${path}`)
  })

  test.each([
    [true, 'https'],
    [false, 'http'],
  ])('is that of the proxy behind Koa with proxy: %s', async (proxy, scheme) => {
    const app = new Koa({ proxy }).use(koaHookurl(options))
    expect((await sendToPort(await listen(app.callback()))(forwarded)).text).toBe(`${scheme}://bot.example.com${path}`)
  })

  test.each([
    [true, 'https'],
    [false, 'http'],
  ])('is that of the proxy behind Fastify with trustProxy: %s', async (trustProxy, scheme) => {
    const app = fastify({ trustProxy })
    app.register(fastifyHookurl(options), { prefix: '/hooks' })
    await app.ready()
    expect((await sendToPort(await listen(app.routing))(forwarded)).text).toBe(`${scheme}://bot.example.com${path}`)
  })
})

test('hook.request does not throw where the protocol of the framework does', async () => {
  const receive = hookurl(options)
  const port = await listen((request, response) => {
    Object.defineProperty(request, 'protocol', {
      get: () => {
        throw new TypeError('there is no socket')
      },
    })
    receive(request, response)
  })
  expect((await sendToPort(port)({ method: 'POST', path })).status).toBe(200)
})

describe('a target that an earlier middleware rewrote', () => {
  async function startRewriting(from: string, to: string) {
    const app = express()
    app.use((request, _response, next) => {
      if (request.url.startsWith(from)) request.url = to
      next()
    })
    const handlers = { [command]: (hook: { query: unknown }) => Response.json(hook.query) }
    app.use(expressHookurl({ ...policy, handlers, onResult: ({ target }) => void targets.push(target) }))
    const targets: string[] = []
    return { send: sendToPort(await listen(app)), targets }
  }

  test('is searched if the target as received has no token', async () => {
    const { send, targets } = await startRewriting('/s/7', `${path}?a=1`)
    const response = await send({ method: 'POST', path: '/s/7' })
    expect(response.json()).toEqual({ a: '1' })
    expect(targets).toEqual([expect.stringMatching(/^\/hooks\/\[hook [\da-f]{6}\]\?a=1$/)])
  })

  test('does not replace a token in the target as received', async () => {
    const other = mintPath({ command: '/other' })
    const { send } = await startRewriting(other, path)
    expect((await send({ method: 'POST', path: other })).json()).toMatchObject({ code: 'unknown_command' })
  })
})
