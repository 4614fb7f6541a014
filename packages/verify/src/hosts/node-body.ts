import type { MaybePromise } from '@hookurl/core/internal'
import { BodyBuffer } from '../request/body-buffer.ts'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'
import { fromText } from './text-body.ts'

/** The value of a Node header. */
type HeaderValue = string | readonly string[] | undefined

/** What a framework and its parsers add to a request. */
export interface FrameworkRequest {
  /** The target before the framework stripped its mount path. */
  readonly originalUrl?: unknown
  /** The scheme, which may come from a proxy that the framework trusts. */
  readonly protocol?: unknown
  readonly rawBody?: unknown
  readonly body?: unknown
}

/** The parts of a Node socket that hookurl uses. */
export interface NodeSocket {
  readonly destroyed?: boolean
  /** Set for TLS. */
  readonly encrypted?: boolean
  once(event: string, listener: () => void): unknown
}

/** The parts of a Node request that hookurl uses, for HTTP/1, HTTP/2 and the frameworks built on them. */
export interface NodeRequest extends FrameworkRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, HeaderValue>>
  readonly httpVersionMajor?: number
  readonly readableDidRead?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  readonly readableLength?: number
  /** Whether the whole message was received (HTTP/1). */
  readonly complete?: boolean
  read?(size: number): unknown
  on(event: string, listener: (...args: unknown[]) => void): unknown
  off(event: string, listener: (...args: unknown[]) => void): unknown
  pause(): unknown
  resume(): unknown
  /** The HTTP/2 stream. */
  readonly stream?: { close(): unknown }
  readonly socket?: NodeSocket
}

/** A Node request, and the object to which its framework adds the parsed body. */
export interface NodeSource {
  readonly incoming: NodeRequest
  readonly framework: FrameworkRequest
}

/** Returns the value of a header. The name must be lowercase. */
export function getHeader(request: NodeRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

/** Reads a body. If a framework has already read it, uses what the framework kept, in the order below. */
export function readBody({ incoming, framework }: NodeSource, limits: BodyLimits): MaybePromise<Body | UnreadBody> {
  const { rawBody, body } = framework
  const contentLength = getHeader(incoming, 'content-length')
  if (rawBody instanceof Uint8Array) return fromKeptBytes(rawBody, limits)
  if (typeof rawBody === 'string') return fromText(rawBody, { ...limits, contentLength })
  if (body instanceof Uint8Array) return fromKeptBytes(body, limits)
  if (contentLength !== undefined && Number(contentLength) === 0) return { kind: 'none' }
  // Read it whatever the headers declare: Node drops those beyond `maxHeadersCount`, possibly including the length.
  if (incoming.readableDidRead !== true && incoming.readableEnded !== true) {
    return readBuffered(incoming, limits) ?? readStream(incoming, limits)
  }
  if (contentLength === undefined && !hasTransferCoding(incoming)) return { kind: 'none' }
  if (typeof body === 'string') return fromParsedText(body, limits)
  if (body !== undefined && body !== null) return { kind: 'parsed', value: body }
  return { kind: 'unread', code: 'body_already_consumed' }
}

function fromParsedText(text: string, { maxBodySize }: BodyLimits): Body | UnreadBody {
  const isTooLarge = new TextEncoder().encode(text).byteLength > maxBodySize
  return isTooLarge ? { kind: 'unread', code: 'body_too_large' } : { kind: 'text', text }
}

// RFC 9112, section 6.3: an HTTP/1 request with neither a length nor a coding has no body; HTTP/2 needs neither.
function hasTransferCoding(request: NodeRequest): boolean {
  return request.httpVersionMajor === 2 || getHeader(request, 'transfer-encoding') !== undefined
}

function fromKeptBytes(bytes: Uint8Array, limits: BodyLimits): Body | UnreadBody {
  const body = fromBytes(bytes, limits)
  return body.kind === 'bytes' ? { ...body, isKept: true } : body
}

function fromBytes(bytes: Uint8Array, { maxBodySize }: BodyLimits): Body | UnreadBody {
  if (bytes.byteLength > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  return bytes.byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes }
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
  return typeof bytes === 'string' ? { kind: 'unread', code: 'body_already_consumed' } : undefined
}

// Once the body has been read, no other code handles errors on the request.
function ignoreErrors(request: NodeRequest): void {
  request.on('error', () => {})
}

function readStream(request: NodeRequest, { maxBodySize, timeoutMs }: BodyLimits): Promise<Body | UnreadBody> {
  if (request.destroyed === true) return Promise.resolve({ kind: 'unread', code: 'request_aborted' })
  return new Promise((resolve) => {
    const buffer = new BodyBuffer(maxBodySize)
    const timer = setTimeout(() => finish({ kind: 'unread', code: 'body_timeout' }), timeoutMs)
    const onData = (chunk: Uint8Array | string): void => {
      if (typeof chunk === 'string') {
        finish({ kind: 'unread', code: 'body_already_consumed' })
        return
      }
      if (!buffer.append(chunk)) finish({ kind: 'unread', code: 'body_too_large' })
    }
    const onEnd = (): void => {
      const { buffer: memory, byteOffset, byteLength } = buffer.toBytes()
      const bytes = Buffer.from(memory, byteOffset, byteLength)
      finish(byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes })
    }
    const onAborted = (): void => finish({ kind: 'unread', code: 'request_aborted' })
    const listeners = {
      data: onData,
      end: onEnd,
      error: onAborted,
      aborted: onAborted,
      close: onAborted,
    } as Readonly<Record<string, (...args: unknown[]) => void>>

    function finish(result: Body | UnreadBody): void {
      clearTimeout(timer)
      for (const [event, listener] of Object.entries(listeners)) request.off(event, listener)
      ignoreErrors(request)
      if (result.kind === 'unread') request.pause()
      resolve(result)
    }

    for (const [event, listener] of Object.entries(listeners)) request.on(event, listener)
    request.resume()
  })
}
