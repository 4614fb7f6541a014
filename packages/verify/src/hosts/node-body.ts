import type { MaybePromise } from '@hookurl/core/internal'
import type { Body, BodyLimits, Unread } from '../request/incoming-request.ts'
import { fromText } from './text-body.ts'

type HeaderValue = string | readonly string[] | undefined

/** What a framework and its parsers had made of a request before. */
export interface FrameworkRequest {
  /** The target before the framework stripped its mount path. */
  readonly originalUrl?: unknown
  readonly rawBody?: unknown
  readonly body?: unknown
}

/** As much of a Node request as is needed here, of HTTP/1, HTTP/2 and the frameworks over them. */
export interface NodeRequest extends FrameworkRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, HeaderValue>>
  readonly httpVersionMajor?: number
  readonly readableDidRead?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  readonly readableLength?: number
  read?(size: number): unknown
  on(event: string, listener: (...given: unknown[]) => void): unknown
  off(event: string, listener: (...given: unknown[]) => void): unknown
  pause(): unknown
  resume(): unknown
  /** The stream of HTTP/2. */
  readonly stream?: { close(): unknown }
}

/** A request, and where to look for what was made of it before. */
interface Source {
  readonly request: NodeRequest
  readonly prior: FrameworkRequest
}

/** A header's value; the name is in lower case. */
export function headerOf(request: NodeRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

/** A framework may have read the body before: what it left is used, in this order. */
export function readBody(source: Source, limits: BodyLimits): MaybePromise<Body | Unread> {
  const { request } = source
  const { rawBody, body } = source.prior
  if (rawBody instanceof Uint8Array) return toBytes(rawBody, limits)
  if (typeof rawBody === 'string')
    return fromText(rawBody, { ...limits, contentLength: headerOf(request, 'content-length') })
  if (body instanceof Uint8Array) return toBytes(body, limits)
  const length = headerOf(request, 'content-length')
  if (length !== undefined && Number(length) === 0) return { kind: 'none' }
  // Whatever its headers say: Node drops those beyond `maxHeadersCount`, and the length may be among them.
  if (request.readableDidRead !== true && request.readableEnded !== true) {
    return takeReceived(request, limits) ?? readStream(request, limits)
  }
  if (length === undefined && !hasCoding(request)) return { kind: 'none' }
  if (typeof body === 'string') return takeParsedText(body, limits)
  if (body !== undefined && body !== null) return { kind: 'parsed', value: body }
  return { kind: 'unread', code: 'body_already_consumed' }
}

function takeParsedText(text: string, { maxBodySize }: BodyLimits): Body | Unread {
  const isTooLong = new TextEncoder().encode(text).byteLength > maxBodySize
  return isTooLong ? { kind: 'unread', code: 'body_too_large' } : { kind: 'text', text }
}

// RFC 9112, section 6.3: with neither a length nor a coding, an HTTP/1 request has no body; HTTP/2 need not say.
function hasCoding(request: NodeRequest): boolean {
  return request.httpVersionMajor === 2 || headerOf(request, 'transfer-encoding') !== undefined
}

function toBytes(bytes: Uint8Array, { maxBodySize }: BodyLimits): Body | Unread {
  if (bytes.byteLength > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  return bytes.byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes }
}

// A small body comes with its headers: as long as it was declared, it is there before anybody listens.
function takeReceived(request: NodeRequest, limits: BodyLimits): Body | Unread | undefined {
  const length = Number(headerOf(request, 'content-length'))
  if (request.readableLength !== length || length > limits.maxBodySize || request.destroyed === true) return undefined
  const bytes = request.read?.(length)
  ignoreErrors(request)
  request.resume()
  if (bytes instanceof Uint8Array) return toBytes(bytes, limits)
  // Somebody set an encoding: the bytes are gone.
  return typeof bytes === 'string' ? { kind: 'unread', code: 'body_already_consumed' } : undefined
}

// An error that comes once the body was read has nobody left to tell.
function ignoreErrors(request: NodeRequest): void {
  request.on('error', () => {})
}

function readStream(request: NodeRequest, { maxBodySize, timeoutMs }: BodyLimits): Promise<Body | Unread> {
  if (request.destroyed === true) return Promise.resolve({ kind: 'unread', code: 'request_aborted' })
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const timer = setTimeout(() => finish({ kind: 'unread', code: 'body_timeout' }), timeoutMs)
    const onData = (chunk: Uint8Array | string): void => {
      if (typeof chunk === 'string') {
        finish({ kind: 'unread', code: 'body_already_consumed' })
        return
      }
      length += chunk.byteLength
      if (length > maxBodySize) finish({ kind: 'unread', code: 'body_too_large' })
      else chunks.push(chunk)
    }
    const onEnd = (): void => finish(length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: Buffer.concat(chunks) })
    const onGone = (): void => finish({ kind: 'unread', code: 'request_aborted' })
    const listeners = { data: onData, end: onEnd, error: onGone, aborted: onGone, close: onGone } as Readonly<
      Record<string, (...given: unknown[]) => void>
    >

    function finish(result: Body | Unread): void {
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
