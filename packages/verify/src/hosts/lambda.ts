import { looksLikeToken } from '@hookurl/core/internal'
import type { Body, IncomingRequest, UnreadBody } from '../request/incoming-request.ts'
import type { OutgoingResponse } from '../response/response.ts'
import { toWebResponse } from './fetch.ts'
import { connectionHeaders } from './hop-by-hop.ts'
import { fromText } from './text-body.ts'

/** Headers or query parameters by name. */
type ValuesByName<V> = Readonly<Record<string, V | undefined>> | null

/** The parts of an event that hookurl uses, in API Gateway's formats 1.0 and 2.0; function URLs use 2.0. */
export interface LambdaEvent {
  readonly httpMethod?: string
  readonly path?: string
  readonly multiValueHeaders?: ValuesByName<readonly string[]>
  readonly queryStringParameters?: ValuesByName<string>
  readonly multiValueQueryStringParameters?: ValuesByName<readonly string[]>
  readonly rawPath?: string
  readonly rawQueryString?: string
  readonly cookies?: readonly string[]
  readonly requestContext?: { readonly http?: { readonly method: string } }
  readonly headers?: ValuesByName<string>
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
}

/** The result for the gateway, in the same format as its event. */
export interface LambdaResult {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

/**
 * Adapts an event. Lambda may freeze a function once it has responded, so the response waits for the work collected in
 * `deferred`.
 */
export function toIncomingRequest(event: LambdaEvent, deferred: Promise<unknown>[]): IncomingRequest {
  const headers = readHeaders(event)
  const method = getMethod(event) ?? 'GET'
  const target = getTarget(event)
  return {
    method,
    target,
    headers,
    header: (name) => headers.get(name) ?? undefined,
    readBody: async (limits) =>
      readBody(event, { ...limits, contentLength: headers.get('content-length') ?? undefined }),
    deferResponse: (work) => void deferred.push(work),
    request: (body) => {
      const base = `https://${headers.get('host') ?? 'localhost'}`
      return new Request(new URL(URL.canParse(target, base) ? target : '/', base), {
        method,
        headers,
        body: body as Uint8Array<ArrayBuffer> | undefined,
      })
    },
  }
}

/** Returns the method of an event, or `undefined` if the event is not an HTTP request. */
export function getMethod({ httpMethod, requestContext }: LambdaEvent): string | undefined {
  return httpMethod ?? requestContext?.http?.method
}

/** Creates the result for the gateway. A body that is not UTF-8 is sent as base64. */
export async function toResult(event: LambdaEvent, outgoing: OutgoingResponse): Promise<LambdaResult> {
  const response = toWebResponse(outgoing)
  const headers = new Headers(response.headers)
  const cookies = headers.getSetCookie()
  for (const name of ['set-cookie', ...connectionHeaders]) headers.delete(name)
  // `fetch` has already decoded the body.
  if (outgoing.response !== undefined && outgoing.response.url !== '') headers.delete('content-encoding')
  // The gateway sets the length itself.
  headers.delete('content-length')
  const bytes = Buffer.from(getMethod(event) === 'HEAD' ? new ArrayBuffer() : await response.arrayBuffer())
  const isText = isUtf8(bytes)
  return {
    statusCode: outgoing.status,
    headers: Object.fromEntries(headers),
    ...(cookies.length > 0 && getCookieFields(event, cookies)),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

/** Adds missing headers to the result of a route. As in the gateway, a value without `statusCode` is the body. */
export function addHeaders(result: unknown, headers: OutgoingResponse['headers']): LambdaResult {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : (JSON.stringify(result) ?? '')
    const all = { ...headers, 'content-type': 'application/json' }
    return { statusCode: 200, headers: all, body, isBase64Encoded: false }
  }
  const given = result as LambdaResult
  const names = [...Object.keys(given.headers ?? {}), ...Object.keys(given.multiValueHeaders ?? {})]
  const present = new Set(names.map((name) => name.toLowerCase()))
  const missing = Object.entries(headers).filter(([name]) => !present.has(name))
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

// Invalid header names and values are skipped, because they cannot be rejected here.
function add(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value)
  } catch {}
}

function getTarget(event: LambdaEvent): string {
  const { rawPath, rawQueryString = '', path = '/' } = event
  if (rawPath !== undefined) return rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`
  // Format 1.0 contains only the decoded parameters.
  const single = Object.entries(event.queryStringParameters ?? {}).map(
    ([name, value]) => [name, [value ?? '']] as const,
  )
  const parameters = Object.entries(event.multiValueQueryStringParameters ?? Object.fromEntries(single))
  const pairs = parameters.flatMap(([name, values]) =>
    (values ?? []).map((value) => `${encode(name)}=${encode(value)}`),
  )
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

// `?t=` before a token and `amp;` stay unencoded: a service appended its own query, or escaped the URL for HTML.
function encode(text: string): string {
  const at = text.indexOf('?t=')
  // `encodeURIComponent` throws on a lone surrogate.
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
  return (at >= 0 && looksLikeToken(text.slice(at + 3)) ? encoded.replace('%3Ft%3D', '?t=') : encoded).replace(
    /^amp%3B/,
    'amp;',
  )
}

function readBody({ body, isBase64Encoded }: LambdaEvent, limits: Parameters<typeof fromText>[1]): Body | UnreadBody {
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

// In format 1.0, a header has only one value; in format 2.0, a header with several would not be split.
function getCookieFields(
  { rawPath }: LambdaEvent,
  cookies: string[],
): Pick<LambdaResult, 'cookies' | 'multiValueHeaders'> {
  return rawPath === undefined ? { multiValueHeaders: { 'set-cookie': cookies } } : { cookies }
}
