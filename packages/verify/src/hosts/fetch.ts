import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, IncomingRequest, RequestBody, UnreadBody } from '../request/incoming-request.ts'
import type { OutgoingResponse } from '../response/response.ts'
import { type FetchContext, findHostContext } from './host-context.ts'
import { streamed } from './streamed.ts'
import { readWebStream } from './web-stream.ts'

export type { FetchContext } from './host-context.ts'

const alreadyConsumed: UnreadBody = { kind: 'unread', code: 'body_already_consumed' }

// Members that mark a process, which outlives the response: of Bun's server, Deno's info and Hono's `env` on Node.
const processMembers: readonly string[] = ['requestIP', 'remoteAddr', 'incoming']

/** Finds the context, among the arguments of a host, that lets work continue after the response. */
export function findFetchContext(args: readonly unknown[]): FetchContext | undefined {
  const objects = args.filter((value) => typeof value === 'object' && value !== null) as object[]
  const context = objects.find((value) => typeof Reflect.get(value, 'waitUntil') === 'function')
  if (context !== undefined) return context
  const isProcess = objects.some((value) => processMembers.some((name) => name in value))
  return findHostContext() ?? (isProcess ? { waitUntil: () => {} } : undefined)
}

/** Adapts a web-standard `Request`, or an object of another realm or library that has its members. */
export function toIncomingRequest(request: Request, context: FetchContext | undefined): IncomingRequest {
  const incoming: IncomingRequest = {
    native: request,
    method: request.method,
    target: request.url,
    headers: request.headers,
    header: (name) => request.headers.get(name) ?? undefined,
    readBody: (limits) => readBody(request, limits),
    isAborted: () => (request as Partial<Request>).signal?.aborted === true,
    request: (body) => createRequest(request, body),
  }
  if (typeof context?.waitUntil !== 'function') return incoming
  return { ...incoming, waitUntil: (work) => context.waitUntil?.(work) }
}

/** Creates a web-standard `Response`. */
export function toWebResponse(outgoing: OutgoingResponse): Response {
  const { response } = outgoing
  if (response === undefined) {
    return new Response(outgoing.body ?? null, { status: outgoing.status, headers: outgoing.headers })
  }
  // A failed fetch, or an upgrade, which only the host can send.
  if (response.status < 200) return response
  const headers = new Headers(response.headers)
  if (response.url !== '') for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  for (const [name, value] of Object.entries(outgoing.headers)) {
    if (name === 'vary') headers.append(name, value)
    else if (!headers.has(name)) headers.set(name, value)
  }
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}

function createRequest(request: Request, read: RequestBody | undefined): Request {
  const { url, method, headers } = request
  const isOwn = request instanceof Request
  if (read === undefined && request.body === null && isOwn) return request
  // An empty body was read to its end, and a consumed request has no `text()`.
  const body = request.body === null ? read : (read ?? new Uint8Array())
  if (isOwn) return new Request(request, { body, ...streamed })
  return new Request(url, { method, headers: [...headers], body, ...streamed })
}

async function readBody(request: Request, limits: BodyLimits): Promise<Body | UnreadBody> {
  const { body, headers } = request
  // Azure Functions passes no body without a Content-Length, unless it streams.
  const isDeclared = Number(headers.get('content-length')) > 0 || headers.has('transfer-encoding')
  if (body === null || body === undefined) return isDeclared ? alreadyConsumed : { kind: 'none' }
  // Some older libraries use a Node stream as the body.
  if (request.bodyUsed || !('getReader' in body)) return alreadyConsumed
  const read = await readWebStream(body, limits)
  // If the request declares a body but has none, other code has consumed it. A body in chunks may be empty.
  return read.kind === 'none' && Number(headers.get('content-length')) > 0 ? alreadyConsumed : read
}
