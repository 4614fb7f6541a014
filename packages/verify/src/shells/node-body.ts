import type { Body, BodyLimits, Unread } from '../exchange.ts'
import { takeText } from './text.ts'

type HeaderValue = string | readonly string[] | undefined

/** What a framework and its parsers had made of a request before. */
export interface Prior {
  /** The target before the framework stripped its mount path. */
  readonly originalUrl?: unknown
  readonly rawBody?: unknown
  readonly body?: unknown
}

/** As much of a Node request as is needed here, of HTTP/1, HTTP/2 and the frameworks over them. */
export interface NodeRequest extends Prior {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, HeaderValue>>
  readonly httpVersionMajor?: number
  readonly readableDidRead?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
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
  readonly prior: Prior
}

/** A header's value; the name is in lower case. */
export function headerOf(request: NodeRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

/** A framework may have read the body before: what it left is used, in this order. */
export async function readBody(source: Source, limits: BodyLimits): Promise<Body | Unread> {
  const { request } = source
  const { rawBody, body } = source.prior
  if (rawBody instanceof Uint8Array) return toBytes(rawBody, limits)
  if (typeof rawBody === 'string')
    return takeText(rawBody, { ...limits, contentLength: headerOf(request, 'content-length') })
  if (body instanceof Uint8Array) return toBytes(body, limits)
  if (isEmpty(request)) return { kind: 'none' }
  if (request.readableDidRead !== true && request.readableEnded !== true) return readStream(request, limits)
  if (typeof body === 'string') return takeParsedText(body, limits)
  if (body !== undefined && body !== null) return { kind: 'parsed', value: body }
  return { kind: 'unread', code: 'payload_unread' }
}

function takeParsedText(text: string, { maxBody }: BodyLimits): Body | Unread {
  const isTooLong = new TextEncoder().encode(text).byteLength > maxBody
  return isTooLong ? { kind: 'unread', code: 'payload_too_large' } : { kind: 'text', text }
}

// RFC 9112, section 6.3: without either header, an HTTP/1 request has no body.
function isEmpty(request: NodeRequest): boolean {
  const length = headerOf(request, 'content-length')
  if (length !== undefined) return Number(length) === 0
  return request.httpVersionMajor !== 2 && headerOf(request, 'transfer-encoding') === undefined
}

function toBytes(bytes: Uint8Array, { maxBody }: BodyLimits): Body | Unread {
  if (bytes.byteLength > maxBody) return { kind: 'unread', code: 'payload_too_large' }
  return bytes.byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes }
}

function readStream(request: NodeRequest, { maxBody, timeoutMs }: BodyLimits): Promise<Body | Unread> {
  if (request.destroyed === true) return Promise.resolve({ kind: 'unread', code: 'payload_aborted' })
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const timer = setTimeout(() => finish({ kind: 'unread', code: 'payload_timeout' }), timeoutMs)
    const onData = (chunk: Uint8Array | string): void => {
      // Somebody set an encoding: the bytes are gone.
      if (typeof chunk === 'string') {
        finish({ kind: 'unread', code: 'payload_unread' })
        return
      }
      length += chunk.byteLength
      if (length > maxBody) finish({ kind: 'unread', code: 'payload_too_large' })
      else chunks.push(chunk)
    }
    const onEnd = (): void => finish(length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: Buffer.concat(chunks) })
    const onGone = (): void => finish({ kind: 'unread', code: 'payload_aborted' })
    const listeners = { data: onData, end: onEnd, error: onGone, aborted: onGone, close: onGone } as Readonly<
      Record<string, (...given: unknown[]) => void>
    >

    function finish(result: Body | Unread): void {
      clearTimeout(timer)
      for (const [event, listener] of Object.entries(listeners)) request.off(event, listener)
      // An error that comes later has nobody left to tell.
      request.on('error', () => {})
      if (result.kind === 'unread') request.pause()
      resolve(result)
    }

    for (const [event, listener] of Object.entries(listeners)) request.on(event, listener)
    request.resume()
  })
}
