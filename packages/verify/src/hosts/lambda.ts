import { chain, looksLikeToken, type MaybePromise } from '@hookurl/core/internal'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, IncomingRequest, UnreadBody } from '../request/incoming-request.ts'
import { isJson } from '../request/payload.ts'
import { createRequestUrl } from '../request/target.ts'
import type { OutgoingResponse } from '../response/response.ts'
import { toBytes } from './bytes-body.ts'
import { toWebResponse } from './fetch.ts'
import { appendHeader, toHeaderValues } from './header-values.ts'
import { connectionHeaders } from './hop-by-hop.ts'
import { toBody } from './kept-body.ts'
import { streamed } from './streamed.ts'
import { fromText } from './text-body.ts'

/** Headers or query parameters by name. */
type ValuesByName<V> = Readonly<Record<string, V | undefined>> | null | undefined

/**
 * The parts of an event that hookurl uses, in the formats of API Gateway (1.0 and 2.0), function URLs (2.0) and
 * Application Load Balancers.
 */
export interface LambdaEvent {
  readonly httpMethod?: string | undefined
  readonly path?: string | undefined
  readonly multiValueHeaders?: ValuesByName<readonly string[]>
  readonly queryStringParameters?: ValuesByName<string>
  readonly multiValueQueryStringParameters?: ValuesByName<readonly string[]>
  readonly rawPath?: string | undefined
  readonly rawQueryString?: string | undefined
  readonly cookies?: readonly string[] | undefined
  readonly requestContext?:
    | (object & { readonly http?: { readonly method: string } | undefined; readonly elb?: unknown })
    | undefined
  readonly headers?: ValuesByName<string>
  /** A string, or the value with which a middleware replaced it. */
  readonly body?: unknown
  /** The gateway's string, if a middleware saved it before a parser ran. */
  readonly rawBody?: unknown
  readonly isBase64Encoded?: boolean | undefined
}

