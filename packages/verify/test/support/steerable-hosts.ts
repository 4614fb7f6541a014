import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GuardOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import { hookurl as lambdaHookurl } from '@hookurl/verify/lambda'
import { hookurl as nextHookurl } from '@hookurl/verify/next'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { HttpException, type INestApplication, StreamableFile } from '@nestjs/common'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { onTestFinished } from 'vitest'
import { serveLambda } from './lambda.ts'
import { createGuardedController, type NestPlatform, nestPlatforms, parseToStrings, startNest } from './nest.ts'
import { listen, listen2, listenFetch } from './serve.ts'

/** A server whose guarded route counts its runs, and responds as the caller's headers ask for. */
export interface SteerableHost {
  readonly name: string
  readonly isHttp2?: boolean
  /** Starts it; `onRun` is called when the route runs. */
  start(options: GuardOptions, onRun: () => void): Promise<number>
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** What a framework's helpers do with the headers of a caller: conditional requests, ranges, content negotiation. */
function getSteeredStatus(headers: Headers): number {
  if (headers['if-match'] !== undefined) return 412
  if (headers['if-unmodified-since'] !== undefined) return 412
  if (headers['if-none-match'] !== undefined) return 304
  if (headers.range === 'bytes=999999-') return 416
  if (headers.range !== undefined) return 206
  if (headers.accept === 'image/png') return 406
  if (headers['content-type'] === 'x/y') return 415
  return 200
}

/** The route waits as long as the caller's header asks for, so that a test can disconnect before, in and after it. */
async function wait(headers: Headers, onRun: () => void): Promise<void> {
  onRun()
  const delay = Number(headers['x-delay'] ?? 0)
  if (delay > 0) await sleep(delay)
}

const slowChunks = 6

async function* createSlowBody(): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < slowChunks; index++) {
    yield new TextEncoder().encode('x'.repeat(1000))
    await sleep(15)
  }
}

/** A route that does its work first, and then fails without the body of its request. */
async function readAfterWork(body: AsyncIterable<unknown> | null, headers: Headers): Promise<void> {
  if (headers['x-read'] === undefined) return
  for await (const _ of body ?? []);
}

async function runNodeRoute(request: IncomingMessage, response: ServerResponse, onRun: () => void): Promise<void> {
  await wait(request.headers, onRun)
  response.statusCode = getSteeredStatus(request.headers)
  try {
    await readAfterWork(request, request.headers)
  } catch {
    response.statusCode = 500
  }
  if (request.headers['x-slow'] === undefined) return void response.end('done')
  for await (const chunk of createSlowBody()) response.write(chunk)
  response.end()
}

async function runFetchRoute(request: Request, onRun: () => void): Promise<Response> {
  const headers = Object.fromEntries(request.headers)
  await wait(headers, onRun)
  await readAfterWork(request.body as AsyncIterable<unknown> | null, headers)
  const status = getSteeredStatus(headers)
  if (status === 304) return new Response(null, { status })
  const body = headers['x-slow'] === undefined ? 'done' : Readable.toWeb(Readable.from(createSlowBody()))
  return new Response(body as BodyInit, { status })
}

function createNodeListener(options: GuardOptions, onRun: () => void): RequestListener {
  const guard = nodeHookurl(options)
  return (request, response) =>
    void guard(request as never, response as never, () => void runNodeRoute(request, response, onRun))
}

/** Express with the helpers that its users call: `sendFile` and `format`, which pass their errors on. */
async function startExpress(options: GuardOptions, onRun: () => void): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-file-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'file.txt'), 'the file')
  const app = express().use('/hooks', expressHookurl(options), async (request, response) => {
    if (request.headers['x-slow'] !== undefined) return runNodeRoute(request, response, onRun)
    await wait(request.headers, onRun)
    await readAfterWork(request, request.headers)
    if (request.headers.accept === 'image/png') return response.format({ html: () => void response.send('<p>done') })
    return response.sendFile(join(folder, 'file.txt'))
  })
  // Express writes errors to the console outside of tests.
  return listen(app.set('env', 'test'))
}

