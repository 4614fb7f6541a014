import type { Answer, Body, BodyLimits, Exchange, Unread } from '../exchange.ts'

type HeaderValue = string | readonly string[] | undefined

/** As much of a Node request as is needed here, of HTTP/1, HTTP/2 and the frameworks over them. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The target before a framework stripped its mount path. */
  readonly originalUrl?: unknown
  readonly headers: Readonly<Record<string, HeaderValue>>
  readonly httpVersionMajor?: number
  readonly readableDidRead?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  readonly rawBody?: unknown
  readonly body?: unknown
  on(event: string, listener: (...given: unknown[]) => void): unknown
  off(event: string, listener: (...given: unknown[]) => void): unknown
  pause(): unknown
}

/** As much of a Node response as is needed here. */
export interface NodeResponse {
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly destroyed: boolean
  statusCode: number
  hasHeader(name: string): boolean
  setHeader(name: string, value: string | readonly string[]): unknown
  write(chunk: Uint8Array): boolean
  end(chunk: string): unknown
  destroy(error?: Error): unknown
  once(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** A Node request as an exchange. */
export function toExchange(request: NodeRequest): Exchange {
  const target = typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '/')
  let headers: Headers | undefined
  const toHeaders = (): Headers => {
    headers ??= readHeaders(request)
    return headers
  }
  return {
    method: request.method ?? 'GET',
    target,
    header: (name) => headerOf(request, name),
    readBody: (limits) => readBody(request, limits),
    get headers() {
      return toHeaders()
    },
    request: (body) =>
      new Request(toUrl(request, target), {
        method: request.method ?? 'GET',
        headers: toHeaders(),
        body: body as Uint8Array<ArrayBuffer> | undefined,
      }),
  }
}

/** Sets headers that the route behind a guard may still replace. */
export function presetHeaders(response: NodeResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return
  for (const name in headers) if (!response.hasHeader(name)) response.setHeader(name, headers[name] as string)
}

/** Writes an answer to a Node response. */
export async function send(request: NodeRequest, response: NodeResponse, answer: Answer): Promise<void> {
  if (response.headersSent || response.destroyed) return
  response.statusCode = answer.status
  for (const name in answer.headers) response.setHeader(name, answer.headers[name] as string)
  // HTTP/2 has no such header: there a stream ends without its connection.
  if (answer.close === true && request.httpVersionMajor !== 2) response.setHeader('connection', 'close')
  if (answer.response !== undefined) return sendResponse(request, response, answer.response)
  response.end(request.method === 'HEAD' ? '' : (answer.body ?? ''))
}

async function sendResponse(request: NodeRequest, response: NodeResponse, own: Response): Promise<void> {
  for (const [name, value] of own.headers) if (name !== 'set-cookie') response.setHeader(name, value)
  const cookies = own.headers.getSetCookie()
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  if (own.body === null || request.method === 'HEAD') {
    response.end('')
    return
  }
  const reader = own.body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (response.destroyed) return void reader.cancel().catch(() => {})
      if (!response.write(read.value)) await drained(response)
    }
    response.end('')
  } catch (error) {
    // The status is out already; a cut connection is all that can still be said.
    response.destroy(error instanceof Error ? error : undefined)
  }
}

function drained(response: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}

// A framework may have read the body before: what it left is used, in this order.
async function readBody(request: NodeRequest, limits: BodyLimits): Promise<Body | Unread> {
  const { rawBody, body } = request
  if (isEmpty(request)) return { kind: 'none' }
  if (rawBody instanceof Uint8Array) return toBytes(rawBody, limits)
  if (typeof rawBody === 'string') return toBytes(new TextEncoder().encode(rawBody), limits)
  if (body instanceof Uint8Array) return toBytes(body, limits)
  if (request.readableDidRead !== true && request.readableEnded !== true) return readStream(request, limits)
  if (typeof body === 'string') return { kind: 'text', text: body }
  if (body !== undefined && body !== null) return { kind: 'parsed', value: body }
  return { kind: 'unread', code: 'payload_unread' }
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
    const onData = (chunk: Uint8Array): void => {
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
  })
}

function headerOf(request: NodeRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

function readHeaders(request: NodeRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(':') || value === undefined) continue
    for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one)
  }
  return headers
}

function toUrl(request: NodeRequest, target: string): URL {
  const host = headerOf(request, ':authority') ?? headerOf(request, 'host') ?? 'localhost'
  const base = URL.canParse(`http://${host}/`) ? `http://${host}/` : 'http://localhost/'
  return new URL(URL.canParse(target, base) ? target : '/', base)
}
