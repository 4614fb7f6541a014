import type { MaybePromise } from '@hookurl/core/internal'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, IncomingRequest, RequestBody, UnreadBody } from '../request/incoming-request.ts'
import { createRequestUrl } from '../request/target.ts'
import { cancelBody, type OutgoingResponse } from '../response/response.ts'
import { appendHeader, toHeaderValues } from './header-values.ts'
import { connectionHeaders } from './hop-by-hop.ts'
import { findHostContext } from './host-context.ts'
import {
  type FrameworkRequest,
  getHeader,
  getKeptBytes,
  type NodeRequest,
  type NodeSocket,
  type NodeSource,
  readBody,
} from './node-body.ts'

export type { NodeRequest } from './node-body.ts'

/** The parts of a Node response that hookurl uses. */
export interface NodeResponse {
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly destroyed: boolean
  statusCode: number
  hasHeader(name: string): boolean
  getHeader(name: string): number | string | readonly string[] | undefined
  setHeader(name: string, value: string | readonly string[]): unknown
  write(chunk: Uint8Array): boolean
  end(chunk: string): unknown
  destroy(error?: Error): unknown
  once(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
  /** The stream of HTTP/2. */
  readonly stream?: { readonly aborted?: boolean; readonly rstCode?: number }
}

// How long a client has to receive the response before its HTTP/2 stream is reset.
const RESET_DELAY_MS = 250

/** What a framework adds to Node's request, if it is not on the request itself. */
interface NodeFramework {
  /** The object on which the framework stores the parsed request. */
  readonly framework: FrameworkRequest
  /** What the framework passes to its own handlers. */
  readonly native: unknown
}

/** Adapts a Node request. */
export function toIncomingRequest(
  incoming: NodeRequest,
  response: NodeResponse,
  given: NodeFramework = { framework: incoming, native: incoming },
): IncomingRequest {
  return new NodeIncomingRequest({ incoming, ...given }, response)
}

// A class, because every request creates one, and an object literal with as many functions costs several times as much.
class NodeIncomingRequest implements IncomingRequest {
  readonly native: unknown
  readonly method: string
  readonly target: string
  readonly rewrittenTarget: string | undefined
  readonly #incoming: NodeRequest
  readonly #framework: FrameworkRequest
  readonly #response: NodeResponse
  #headers: Headers | undefined

  constructor({ incoming, framework, native }: NodeSource & NodeFramework, response: NodeResponse) {
    const { method = 'GET', url = '/' } = incoming
    const { originalUrl } = framework
    this.native = native
    this.method = method
    // RFC 9112, section 3.2.4: an OPTIONS request may apply to the entire server.
    this.target = typeof originalUrl === 'string' ? originalUrl : url === '*' ? '/' : url
    this.rewrittenTarget = typeof originalUrl === 'string' && originalUrl !== url ? url : undefined
    this.#incoming = incoming
    this.#framework = framework
    this.#response = response
  }

  get headers(): Headers {
    this.#headers ??= readHeaders(this.#incoming)
    return this.#headers
  }

