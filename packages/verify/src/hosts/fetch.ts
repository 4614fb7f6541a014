import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, IncomingRequest, RequestBody, UnreadBody } from '../request/incoming-request.ts'
import { hidesType, type OutgoingResponse } from '../response/response.ts'
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

// The headers of responses that are sent themselves, before others are added: a response without a body may be returned again.
const ownHeaders = new WeakMap<Response, Headers>()

/** Creates a web-standard `Response`. */
export function toWebResponse(outgoing: OutgoingResponse): Response {
  const { response } = outgoing
  if (response === undefined) {
    return new Response(outgoing.body ?? null, { status: outgoing.status, headers: outgoing.headers })
  }
  // A failed fetch, or an upgrade, which only the host can send.
  if (response.status < 200) return response
  const isSentItself = !ownHeaders.has(response) && response.url === '' && hidesType(response)
  const headers = isSentItself ? response.headers : new Headers(ownHeaders.get(response) ?? response.headers)
  if (isSentItself) ownHeaders.set(response, new Headers(headers))
  if (response.url !== '') for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  for (const [name, value] of Object.entries(outgoing.headers)) {
    if (name === 'vary') headers.append(name, value)
    else if (!headers.has(name)) headers.set(name, value)
  }
  if (isSentItself) return response
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}

function createRequest(request: Request, read: RequestBody | undefined): Request {
  const { url, method, headers } = request
  const isOwn = request instanceof Request
  if (read === undefined && request.body === null && isOwn) return request
  // An empty body was read to its end, and a consumed request has no `text()`.
  const body = request.body === null ? read : (read ?? new Uint8Array())
  return (isOwn && copyRequest(request, body)) || new Request(url, { method, headers: [...headers], body, ...streamed })
}

// Keeps the properties that a host adds, such as `cf` on Workers. The requests of srvx, which h3 2 uses, are instances of
// `Request` that its constructor does not accept.
function copyRequest(request: Request, body: RequestBody | undefined): Request | undefined {
  try {
    return new Request(request, { body, ...streamed })
  } catch {
    return undefined
  }
}

async function readBody(request: Request, limits: BodyLimits): Promise<Body | UnreadBody> {
  let body: Request['body']
  try {
    body = request.body
  } catch {
    // Once the body was read, the property throws in older versions of srvx, which Elysia uses on Node.
    return alreadyConsumed
  }
  if (body === null || body === undefined) return isDeclared(request) ? alreadyConsumed : { kind: 'none' }
  // Some older libraries use a Node stream as the body.
  if (request.bodyUsed || !('getReader' in body)) return alreadyConsumed
  const read = await readWebStream(body, limits)
  // If the request declares a body but has none, other code has consumed it. A body in chunks may be empty.
  return read.kind === 'none' && hasLength(request) ? alreadyConsumed : read
}

// Azure Functions passes no body without a Content-Length, unless it streams. The requests of srvx, which h3 2 uses, have no
// body once it was read; over HTTP/2, no header declares it.
function isDeclared(request: Request): boolean {
  const { headers } = request
  return hasLength(request) || headers.has('transfer-encoding') || (request.bodyUsed && !headers.has('content-length'))
}

function hasLength({ headers }: Request): boolean {
  return Number(headers.get('content-length')) > 0
}
