import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { HttpRequest } from '@azure/functions'
import codegenie from '@codegenie/serverless-express'
import awsLambdaFastify from '@fastify/aws-lambda'
import fastifyFormbody from '@fastify/formbody'
import fastifyMultipart from '@fastify/multipart'
import { http } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { server as createHapi } from '@hapi/hapi'
import type { ReceiverOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as koaHookurl } from '@hookurl/verify/koa'
import type { LambdaHandler } from '@hookurl/verify/lambda'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { App } from '@tinyhttp/app'
import vendia from '@vendia/serverless-express'
import connect from 'connect'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import createFastify, { type FastifyInstance } from 'fastify'
import fastifyRawBody from 'fastify-raw-body'
import formidable from 'formidable'
import { fromNodeHandler, H3, type Middleware as H3Middleware } from 'h3'
import { toNodeHandler } from 'h3/node'
import {
  createApp,
  type EventHandler,
  eventHandler,
  fromNodeMiddleware,
  readBody,
  readRawBody,
  toNodeListener,
  toWebRequest,
} from 'h3-1'
import { Hono, type MiddlewareHandler } from 'hono'
import { handle as toHonoLambda } from 'hono/aws-lambda'
import Koa, { type Middleware } from 'koa'
import * as milliparsec from 'milliparsec'
import polka from 'polka'
import serverlessHttp from 'serverless-http'
import { createCall } from 'unenv/runtime/fetch/index'
import { onTestFinished } from 'vitest'
import { type SendRequest, sendToPort, type TestRequest } from './clients.ts'
import type { Format } from './events.ts'
import { serveLambda } from './lambda.ts'
import { listen, listenFetch } from './serve.ts'

/** Mounts a receiver as users mount it: in a wrapper, or behind a body parser. */
export type Mount = (options: ReceiverOptions) => Promise<SendRequest>

type Wrapper = 'vendia' | 'codegenie' | 'serverless-http'
type EventFormat = Format | 'ALB'
type Parsers = (from: typeof express) => RequestHandler[]
type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** The `verify` of body-parser that keeps the exact bytes. */
export const keepRawBody = (request: IncomingMessage, _response: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes })
}

/** Express in a function for AWS Lambda, with the parsers that are mounted first. */
export function inLambda(wrapper: Wrapper, format: EventFormat, parsers: Parsers = () => []): Mount {
  return (options) => wrapExpress(wrapper, format, createExpress(express, parsers).use(expressHookurl(options)))
}

/** Wraps an Express app in a function for AWS Lambda. */
export function wrapExpress(wrapper: Wrapper, format: EventFormat, app: express.Express): Promise<SendRequest> {
  if (wrapper === 'serverless-http') return sendEvents(format, serverlessHttp(app) as never)
  const handler = (wrapper === 'vendia' ? vendia : codegenie).configure({ app })
  return sendEvents(format, ((event: never, context: never) => handler(event, context, () => {})) as never)
}

export function fastifyInLambda(format: EventFormat): Mount {
  return async (options) => {
    const app = createFastify()
    app.register(fastifyHookurl(options), { prefix: '/hooks' })
    onTestFinished(() => app.close())
    return sendEvents(format, awsLambdaFastify(app) as never)
  }
}

export function honoInLambda(format: EventFormat): Mount {
  return async (options) => sendEvents(format, toHonoLambda(new Hono().use(honoHookurl(options))) as never)
}

export function inExpress(parsers: Parsers, from: typeof express = express): Mount {
  return async (options) => sendToPort(await listen(createExpress(from, parsers).use(expressHookurl(options))))
}

export function inExpress4(parsers: Parsers): Mount {
  return inExpress(parsers, express4)
}

export function inKoa(...middleware: Middleware[]): Mount {
  return async (options) => {
    const app = new Koa()
    app.silent = true
    for (const handler of middleware) app.use(handler)
    return sendToPort(await listen(app.use(koaHookurl(options)).callback()))
  }
}

export function inFastify(register: (app: FastifyInstance) => unknown): Mount {
  return async (options) => {
    const app = createFastify()
    await register(app)
    app.register(fastifyHookurl(options), { prefix: '/hooks' })
    await app.ready()
    onTestFinished(() => app.close())
    return sendToPort(await listen(app.routing as Listener as RequestListener))
  }
}

export function inHono(middleware: MiddlewareHandler): Mount {
  return async (options) => sendToPort(await listenFetch(new Hono().use(middleware, honoHookurl(options)).fetch))
}

