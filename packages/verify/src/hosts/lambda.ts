import { looksLikeToken } from '@hookurl/core/internal'
import type { Body, IncomingRequest, OutgoingResponse, Unread } from '../request/incoming-request.ts'
import { toWebResponse } from './fetch.ts'
import { connectionHeaders } from './hop-by-hop.ts'
import { fromText } from './text-body.ts'

type Values<V> = Readonly<Record<string, V | undefined>> | null

/** As much of an event as is needed here: API Gateway's formats 1.0 and 2.0, and a function URL's, which is 2.0. */
export interface LambdaEvent {
  readonly httpMethod?: string
  readonly path?: string
  readonly multiValueHeaders?: Values<readonly string[]>
  readonly queryStringParameters?: Values<string>
  readonly multiValueQueryStringParameters?: Values<readonly string[]>
  readonly rawPath?: string
  readonly rawQueryString?: string
  readonly cookies?: readonly string[]
  readonly requestContext?: { readonly http?: { readonly method: string } }
  readonly headers?: Values<string>
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
}

/** What goes back to the gateway, in the format of its event. */
export interface LambdaResult {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

/**
 * An event as an exchange. A function may be frozen once it has answered, so the answer has to wait for what `held`
 * gathers.
 */
export function toExchange(event: LambdaEvent, held: Promise<unknown>[]): IncomingRequest {
  const headers = readHeaders(event)
  const method = methodOf(event) ?? 'GET'
  const target = targetOf(event)
  return {
    method,
    target,
    headers,
    header: (name) => headers.get(name) ?? undefined,
    readBody: async (limits) =>
      readBody(event, { ...limits, contentLength: headers.get('content-length') ?? undefined }),
    hold: (work) => void held.push(work),
    request: (body) => {
      const base = `https://${headers.get('host') ?? 'localhost'}`
      return new Request(new URL(target, base), { method, headers, body: body as Uint8Array<ArrayBuffer> | undefined })
    },
  }
}

/** The method of an event; undefined: no HTTP request at all. */
export function methodOf({ httpMethod, requestContext }: LambdaEvent): string | undefined {
  return httpMethod ?? requestContext?.http?.method
}

/** An answer as a result. A body that is not UTF-8 goes out in base64. */
export async function toResult(event: LambdaEvent, answer: OutgoingResponse): Promise<LambdaResult> {
  const response = toWebResponse(answer)
  const headers = new Headers(response.headers)
  const cookies = headers.getSetCookie()
  for (const name of ['set-cookie', ...connectionHeaders]) headers.delete(name)
  // What `fetch` answered has its body decoded already.
  if (answer.response !== undefined && answer.response.url !== '') headers.delete('content-encoding')
  // The gateway counts for itself.
  headers.delete('content-length')
  const bytes = Buffer.from(methodOf(event) === 'HEAD' ? new ArrayBuffer() : await response.arrayBuffer())
  const isText = isUtf8(bytes)
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(headers),
    ...(cookies.length > 0 && getCookieFields(event, cookies)),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

/** Gives a route's own result the headers it has not; what has no `statusCode` is a body, as the gateway takes it. */
export function addHeaders(result: unknown, headers: OutgoingResponse['headers']): LambdaResult {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : (JSON.stringify(result) ?? '')
    const all = { ...headers, 'content-type': 'application/json' }
    return { statusCode: 200, headers: all, body, isBase64Encoded: false }
  }
  const given = result as LambdaResult
  const names = [...Object.keys(given.headers ?? {}), ...Object.keys(given.multiValueHeaders ?? {})]
  const own = new Set(names.map((name) => name.toLowerCase()))
  const missing = Object.entries(headers).filter(([name]) => !own.has(name))
  return { ...given, headers: { ...given.headers, ...Object.fromEntries(missing) } }
}

function readHeaders({ headers, multiValueHeaders, cookies }: LambdaEvent): Headers {
  const all = new Headers()
  for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) add(all, name, value)
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    all.delete(name)
    for (const value of values ?? []) add(all, name, value)
  }
  if (cookies !== undefined) add(all, 'cookie', cookies.join('; '))
  return all
}

// A name or value that no header can have is left out: there is nobody to refuse it.
function add(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value)
  } catch {}
}

function targetOf(event: LambdaEvent): string {
  const { rawPath, rawQueryString = '', path = '/' } = event
  if (rawPath !== undefined) return rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`
  // Format 1.0 has the parameters decoded.
  const single = Object.entries(event.queryStringParameters ?? {}).map(
    ([name, value]) => [name, [value ?? '']] as const,
  )
  const parameters = Object.entries(event.multiValueQueryStringParameters ?? Object.fromEntries(single))
  const pairs = parameters.flatMap(([name, values]) =>
    (values ?? []).map((value) => `${encode(name)}=${encode(value)}`),
  )
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

// A `?` before a token, or `amp;`, was not encoded: a service had appended its own, or escaped the URL for HTML.
function encode(text: string): string {
  const at = text.indexOf('?t=')
  const encoded = encodeURIComponent(text)
  return (at >= 0 && looksLikeToken(text.slice(at + 3)) ? encoded.replace('%3Ft%3D', '?t=') : encoded).replace(
    /^amp%3B/,
    'amp;',
  )
}

function readBody({ body, isBase64Encoded }: LambdaEvent, limits: Parameters<typeof fromText>[1]): Body | Unread {
  if (body === undefined || body === null || body === '') return { kind: 'none' }
  if (isBase64Encoded !== true) return fromText(body, limits)
  const bytes = Buffer.from(body, 'base64')
  if (bytes.byteLength > limits.maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  return { kind: 'bytes', bytes }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

// A header of format 1.0 has one value, and format 2.0 splits no header that has several.
function getCookieFields(
  { rawPath }: LambdaEvent,
  cookies: string[],
): Pick<LambdaResult, 'cookies' | 'multiValueHeaders'> {
  return rawPath === undefined ? { multiValueHeaders: { 'set-cookie': cookies } } : { cookies }
}
