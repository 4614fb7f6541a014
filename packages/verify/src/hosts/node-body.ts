import { chain, type MaybePromise } from '@hookurl/core/internal'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'
import { fromBytes } from './bytes-body.ts'
import { toHeaderValues } from './header-values.ts'
import { findExactBody, type KeptBody, toBody } from './kept-body.ts'
import { ignoreErrors, isBeingRead, isUnread, type NodeReadable, readNodeStream } from './node-stream.ts'
import type { TextLimits } from './text-body.ts'

/** The value of a header. Node sets strings and arrays of strings; hosts that imitate it may also set numbers. */
type HeaderValue = string | number | readonly (string | number)[] | undefined

/** What a framework and its parsers add to a request. */
export interface FrameworkRequest extends KeptBody {
  /** The target before the framework stripped its mount path. */
  readonly originalUrl?: unknown
  /** The scheme, which may be reported by a proxy that the framework trusts. */
  readonly protocol?: unknown
}

/** The parts of a Node socket that hookurl uses. */
export interface NodeSocket {
  readonly destroyed?: boolean
  /** Set for TLS. */
  readonly encrypted?: boolean
  /** Missing on hosts that imitate Node. */
  once?(event: string, listener: () => void): unknown
}

/** The parts of a Node request that hookurl uses, for HTTP/1, HTTP/2 and the frameworks built on them. */
export interface NodeRequest extends FrameworkRequest, NodeReadable {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, HeaderValue>>
  readonly httpVersionMajor?: number
  readonly readableLength?: number
  /** Whether the whole message was received (HTTP/1). */
  readonly complete?: boolean
  read?(size: number): unknown
  /** Set by version 1 of body-parser, which Express 4 has, once it has parsed a body. */
  readonly _body?: unknown
  /** The HTTP/2 stream. */
  readonly stream?: { close(): unknown }
  readonly socket?: NodeSocket
}

/** A Node request, and the object to which its framework adds the parsed body. */
export interface NodeSource {
  readonly incoming: NodeRequest
  readonly framework: FrameworkRequest
}

const alreadyConsumed: UnreadBody = { kind: 'unread', code: 'body_already_consumed' }
// The parser that has read a body has its own limits.
const unlimited: BodyLimits = { maxBodySize: Number.POSITIVE_INFINITY, timeoutMs: 0 }

// The longest body that a parser can turn into an empty string, `null` or `{}`: a byte order mark, or that JSON.
const MAX_EMPTY_LENGTH = 4

/** Returns the value of a header. The name must be lowercase. */
export function getHeader(request: NodeRequest, name: string): string | undefined {
  const value = request.headers[name]
  if (typeof value === 'string' || value === undefined) return value
  const values = toHeaderValues(value)
  return values.length === 0 ? undefined : values.join(', ')
}

/**
 * Reads a body. If other code has already read it, uses what was kept: the exact bytes, or else the string or parsed
 * value. If no one has read the request yet, it is read here, whatever string or parsed value other code has set.
 */
export function readBody(source: NodeSource, limits: BodyLimits): MaybePromise<Body | UnreadBody> {
  const { incoming } = source
  const kept = getKeptBody(source)
  if (kept === undefined) return isEncoded(incoming) ? alreadyConsumed : { kind: 'unread', code: 'malformed_body' }
  const contentLength = getHeader(incoming, 'content-length')
  const exact = isAbsent(kept) ? undefined : findExactBody(kept, toTextLimits(incoming, limits))
  if (exact !== undefined) return isBeingRead(incoming) ? alreadyConsumed : exact
  if (contentLength !== undefined && Number(contentLength) === 0) return { kind: 'none' }
  // Read it whatever the headers declare: Node drops those beyond `maxHeadersCount`, possibly including the length.
  if (isUnread(incoming)) return readBuffered(incoming, limits) ?? readNodeStream(incoming, limits)
  if (isBeingRead(incoming)) return alreadyConsumed
  const { body } = kept
  if (isEmpty(body)) return fromEmptyValue(incoming, body)
  return chain(toBody(body, limits), (read) =>
    read.kind === 'none' && contentLength !== undefined ? alreadyConsumed : read,
  )
}

/** Returns the exact bytes that other code has kept of a body it has read, or `undefined`. */
export function getKeptBytes(source: NodeSource): Body | UnreadBody | undefined {
  const { incoming } = source
  const kept = getKeptBody(source)
  if (kept === undefined || isAbsent(kept) || isBeingRead(incoming)) return undefined
  return findExactBody(kept, toTextLimits(incoming, unlimited))
}

// A framework may store the body on its own request, while other code has stored it on Node's. A getter that parses the
// body on access, as on Vercel, throws if it is malformed or compressed.
function getKeptBody({ incoming, framework }: NodeSource): KeptBody | undefined {
  try {
    return { rawBody: framework.rawBody ?? incoming.rawBody, body: framework.body ?? incoming.body }
  } catch {
    return undefined
  }
}

function isAbsent({ rawBody, body }: KeptBody): boolean {
  return rawBody === undefined && body === undefined
}

function toTextLimits(request: NodeRequest, limits: BodyLimits): TextLimits {
  const [contentLength, contentType] = [getHeader(request, 'content-length'), getHeader(request, 'content-type')]
  return { ...limits, contentLength, contentType }
}

function isEncoded(request: NodeRequest): boolean {
  return getHeader(request, 'content-encoding') !== undefined
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value).length === 0
}

// Some parsers leave an empty object when they skip a body.
function fromEmptyValue(request: NodeRequest, value: unknown): Body | UnreadBody {
  const contentLength = getHeader(request, 'content-length')
  if (contentLength === undefined && (value === '' || !hasTransferCoding(request))) return { kind: 'none' }
  const isParsed = request._body === true || Number(contentLength) <= MAX_EMPTY_LENGTH
  if (value === undefined || !isParsed) return alreadyConsumed
  return value === '' ? { kind: 'text', text: '' } : { kind: 'parsed', value }
}

// RFC 9112, section 6.3: an HTTP/1 request with neither a length nor a coding has no body; HTTP/2 needs neither.
function hasTransferCoding(request: NodeRequest): boolean {
  return request.httpVersionMajor === 2 || getHeader(request, 'transfer-encoding') !== undefined
}

// A small body arrives together with the headers, so all of it is buffered before any listener is added.
function readBuffered(request: NodeRequest, limits: BodyLimits): Body | UnreadBody | undefined {
  const length = Number(getHeader(request, 'content-length'))
  if (request.readableLength !== length || length > limits.maxBodySize || request.destroyed === true) return undefined
  const bytes = request.read?.(length)
  ignoreErrors(request)
  request.resume()
  if (bytes instanceof Uint8Array) return fromBytes(bytes, limits)
  // Other code has called `setEncoding`, so the bytes are lost.
  return typeof bytes === 'string' ? alreadyConsumed : undefined
}
