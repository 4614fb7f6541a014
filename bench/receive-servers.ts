import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyJwt from '@fastify/jwt'
import { serve } from '@hono/node-server'
import { createMinter, generateKey } from '@hookurl/core'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { verify as honoVerify } from 'hono/jwt'
import jsonwebtoken from 'jsonwebtoken'

/** The port of a server, and the path that requests are posted to. */
export interface ServerAddress {
  readonly port: number
  readonly path: string
}

const host = '127.0.0.1'
const keys = generateKey()
const hook = {
  command: '/onWebhook',
  userId: '42',
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
}
const expiry = Math.floor(Date.now() / 1000) + 86_400
const claims = { cmd: hook.command, sub: hook.userId, cnt: hook.content, rdr: hook.redirectTo, exp: expiry }
const secret = createSecretKey(randomBytes(32))
const responseHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
  'content-type': 'application/json',
}

const okBody = '{"ok":true}'
const okHeaders = { ...responseHeaders, 'content-length': okBody.length }

// What every handler here does with its input.
let runs = 0
function runHandler(user: unknown, payload: unknown): void {
  if (user === '42' && (payload as { data: { amount: number } }).data.amount === 4200) runs++
}

/** How often a handler has run with the signed and posted values. */
export function countRuns(): number {
  return runs
}

const handlers = {
  '/onWebhook': (input: { userId?: string; payload: unknown }) => runHandler(input.userId, input.payload),
}

function mintHookurlPath(): string {
  const minter = createMinter({ keys, baseUrl: 'http://localhost/hooks', expiresIn: '1d' })
  return new URL(minter.mintSync(hook)).pathname
}

function mintJwtPath(): string {
  return `/hooks/${jsonwebtoken.sign(claims, secret)}`
}

async function listen(server: Server, path: string): Promise<ServerAddress> {
  server.listen(0, host)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, path }
}

// The minimum that an expert would write by hand.
function createMinimalListener(key: KeyObject): RequestListener {
  return (request, response) => {
    const url = request.url ?? ''
    const token = url.slice(url.lastIndexOf('/') + 1)
    const dot = token.lastIndexOf('.')
    const expected = createHmac('sha256', key).update(token.slice(0, dot)).digest()
    const signature = Buffer.from(token.slice(dot + 1), 'base64url')
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      response.writeHead(403, responseHeaders).end()
      return
    }
    const hook = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, dot), 'base64url').toString())
    if (hook.exp * 1000 <= Date.now()) {
      response.writeHead(410, responseHeaders).end()
      return
    }
    readJson(request, (payload) => {
      runHandler(hook.sub, payload)
      response.writeHead(200, okHeaders).end(okBody)
    })
  }
}

function readJson(request: Parameters<RequestListener>[0], onValue: (value: unknown) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => onValue(JSON.parse(Buffer.concat(chunks).toString())))
}

const unchecked: RequestListener = (request, response) => {
  readJson(request, (payload) => {
    runHandler('42', payload)
    response.writeHead(200, okHeaders).end(okBody)
  })
}

/** Every server by name. Each runs in its own process. */
export const servers: Readonly<Record<string, () => Promise<ServerAddress>>> = {
  node: () => listen(createServer(nodeHookurl({ keys, handlers })), mintHookurlPath()),
  'node by hand': () => listen(createServer(createMinimalListener(secret)), mintJwtPath()),
  'node unchecked': () => listen(createServer(unchecked), mintJwtPath()),
  Express: () => {
    const app = express().use('/hooks', expressHookurl({ keys, handlers }))
    return listen(createServer(app), mintHookurlPath())
  },
  'Express with jsonwebtoken': () => {
    const app = express()
    app.post('/hooks/:token', express.json(), (request, response) => {
      const hook = jsonwebtoken.verify(String(request.params.token), secret, { algorithms: ['HS256'] })
      runHandler(hook.sub, request.body)
      response.set(responseHeaders).json({ ok: true })
    })
    return listen(createServer(app), mintJwtPath())
  },
  Fastify: async () => {
    const app = fastify()
    app.register(fastifyHookurl({ keys, handlers }), { prefix: '/hooks' })
    await app.listen({ host, port: 0 })
    return { port: (app.server.address() as AddressInfo).port, path: mintHookurlPath() }
  },
  'Fastify with @fastify/jwt': async () => {
    const app = fastify({ routerOptions: { maxParamLength: 2048 } })
    app.register(fastifyJwt, { secret: secret.export(), verify: { algorithms: ['HS256'] } })
    app.post<{ Params: { token: string } }>('/hooks/:token', (request, reply) => {
      const hook = app.jwt.verify<{ sub: string }>(request.params.token)
      runHandler(hook.sub, request.body)
      reply.headers(responseHeaders).send({ ok: true })
    })
    await app.listen({ host, port: 0 })
    return { port: (app.server.address() as AddressInfo).port, path: mintJwtPath() }
  },
  Hono: () => {
    const app = new Hono().use('/hooks/*', honoHookurl({ keys, handlers }))
    return serveHono(app, mintHookurlPath())
  },
  'Hono with hono/jwt': () => {
    const app = new Hono()
    const honoSecret = randomBytes(32).toString('base64')
    app.post('/hooks/:token', async (context) => {
      const hook = await honoVerify(context.req.param('token'), honoSecret, 'HS256')
      runHandler(hook.sub, await context.req.json())
      return context.json({ ok: true }, 200, responseHeaders)
    })
    return serveHono(app, `/hooks/${jsonwebtoken.sign(claims, honoSecret)}`)
  },
}

function serveHono(app: Hono, path: string): Promise<ServerAddress> {
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, hostname: host, port: 0 }, ({ port }) => resolve({ port, path }))
  })
}