  header(name: string): string | undefined {
    // RFC 9113, section 8.3.1: in HTTP/2, `:authority` replaces `Host`.
    const authority = name === 'host' ? getHeader(this.#incoming, ':authority') : undefined
    return authority ?? getHeader(this.#incoming, name)
  }

  readBody(limits: BodyLimits): MaybePromise<Body | UnreadBody> {
    return readBody({ incoming: this.#incoming, framework: this.#framework }, limits)
  }

  getKeptBody(): Body | UnreadBody | undefined {
    return getKeptBytes({ incoming: this.#incoming, framework: this.#framework })
  }

  request(body: RequestBody | undefined): Request {
    const { method, headers } = this
    const init = { method, headers, body, duplex: 'half' } as const
    const incoming = this.#incoming
    const host = getHeader(incoming, ':authority') ?? getHeader(incoming, 'host')
    return new Request(createRequestUrl({ scheme: getScheme(incoming, this.#framework), host }, this.target), init)
  }

  headersSent(): boolean {
    return this.#response.headersSent
  }

  // A Node process keeps running without it, unless a host stops it after the response.
  waitUntil(work: Promise<unknown>): void {
    findHostContext()?.waitUntil?.(work)
  }
}

/** Sets headers that the guarded route may still replace. */
export function setDefaultHeaders(response: NodeResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return
  for (const name in headers) {
    if (name === 'vary') addVary(response, headers[name] as string)
    else if (!response.hasHeader(name)) response.setHeader(name, headers[name] as string)
  }
}

/** How a response ended: see `RouteEnding` of a guard. */
interface ResponseEnding {
  readonly status: number
  readonly isDelivered: boolean
}

/** A request to a guarded route on Node. */
interface RouteExchange {
  readonly request: NodeRequest
  readonly response: NodeResponse
  /** Whether the route has returned, where the framework tells: an earlier middleware may respond before it does. */
  readonly hasReturned?: () => boolean
}

/**
 * Calls `end` once the response of a guarded route was sent, or its client disconnected. Headers that were sent before the
 * route was entered are not the route's.
 */
export function endLeaseOnResponse(exchange: RouteExchange, end: (ending: ResponseEnding) => unknown): void {
  const { request, response, hasReturned } = exchange
  const { socket } = request
  const wroteHeaders = !response.headersSent
  let stopWatching = (): void => {}
  const finish = (isConnected: boolean): void => {
    stopWatching()
    end({ status: response.statusCode, isDelivered: wroteHeaders && isConnected })
  }
  const disconnect = (): void => finish(false)
  // An earlier middleware may have responded while the request was verified.
  if (response.destroyed || socket?.destroyed === true) {
    disconnect()
    return
  }
  response.once('finish', () => finish(isIntact(request, response) && hasReturned?.() !== false))
  response.once('close', disconnect)
  // A response that is not the first in a pipeline is not closed with its socket.
  if (socket !== undefined && request.httpVersionMajor !== 2) stopWatching = watchSocket(socket, disconnect)
}

const watchersBySocket = new WeakMap<NodeSocket, Set<() => void>>()

// Adds one listener per socket, because a client may pipeline any number of requests.
function watchSocket(socket: NodeSocket, disconnect: () => void): () => void {
  const known = watchersBySocket.get(socket)
  const watchers = known ?? new Set()
  if (known === undefined) {
    watchersBySocket.set(socket, watchers)
    socket.once?.('close', () => {
      for (const watcher of watchers) watcher()
    })
  }
  watchers.add(disconnect)
  return () => void watchers.delete(disconnect)
}

// A client that cuts its body off can provoke an error of a route that reads it. HTTP/2 emits `finish` when the stream
// closes, even if the client reset it (RFC 9113, section 7: 0 is no error).
function isIntact(request: NodeRequest, { stream }: NodeResponse): boolean {
  if (request.httpVersionMajor !== 2) return request.complete !== false || request.readableDidRead !== true
  return stream?.aborted !== true && (stream?.rstCode ?? 0) === 0
}

/** Sends a response. */
export function send(request: NodeRequest, response: NodeResponse, outgoing: OutgoingResponse): MaybePromise<void> {
  if (response.headersSent || response.destroyed) return cancelBody(outgoing.response)
  const { status, headers, body } = outgoing
  response.statusCode = status
  for (const name in headers) {
    if (name === 'vary') addVary(response, headers[name] as string)
    else response.setHeader(name, headers[name] as string)
  }
  const isHttp2 = request.httpVersionMajor === 2
  if (outgoing.close === true && !isHttp2) response.setHeader('connection', 'close')
  if (outgoing.response !== undefined) return sendResponse(request, response, outgoing.response)
  response.end(request.method === 'HEAD' ? '' : (body ?? ''))
  if (outgoing.close === true && isHttp2) resetStream(request)
}

// Earlier middleware may already have set `Vary`.
function addVary(response: NodeResponse, value: string): void {
  const earlier = response.getHeader('vary')
  response.setHeader('vary', earlier === undefined ? value : `${earlier}, ${value}`)
}

// RFC 9113, section 8.1: without a reset, the stream waits for the rest of the body forever. Some clients lose the
// response if the reset arrives together with it.
function resetStream({ stream }: NodeRequest): void {
  setTimeout(() => stream?.close(), RESET_DELAY_MS).unref()
}

async function sendResponse(request: NodeRequest, response: NodeResponse, source: Response): Promise<void> {
  for (const [name, value] of source.headers) {
    if (name === 'set-cookie' || connectionHeaders.has(name)) continue
    if (name === 'vary') addVary(response, value)
    else response.setHeader(name, value)
  }
  const cookies = source.headers.getSetCookie()
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  if (source.body === null || request.method === 'HEAD') {
    response.end('')
    return
  }
  const reader = source.body.getReader()
  response.once('close', () => void reader.cancel().catch(() => {}))
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (response.destroyed) return
      if (!response.write(read.value)) await waitForDrain(response)
    }
    response.end('')
  } catch (error) {
    // The status has already been sent, so only closing the connection can report the failure.
    response.destroy(error instanceof Error ? error : undefined)
  }
}

function waitForDrain(response: NodeResponse): Promise<void> {
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

function readHeaders(request: NodeRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(':')) continue
    for (const item of toHeaderValues(value)) appendHeader(headers, name, item)
  }
  return headers
}

function getScheme({ headers, socket }: NodeRequest, framework: FrameworkRequest): 'http' | 'https' {
  const isSecure = socket?.encrypted === true || headers[':scheme'] === 'https' || readProtocol(framework) === 'https'
  return isSecure ? 'https' : 'http'
}

// In Express, the getter reads the socket, which a serverless wrapper may not provide.
function readProtocol(framework: FrameworkRequest): unknown {
  try {
    return framework.protocol
  } catch {
    return undefined
  }
}
