import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { hookurl, type LambdaHandler } from '@hookurl/verify/lambda'
import { sendToPort } from './clients.ts'
import { type Format, readEvent } from './events.ts'
import { listen } from './serve.ts'
import type { Subject } from './subjects.ts'

type Handler = LambdaHandler<never, unknown>
type Result = Awaited<ReturnType<Handler>>

/** Lambda behind a local server that converts requests and results as API Gateway does. */
export function createLambdaSubject(name: string, format: Format): Subject {
  return {
    name,
    receiver: async (options) => sendToPort(await serveLambda(hookurl(options), format)),
    guard: async (options, route) => {
      const handler = hookurl(options, (event, hook) => {
        const body = Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8')
        const { status = 200, headers, text } = route(hook, body.toString())
        return { statusCode: status, headers, body: text }
      })
      return sendToPort(await serveLambda(handler, format))
    },
  }
}

/** Serves a function, as API Gateway does. */
export function serveLambda(handler: Handler, format: Format): Promise<number> {
  return listen(async (request, response) => {
    try {
      const result: Result = await handler((await toEvent(request, format)) as never, {})
      const { statusCode, headers, multiValueHeaders = {}, cookies = [], body, isBase64Encoded } = result
      response.writeHead(statusCode, {
        ...headers,
        ...multiValueHeaders,
        ...(cookies.length > 0 && { 'set-cookie': cookies }),
      } as Record<string, string>)
      response.end(request.method === 'HEAD' ? '' : Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'))
    } catch {
      response.writeHead(502, { 'content-type': 'application/json' }).end('{"message":"Internal server error"}')
    }
  })
}

// The recorded event, with the fields of this request.
async function toEvent(request: IncomingMessage, format: Format): Promise<object> {
  const bytes = await buffer(request)
  const type = request.headers['content-type'] ?? ''
  const isText = format === '2.0' && /^(?:text\/|application\/(?:json|javascript|xml))/.test(type)
  const body = bytes.length === 0 ? undefined : bytes.toString(isText ? 'utf8' : 'base64')
  const encoded = { isBase64Encoded: bytes.length > 0 && !isText }
  const url = new URL(request.url ?? '/', 'http://gateway')
  const { method = 'GET' } = request
  const recorded = readEvent(format)
  if (format === '1.0') {
    const headers = Object.fromEntries(toPairs(request.rawHeaders))
    const multiValueHeaders = groupByName(toPairs(request.rawHeaders))
    const query = [...url.searchParams]
    const multiValueQueryStringParameters = query.length === 0 ? null : groupByName(query)
    const queryStringParameters = query.length === 0 ? null : Object.fromEntries(query)
    const fields = { httpMethod: method, path: url.pathname, headers, multiValueHeaders }
    return {
      ...recorded,
      ...fields,
      queryStringParameters,
      multiValueQueryStringParameters,
      ...encoded,
      body: body ?? null,
    }
  }
  const { cookie, ...rest } = request.headers
  const headers = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
  const requestContext = { ...recorded.requestContext, http: { ...recorded.requestContext?.http, method } }
  const fields = { rawPath: url.pathname, rawQueryString: url.search.slice(1), headers, requestContext }
  return { ...recorded, ...fields, cookies: cookie?.split('; '), ...encoded, body }
}

function toPairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as [string, string]] : []))
}

function groupByName(given: readonly [string, string][]): Record<string, string[]> {
  const all: Record<string, string[]> = Object.create(null)
  for (const [name, value] of given) all[name] = [...(all[name] ?? []), value]
  return all
}