/** A listener for `node:http` around hookurl's. */
export function inNode(wrap: (hookurl: ReturnType<typeof nodeHookurl>) => Listener): Mount {
  return async (options) => sendToPort(await listen(wrap(nodeHookurl(options)) as RequestListener))
}

/** unenv's imitation of a Node request, as Nitro's presets create it, with a body that `toPreset` makes. */
export function inUnenv(toPreset: (bytes: Uint8Array<ArrayBuffer>, request: TestRequest) => unknown): Mount {
  return async (options) => {
    const handler = nodeHookurl(options)
    const call = createCall((request, response) => handler(request as never, response as never))
    return async (request) => {
      const { method = 'GET', path, headers = {} } = request
      const bytes = await toBytes(request.body)
      const body = bytes.byteLength === 0 ? undefined : await toPreset(bytes, request)
      const response = await call({ url: path, method, headers: { ...headers }, body })
      return toTestResponse(response.status, new Response(response.body))
    }
  }
}

/** The request of Azure Functions, which is not a `Request`. */
export const inAzure: Mount = async (options) => {
  const handler = fetchHookurl(options)
  return async ({ method = 'GET', path, headers, body }) => {
    const bytes = await toBytes(body)
    const request = new HttpRequest({
      url: `https://f.example${path}`,
      method,
      headers: { ...headers },
      body: { bytes },
    })
    const response = await handler(request as unknown as Request)
    return toTestResponse(response.status, response)
  }
}

/** The Functions Framework of Google Cloud. */
export const inGoogleFunctions: Mount = async (options) => {
  http('hooks', nodeHookurl(options) as never)
  const server = getTestServer('hooks')
  return sendToPort(await listen((request, response) => void server.emit('request', request, response)))
}

export const inConnect: Mount = inNode((hookurl) =>
  connect()
    .use(express.json())
    .use(hookurl as never),
)

export const inPolka: Mount = inNode((hookurl) => {
  const app = polka().use(express.json(), hookurl as never)
  return (request, response) => app.handler(request, response)
})

export const inTinyHttp: Mount = inNode((hookurl) => {
  const isType = (type: string) => (request: unknown) =>
    (request as IncomingMessage).headers['content-type']?.startsWith(type) === true
  const json = milliparsec.json({ type: isType('application/json') })
  const text = milliparsec.text({ type: isType('text/') })
  // Keeps tinyhttp from writing the errors of parsers to the console.
  const onError = (_error: unknown, _request: unknown, response: ServerResponse) => response.writeHead(500).end()
  const app = new App({ onError: onError as never }).use(json as never, text as never, hookurl as never)
  return (request, response) => app.handler(request as never, response as never)
})

export const inH3: Mount = inNode((hookurl) => {
  const app = new H3().all('/**', fromNodeHandler(hookurl as never))
  return toNodeHandler(app) as Listener
})

export const inH3Version1: Mount = inNode((hookurl) =>
  toNodeListener(createApp().use(fromNodeMiddleware(hookurl as never))),
)

export const behindReadBodyOfH3: Mount = inNode((hookurl) =>
  toNodeListener(
    createApp()
      .use(readBodyFirst)
      .use(fromNodeMiddleware(hookurl as never)),
  ),
)

/** h3 2, with the `Request` of its events. */
export function inH3Request(...middleware: H3Middleware[]): Mount {
  return async (options) => {
    const receive = fetchHookurl(options)
    const app = new H3().all('/**', (event) => receive(event.req))
    for (const handler of middleware) app.use(handler)
    return sendToPort(await listen(toNodeHandler(app) as RequestListener))
  }
}

/** h3 1, whose events are converted to a `Request`. */
export function inH3Version1Request(...handlers: EventHandler[]): Mount {
  return async (options) => {
    const receive = fetchHookurl(options)
    const app = createApp()
    for (const handler of handlers) app.use(handler)
    app.use(eventHandler((event) => receive(toWebRequest(event))))
    return sendToPort(await listen(toNodeListener(app)))
  }
}

/** Middleware of h3 2 that reads the body. */
export const readTextFirst: H3Middleware = async (event) => void (await event.req.text())

/** A handler of h3 1 that parses the body. */
export const readBodyFirst: EventHandler = eventHandler(async (event) => void (await readBody(event)))

/** A handler of h3 1 that reads the exact bytes. */
export const readRawBodyFirst: EventHandler = eventHandler(async (event) => void (await readRawBody(event, false)))

/** Vercel's Node functions, as their helpers prepare a request. */
export const inVercel: Mount = inNode((hookurl) => async (request, response) => {
  await addVercelBody(request)
  await hookurl(request as never, response as never)
})