/** The result for the gateway, in the same format as its event. */
export interface LambdaResult {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>
  readonly cookies?: string[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

type HeaderFields = Pick<LambdaResult, 'headers' | 'multiValueHeaders' | 'cookies'>

/** How a gateway receives the headers of a result. */
interface HeaderFormat {
  /** The fields that it reads. */
  readonly fields: readonly ('headers' | 'multiValueHeaders')[]
  write(headers: Record<string, string>, cookies: string[]): HeaderFields
}

const payloadFormat1: HeaderFormat = {
  fields: ['headers', 'multiValueHeaders'],
  write: (headers, cookies) => ({
    headers,
    ...(cookies.length > 0 && { multiValueHeaders: { 'set-cookie': cookies } }),
  }),
}
const payloadFormat2: HeaderFormat = {
  fields: ['headers'],
  write: (headers, cookies) => ({ headers, ...(cookies.length > 0 && { cookies }) }),
}
const loadBalancer: HeaderFormat = {
  fields: ['headers'],
  write: (headers, cookies) => ({ headers: { ...headers, ...nameCookies(cookies) } }),
}
const loadBalancerWithMultiValueHeaders: HeaderFormat = {
  fields: ['multiValueHeaders'],
  write: (headers, cookies) => ({
    multiValueHeaders: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
  }),
}

// A gateway limits the size of its events.
const unlimited: BodyLimits = { maxBodySize: Number.POSITIVE_INFINITY, timeoutMs: 0 }
const tooLarge: UnreadBody = { kind: 'unread', code: 'body_too_large' }
const alreadyConsumed: UnreadBody = { kind: 'unread', code: 'body_already_consumed' }

/**
 * Adapts an event. Lambda may freeze a function once it has responded, so the response waits for the work collected in
 * `deferred`.
 */
export function toIncomingRequest(event: LambdaEvent, deferred: Promise<unknown>[]): IncomingRequest {
  const headers = readHeaders(event)
  const method = getMethod(event) ?? 'GET'
  const target = getTarget(event)
  const header = (name: string): string | undefined => headers.get(name) ?? undefined
  return {
    native: event,
    method,
    target,
    headers,
    header,
    readBody: async (limits) => readBody(event, { ...limits, header }),
    // An event contains its body, unless a middleware has replaced it.
    getKeptBody: async () => (isConsumable(event) ? undefined : readBody(event, { ...unlimited, header })),
    deferResponse: (work) => void deferred.push(work),
    request: (body) =>
      new Request(createRequestUrl({ scheme: getScheme(event, headers), host: header('host') }, target), {
        method,
        headers,
        body,
        ...streamed,
      }),
  }
}

/** Returns the method of an event, or `undefined` if it is not an HTTP request that expects a response. */
export function getMethod(event: LambdaEvent): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  // An authorizer's event also contains the request, but its result must be a policy.
  if ('type' in event && event.type === 'REQUEST') return undefined
  return event.httpMethod ?? event.requestContext?.http?.method
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
    ...getHeaderFormat(event).write(Object.fromEntries(headers), cookies),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

/**
 * Adds missing headers to the result of a route. As in API Gateway's format 2.0, a value without `statusCode` is the
 * body.
 */
export function addHeaders(event: LambdaEvent, result: unknown, headers: OutgoingResponse['headers']): LambdaResult {
  const { fields, write } = getHeaderFormat(event)
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : (JSON.stringify(result) ?? '')
    const all = write({ ...headers, 'content-type': 'application/json' }, [])
    return { statusCode: 200, ...all, body, isBase64Encoded: false }
  }
  const given = result as LambdaResult
  const names = fields.flatMap((field) => Object.keys(given[field] ?? {}))
  const present = new Set(names.map((name) => name.toLowerCase()))
  const missing = write(Object.fromEntries(Object.entries(headers).filter(([name]) => !present.has(name))), [])
  const merged = fields.map((field) => [field, missing[field] && { ...given[field], ...missing[field] }] as const)
  return { ...given, ...Object.fromEntries(merged.filter(([, values]) => values !== undefined)) }
}

// Middleware may have set a value to a number or an array.
function readHeaders({ headers, multiValueHeaders, cookies }: LambdaEvent): Headers {
  const entries: [string, unknown][] = [...Object.entries(headers ?? {}), ...Object.entries(multiValueHeaders ?? {})]
  if (cookies !== undefined && cookies.length > 0) entries.push(['cookie', cookies.join('; ')])
  const values = new Map<string, unknown>()
  for (const [name, value] of entries) if (value !== undefined && value !== null) values.set(name.toLowerCase(), value)
  const all = new Headers()
  for (const [name, value] of values) for (const item of toHeaderValues(value)) appendHeader(all, name, item)
  return all
}

// The result has the format of its event.
function getHeaderFormat(event: LambdaEvent): HeaderFormat {
  if (!isFromLoadBalancer(event)) return event.rawPath === undefined ? payloadFormat1 : payloadFormat2
  return event.multiValueHeaders ? loadBalancerWithMultiValueHeaders : loadBalancer
}

function isFromLoadBalancer({ requestContext }: LambdaEvent): boolean {
  return requestContext?.elb !== undefined
}

// API Gateway and function URLs support only HTTPS. A load balancer overwrites the client's value of this header.
function getScheme(event: LambdaEvent, headers: Headers): 'http' | 'https' {
  return isFromLoadBalancer(event) && headers.get('x-forwarded-proto') === 'http' ? 'http' : 'https'
}

function getTarget(event: LambdaEvent): string {
  const { rawPath, rawQueryString = '', path = '/' } = event
  if (rawPath !== undefined) return rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`
  const single = Object.entries(event.queryStringParameters ?? {}).map(
    ([name, value]) => [name, [value ?? '']] as const,
  )
  const parameters = Object.entries(event.multiValueQueryStringParameters ?? Object.fromEntries(single))
  // Format 1.0 contains the decoded parameters. A load balancer does not decode them.
  const toText = isFromLoadBalancer(event) ? String : encode
  const pairs = parameters.flatMap(([name, values]) =>
    (values ?? []).map((value) => `${toText(name)}=${toText(value)}`),
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

interface LambdaBodyLimits extends BodyLimits {
  readonly header: IncomingRequest['header']
}

// Prefers the exact bytes, then the string, then the parsed value.
function readBody(event: LambdaEvent, { header, ...limits }: LambdaBodyLimits): MaybePromise<Body | UnreadBody> {
  const kept = event.rawBody ?? event.body
  const contentLength = header('content-length')
  if (kept === undefined || kept === null || kept === '') {
    if (!(Number(contentLength) > 0)) return { kind: 'none' }
    const isParsedNull = kept === null && isJson(header('content-type'))
    return isParsedNull ? { kind: 'parsed', value: null } : alreadyConsumed
  }
  if (typeof kept === 'string' && event.isBase64Encoded === true && isBase64(kept)) {
    const isTooLarge = Buffer.byteLength(kept, 'base64') > limits.maxBodySize
    return isTooLarge ? tooLarge : { kind: 'bytes', bytes: Buffer.from(kept, 'base64') }
  }
  if (typeof kept === 'string') return fromText(kept, { ...limits, contentLength, contentType: header('content-type') })
  // An event has no other place for files.
  return chain(toBody(kept, limits), (body) => (body.kind === 'parsed' ? { ...body, isComplete: true } : body))
}

// Reading a stream would leave nothing to the route.
function isConsumable({ rawBody, body }: LambdaEvent): boolean {
  const kept = rawBody ?? body
  return typeof kept === 'object' && kept !== null && toBytes(kept) === undefined
}

// A middleware may have decoded or parsed the body without resetting `isBase64Encoded`.
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

// Without multi-value headers, a header has only one value, but names that differ in case are separate headers.
function nameCookies(cookies: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    cookies.map((cookie, index) => [`${varyCase('set', index)}-${varyCase('cookie', index >> 3)}`, cookie]),
  )
}

// Each bit of the index makes one letter uppercase.
function varyCase(text: string, index: number): string {
  return Array.from(text, (letter, at) => (((index >> at) & 1) === 1 ? letter.toUpperCase() : letter)).join('')
}
