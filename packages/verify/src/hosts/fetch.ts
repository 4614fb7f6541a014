import type { Body, BodyLimits, IncomingRequest, OutgoingResponse, Unread } from '../request/incoming-request.ts'

/** What a fetch-style host offers beside the request. */
export interface FetchContext {
  waitUntil?(work: Promise<unknown>): void
}

// A process goes on by itself. Bun passes its server, Deno where the connection comes from, Hono on Node the connection.
const processMarks: readonly string[] = ['requestIP', 'remoteAddr', 'incoming']

/** What a host passes beside the request, as far as it tells how work goes on after the answer. */
export function contextOf(given: readonly unknown[]): FetchContext | undefined {
  const objects = given.filter((value) => typeof value === 'object' && value !== null) as object[]
  const context = objects.find((value) => typeof Reflect.get(value, 'waitUntil') === 'function')
  if (context !== undefined) return context
  const isProcess = objects.some((value) => processMarks.some((mark) => mark in value))
  return isProcess ? { waitUntil: () => {} } : undefined
}

/** A web standard request as an exchange. */
export function toExchange(request: Request, context: FetchContext | undefined): IncomingRequest {
  const exchange: IncomingRequest = {
    method: request.method,
    target: request.url,
    headers: request.headers,
    header: (name) => request.headers.get(name) ?? undefined,
    readBody: (limits) => readBody(request, limits),
    // A body that was found to be empty is read to its end, and a used request has no text.
    request: (body) =>
      body === undefined && request.body === null
        ? request
        : new Request(request, { body: (body ?? new Uint8Array()) as Uint8Array<ArrayBuffer> }),
  }
  if (typeof context?.waitUntil !== 'function') return exchange
  return { ...exchange, waitUntil: (work) => context.waitUntil?.(work) }
}

/** An answer as a web standard response. */
export function toWebResponse(answer: OutgoingResponse): Response {
  const { response } = answer
  if (response === undefined)
    return new Response(answer.body ?? null, { status: answer.status, headers: answer.headers })
  // A failed fetch, or an upgrade, which only the host can send on.
  if (response.status < 200) return response
  const headers = new Headers(response.headers)
  if (response.url !== '') for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name === 'vary') headers.append(name, value)
    else if (!headers.has(name)) headers.set(name, value)
  }
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}

async function readBody(request: Request, { maxBodySize, timeoutMs }: BodyLimits): Promise<Body | Unread> {
  if (request.bodyUsed || request.body?.locked === true) return { kind: 'unread', code: 'body_already_consumed' }
  if (request.body === null) return nothing(request)
  const reader = request.body.getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), timeoutMs)
  })
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const read = await Promise.race([reader.read(), timeout])
      if (read === 'timeout') return stop(reader, 'body_timeout')
      if (read.done) return length === 0 ? nothing(request) : { kind: 'bytes', bytes: join(chunks, length) }
      length += read.value.byteLength
      if (length > maxBodySize) return stop(reader, 'body_too_large')
      chunks.push(read.value)
    }
  } catch {
    return { kind: 'unread', code: 'request_aborted' }
  } finally {
    clearTimeout(timer)
  }
}

// Where something was declared, somebody has read it before.
function nothing(request: Request): Body | Unread {
  const isDeclared = Number(request.headers.get('content-length')) > 0
  return isDeclared ? { kind: 'unread', code: 'body_already_consumed' } : { kind: 'none' }
}

function stop(reader: ReadableStreamDefaultReader<Uint8Array>, code: Unread['code']): Unread {
  reader.cancel().catch(() => {})
  return { kind: 'unread', code }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}