async function startFastify(options: GuardOptions, onRun: () => void): Promise<number> {
  const app = fastify()
  onTestFinished(() => app.close())
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    payload.on('end', () => done(null))
  })
  app.all('/hooks/*', { preHandler: fastifyHookurl.preHandler(options) }, async (request, reply) => {
    if (request.headers['x-slow'] !== undefined) {
      reply.hijack()
      return runNodeRoute(request.raw, reply.raw, onRun)
    }
    await wait(request.headers, onRun)
    return reply.code(getSteeredStatus(request.headers)).send('done')
  })
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
}

async function startKoa(options: GuardOptions, onRun: () => void): Promise<number> {
  const app = new Koa()
  app.silent = true
  app.use(koaHookurl(options)).use(async (ctx) => {
    await wait(ctx.headers, onRun)
    await readAfterWork(ctx.req, ctx.headers)
    ctx.body = 'done'
    ctx.status = getSteeredStatus(ctx.headers)
    // As `ctx.throw` does.
    if (ctx.status >= 400) ctx.throw(ctx.status)
    if (ctx.headers['x-slow'] !== undefined) ctx.body = Readable.from(createSlowBody())
  })
  return listen(app.callback())
}

function startHono(options: GuardOptions, onRun: () => void): Promise<number> {
  const app = new Hono().all('/hooks/*', honoHookurl(options), (c) => runFetchRoute(c.req.raw, onRun))
  // Hono writes errors to the console.
  app.onError((_error, c) => c.text('failed', 500))
  return listenFetch(app.fetch)
}

function startLambda(options: GuardOptions, onRun: () => void): Promise<number> {
  const handler = lambdaHookurl(options, async ({ headers }) => {
    await wait(headers ?? {}, onRun)
    return { statusCode: getSteeredStatus(headers ?? {}), body: 'done' }
  })
  return serveLambda(handler, '2.0')
}

/** Nest with what its users write: exceptions, streams and returned values. */
function startNestRoute(platform: NestPlatform, options: GuardOptions, onRun: () => void): Promise<number> {
  const controller = createGuardedController(platform, options, async (request, response) => {
    const headers = request.headers as Headers
    await wait(headers, onRun)
    await readAfterWork('raw' in request ? null : request, headers)
    const status = getSteeredStatus(headers)
    if (status >= 400) throw new HttpException('failed', status)
    response.status(status)
    return headers['x-slow'] === undefined ? 'done' : new StreamableFile(Readable.from(createSlowBody()))
  })
  const configure = (app: INestApplication): void => {
    if (platform === 'fastify') parseToStrings(app.getHttpAdapter().getInstance())
  }
  return startNest(platform, { module: { controllers: [controller] }, options: { bodyParser: false }, configure })
}

export const steerableHosts: readonly SteerableHost[] = [
  { name: 'node:http', start: (options, onRun) => listen(createNodeListener(options, onRun)) },
  {
    name: 'node:http2',
    isHttp2: true,
    start: (options, onRun) => listen2(createNodeListener(options, onRun) as never),
  },
  { name: 'express', start: startExpress },
  { name: 'fastify', start: startFastify },
  { name: 'koa', start: startKoa },
  { name: 'hono', start: startHono },
  {
    name: 'fetch',
    start: (options, onRun) => listenFetch(fetchHookurl(options, (request) => runFetchRoute(request, onRun))),
  },
  {
    name: 'next',
    start: (options, onRun) => {
      const handler = nextHookurl(options, (request) => runFetchRoute(request, onRun))
      return listenFetch((request) => handler(request, {}))
    },
  },
  { name: 'lambda', start: startLambda },
  ...nestPlatforms.map((platform) => ({
    name: `nest on ${platform}`,
    start: (options: GuardOptions, onRun: () => void) => startNestRoute(platform, options, onRun),
  })),
]
