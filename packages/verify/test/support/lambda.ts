import type { IncomingMessage } from 'node:http'
import { hookurl, type LambdaEvent, type LambdaHandler, type LambdaResult } from '@hookurl/verify/lambda'
import middy from '@middy/core'
import headerNormalizer from '@middy/http-header-normalizer'
import jsonBodyParser from '@middy/http-json-body-parser'
import multipartBodyParser from '@middy/http-multipart-body-parser'
import formBodyParser from '@middy/http-urlencode-body-parser'
import { readBytes, sendToPort } from './clients.ts'
import { type Format, readEvent } from './events.ts'
import { listen } from './serve.ts'
import type { Setup, Subject } from './subjects.ts'

type Handler = LambdaHandler<never, unknown>
type Pairs = readonly (readonly [name: string, value: string])[]
type ToFields = (request: ReceivedRequest, recorded: LambdaEvent) => object
type ToHeaders = (result: LambdaResult) => Pairs

/** A request as a gateway has received it. */
interface ReceivedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: Pairs
}

/** Lambda behind a local server that converts requests and results as a gateway does. */
export function createLambdaSubject(format: Format): Subject {
  return {
    name: `lambda ${format}`,
    receiver: async (options, setup) => sendToPort(await serveLambda(prepare(hookurl(options), setup), format)),
    guard: async (options, route, setup) => {
      const handler = hookurl(options, (event, hook) => {
        const { status = 200, headers = {}, text } = route(hook, readBody(event))
        const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
        return {
          statusCode: status,
          ...(format === 'ALB, multi-value' ? { multiValueHeaders } : { headers }),
          body: text,
        }
      })
      return sendToPort(await serveLambda(prepare(handler, setup), format))
    },
  }
}

/** Puts middy with its parsers in front of a function. */
export function withMiddy(handler: Handler): Handler {
  const wrapped = middy()
    .use(headerNormalizer())
    .use(jsonBodyParser({ disableContentTypeError: true }))
    .use(formBodyParser({ disableContentTypeError: true }))
    .use(multipartBodyParser({ disableContentTypeError: true }))
    .handler(handler as never)
  return wrapped as unknown as Handler
}

function prepare(handler: Handler, { parsers = false }: Setup = {}): Handler {
  return parsers ? withMiddy(handler) : handler
}

function readBody({ body, isBase64Encoded }: LambdaEvent): string {
  if (typeof body !== 'string') return body === null || body === undefined ? '' : JSON.stringify(body)
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8').toString()
}

/** Serves a function, as a gateway does. */
export function serveLambda(handler: Handler, format: Format): Promise<number> {
  return listen(async (request, response) => {
    try {
      const result = await handler((await toEvent(request, format)) as never, {})
      const { statusCode, body, isBase64Encoded } = result
      response.writeHead(statusCode, gateways[format].toHeaders(result).flat())
      response.end(request.method === 'HEAD' ? '' : Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'))
    } catch {
      response.writeHead(502, { 'content-type': 'application/json' }).end('{"message":"Internal server error"}')
    }
  })
}

// The recorded event, with the fields of this request.
async function toEvent(request: IncomingMessage, format: Format): Promise<object> {
  const { toFields, text } = gateways[format]
  const recorded = readEvent(format)
  const rawHeaders = request.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [[name, all[at + 1] ?? '']] : []))
  const { method = 'GET', headers } = request
  const url = new URL(request.url ?? '/', 'http://gateway')
  const received = { method, url, headers, rawHeaders: rawHeaders as unknown as Pairs }
  const bytes = await readBytes(request)
  const isText = bytes.length === 0 || text.test(headers['content-type'] ?? '')
  const body = { body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
  const none = format === '1.0' ? { body: null } : format === '2.0' ? { body: undefined } : {}
  return { ...recorded, ...toFields(received, recorded), ...body, ...(bytes.length === 0 && none) }
}

const toRestApiFields: ToFields = ({ method, url, rawHeaders }) => {
  const query = [...url.searchParams]
  return {
    httpMethod: method,
    path: url.pathname,
    headers: Object.fromEntries(rawHeaders),
    multiValueHeaders: groupByName(rawHeaders),
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters: query.length === 0 ? null : groupByName(query),
  }
}

const toHttpApiFields: ToFields = ({ method, url, headers }, { requestContext }) => {
  const { cookie, ...rest } = headers
  return {
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    requestContext: { ...requestContext, http: { ...requestContext?.http, method } },
    cookies: cookie?.split('; '),
  }
}

const toLoadBalancerFields: ToFields = ({ method, url, rawHeaders }) => ({
  httpMethod: method,
  path: url.pathname,
  headers: Object.fromEntries(toLoadBalancerHeaders(rawHeaders)),
  queryStringParameters: Object.fromEntries(splitQuery(url)),
})

const toMultiValueFields: ToFields = ({ method, url, rawHeaders }) => ({
  httpMethod: method,
  path: url.pathname,
  multiValueHeaders: groupByName(toLoadBalancerHeaders(rawHeaders)),
  multiValueQueryStringParameters: groupByName(splitQuery(url)),
})

// A load balancer replaces what the client sent in this header.
function toLoadBalancerHeaders(rawHeaders: Pairs): Pairs {
  const lowercase = rawHeaders.map(([name, value]) => [name.toLowerCase(), value] as const)
  return [...lowercase.filter(([name]) => name !== 'x-forwarded-proto'), ['x-forwarded-proto', 'https']]
}

// A load balancer does not decode names and values.
function splitQuery({ search }: URL): Pairs {
  const pairs = search.slice(1).split('&')
  return pairs.filter(Boolean).map((pair) => {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? []
    return [name, value]
  })
}

function groupByName(given: Pairs): Record<string, string[]> {
  const all: Record<string, string[]> = Object.create(null)
  for (const [name, value] of given) all[name] = [...(all[name] ?? []), value]
  return all
}

const fromHeaders: ToHeaders = ({ headers = {} }) => Object.entries(headers)
const fromMultiValueHeaders: ToHeaders = ({ multiValueHeaders = {} }) =>
  Object.entries(multiValueHeaders).flatMap(([name, values]) => values.map((value) => [name, value] as const))

const textTypes = /^(?:text\/|application\/(?:json|javascript|xml))/
// A REST API with `binaryMediaTypes: ['*/*']`.
const noTypes = /(?!)/

/** What each gateway does: the event of a request, the bodies that it passes as text, the headers of a response. */
const gateways: Readonly<Record<Format, { toFields: ToFields; text: RegExp; toHeaders: ToHeaders }>> = {
  '1.0': {
    toFields: toRestApiFields,
    text: noTypes,
    toHeaders: (result) => {
      const multiple = fromMultiValueHeaders(result)
      const names = new Set(multiple.map(([name]) => name))
      return [...fromHeaders(result).filter(([name]) => !names.has(name)), ...multiple]
    },
  },
  '2.0': {
    toFields: toHttpApiFields,
    text: textTypes,
    toHeaders: (result) => [
      ...fromHeaders(result),
      ...(result.cookies ?? []).map((cookie) => ['set-cookie', cookie] as const),
    ],
  },
  ALB: { toFields: toLoadBalancerFields, text: textTypes, toHeaders: fromHeaders },
  'ALB, multi-value': {
    toFields: toMultiValueFields,
    text: textTypes,
    toHeaders: fromMultiValueHeaders,
  },
}