export function inHapi(payload: object): Mount {
  return async (options) => {
    const hookurl = nodeHookurl(options)
    const server = createHapi()
    server.route({
      method: '*',
      path: '/{any*}',
      options: { payload },
      handler: async ({ raw }, h) => {
        await hookurl(raw.req as never, raw.res as never)
        return h.abandon
      },
    })
    await server.initialize()
    return sendToPort(await listen((request, response) => void server.listener.emit('request', request, response)))
  }
}

/** Express middleware that uses formidable. */
export const parseWithFormidable: RequestHandler = async (request, _response, next) => {
  try {
    const [fields] = await formidable({}).parse(request)
    request.body = fields
    next()
  } catch (error) {
    next(error)
  }
}

/** Express middleware that reads the body and keeps nothing of it. */
export const drain: RequestHandler = (request, _response, next) => {
  if (request.readableEnded) next()
  else request.resume().once('end', () => next())
}

/** Express middleware that adds to `rawBody` what arrives after it has called `next`. */
export const collectLater: RequestHandler = (request, _response, next) => {
  const message = Object.assign(request, { rawBody: '' })
  message.setEncoding('utf8').on('data', (chunk: string) => {
    message.rawBody += chunk
  })
  next()
}

/** Koa middleware that keeps the parsed body on Node's request. */
export const keepJsonOnNode: Middleware = async (context, next) => {
  if (context.is('json'))
    Object.assign(context.req, { body: JSON.parse((await buffer(context.req)).toString() || '{}') })
  await next()
}

/** Registers Fastify's parsers and those of its plugins. */
export async function registerFastifyParsers(app: FastifyInstance): Promise<void> {
  await app.register(fastifyMultipart, { attachFieldsToBody: 'keyValues' })
  await app.register(fastifyFormbody)
  await app.register(fastifyRawBody, { global: true })
}

function createExpress(from: typeof express, parsers: Parsers): express.Express {
  const app = from()
  // Keeps Express from writing the errors of parsers to the console.
  app.set('env', 'test')
  for (const parser of parsers(from)) app.use(parser)
  return app
}

async function sendEvents(format: EventFormat, handler: LambdaHandler<never, unknown>): Promise<SendRequest> {
  const adapted = async (event: object, context: unknown): Promise<never> => {
    // The recorded parameters would contradict the path of this request.
    const { pathParameters: _parameters, rawQueryString, ...rest } = event as Record<string, string>
    const query = rawQueryString === undefined ? {} : { rawQueryString, queryStringParameters: toPairs(rawQueryString) }
    return (await handler((format === 'ALB' ? toAlbEvent(rest) : { ...rest, ...query }) as never, context)) as never
  }
  return sendToPort(await serveLambda(adapted as never, format === 'ALB' ? '1.0' : format))
}

function toPairs(query: string): object {
  return Object.fromEntries(new URLSearchParams(query))
}

// Documented at docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html.
function toAlbEvent({ headers, body, ...event }: Record<string, unknown>): object {
  const { httpMethod, path, queryStringParameters, isBase64Encoded } = event
  const lowercased = Object.entries(headers as object).map(([name, value]) => [name.toLowerCase(), value])
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/t/1' } },
    httpMethod,
    path,
    queryStringParameters: queryStringParameters ?? {},
    headers: Object.fromEntries(lowercased),
    body: body ?? '',
    isBase64Encoded,
  }
}

// Vercel's helpers read the body and parse it when `request.body` is accessed.
async function addVercelBody(request: IncomingMessage): Promise<void> {
  const type = request.headers['content-type']?.split(';', 1)[0] ?? ''
  if (type === '') return
  const bytes = await buffer(request)
  const parsers: Readonly<Record<string, () => unknown>> = {
    'application/json': () => (bytes.length === 0 ? {} : JSON.parse(bytes.toString())),
    'application/octet-stream': () => bytes,
    'application/x-www-form-urlencoded': () => Object.fromEntries(new URLSearchParams(bytes.toString())),
    'text/plain': () => bytes.toString(),
  }
  Object.defineProperty(request, 'body', { configurable: true, get: () => parsers[type]?.() })
}

async function toBytes(body: TestRequest['body']): Promise<Uint8Array<ArrayBuffer>> {
  if (body === undefined) return new Uint8Array()
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (body instanceof Uint8Array) return new Uint8Array(body)
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return new Uint8Array(Buffer.concat(chunks))
}

async function toTestResponse(status: number, response: Response): ReturnType<SendRequest> {
  const bytes = Buffer.from(await response.arrayBuffer())
  const text = bytes.toString()
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined
  return { status, bytes, text, header, cookies: () => [], json: () => JSON.parse(text) }
}
