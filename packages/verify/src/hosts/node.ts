import type { MaybePromise } from '@hookurl/core/internal'
import type { Authorized } from '../receive/authorize.ts'
import type { Body, BodyLimits, IncomingRequest, OutgoingResponse, Unread } from '../request/incoming-request.ts'
import { connectionHeaders } from './hop-by-hop.ts'
import { type FrameworkRequest, headerOf, type NodeRequest, readBody } from './node-body.ts'

export type { NodeRequest } from './node-body.ts'

/** As much of a Node response as is needed here. */
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
}

const codingHeaders: ReadonlySet<string> = new Set(['content-encoding', 'content-length'])

const graceMs = 250

/** A Node request as an exchange; `prior` is where its framework keeps what it made of it, unless on the request. */
export function toExchange(request: NodeRequest, prior: FrameworkRequest = request): IncomingRequest {
  const url = typeof prior.originalUrl === 'string' ? prior.originalUrl : (request.url ?? '/')
  // RFC 9112, section 3.2.4: OPTIONS may be about the server as a whole.
  return new NodeExchange(request, prior, url === '*' ? '/' : url)
}

// A class, since one is made for every request: an object of as many functions costs several times as much.
class NodeExchange implements IncomingRequest {
  readonly method: string
  readonly target: string
  readonly #incoming: NodeRequest
  readonly #prior: FrameworkRequest
  #headers: Headers | undefined

  constructor(incoming: NodeRequest, prior: FrameworkRequest, target: string) {
    this.method = incoming.method ?? 'GET'
    this.target = target
    this.#incoming = incoming
    this.#prior = prior
  }

  get headers(): Headers {
    this.#headers ??= readHeaders(this.#incoming)
    return this.#headers
  }

  header(name: string): string | undefined {
    return headerOf(this.#incoming, name)
  }

  readBody(limits: BodyLimits): MaybePromise<Body | Unread> {
    return readBody({ request: this.#incoming, prior: this.#prior }, limits)
  }

  request(body: Uint8Array | undefined): Request {
    const { method, headers } = this
    const init = { method, headers, body: body as Uint8Array<ArrayBuffer> | undefined }
    return new Request(toUrl(this.#incoming, this.target), init)
  }

  // A process goes on by itself.
  waitUntil(): void {}
}

/** Sets headers that the route behind a guard may still replace. */
export function presetHeaders(response: NodeResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return
  for (const name in headers) {
    if (name === 'vary') addVary(response, headers[name] as string)
    else if (!response.hasHeader(name)) response.setHeader(name, headers[name] as string)
  }
}

/**
 * Ends the use of a hook that a guard has let through, when its route has answered. One whose caller went away may still
 * be at work: it has a minute to end the response.
 */
export function endLeaseOnResponse(response: NodeResponse, settle: Authorized['settle']): void {
  // HTTP/2 says that it has finished where the caller went away, too.
  const settleEnded = (): boolean => {
    if (response.writableEnded) settle(response.statusCode)
    return response.writableEnded
  }
  response.once('finish', settleEnded)
  response.once('close', () => {
    if (settleEnded()) return
    const { end } = response
    response.end = (...given) => {
      settle(response.statusCode)
      return end.apply(response, given)
    }
  })
}

/** Writes an answer to a Node response. */
export function send(request: NodeRequest, response: NodeResponse, answer: OutgoingResponse): MaybePromise<void> {
  if (response.headersSent || response.destroyed) return answer.response?.body?.cancel().catch(() => {})
  const { status, headers, body } = answer
  response.statusCode = status
  for (const name in headers) {
    if (name === 'vary') addVary(response, headers[name] as string)
    else response.setHeader(name, headers[name] as string)
  }
  const isHttp2 = request.httpVersionMajor === 2
  if (answer.close === true && !isHttp2) response.setHeader('connection', 'close')
  if (answer.response !== undefined) return sendResponse(request, response, answer.response)
  response.end(request.method === 'HEAD' ? '' : (body ?? ''))
  if (answer.close === true && isHttp2) resetStream(request)
}

// A middleware before may have named another header.
function addVary(response: NodeResponse, value: string): void {
  const before = response.getHeader('vary')
  response.setHeader('vary', before === undefined ? value : `${before}, ${value}`)
}

// RFC 9113, section 8.1: without a reset, the stream would wait for the rest of the body for ever. Some clients lose the
// answer when the reset comes together with it.
function resetStream({ stream }: NodeRequest): void {
  setTimeout(() => stream?.close(), graceMs).unref()
}

async function sendResponse(request: NodeRequest, response: NodeResponse, own: Response): Promise<void> {
  // What `fetch` answered has its body decoded already.
  const isFetched = own.url !== ''
  for (const [name, value] of own.headers) {
    if (name === 'set-cookie' || connectionHeaders.has(name) || (isFetched && codingHeaders.has(name))) continue
    if (name === 'vary') addVary(response, value)
    else response.setHeader(name, value)
  }
  const cookies = own.headers.getSetCookie()
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  if (own.body === null || request.method === 'HEAD') {
    response.end('')
    return
  }
  const reader = own.body.getReader()
  response.once('close', () => void reader.cancel().catch(() => {}))
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (response.destroyed) return
      if (!response.write(read.value)) await waitForDrain(response)
    }
    response.end('')
  } catch (error) {
    // The status is out already; a cut connection is all that can still be said.
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
    if (name.startsWith(':') || value === undefined) continue
    for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one)
  }
  return headers
}

function toUrl(request: NodeRequest, target: string): URL {
  const host = headerOf(request, ':authority') ?? headerOf(request, 'host') ?? 'localhost'
  const isHost = /^[^\s/?#@\\]+$/.test(host) && URL.canParse(`http://${host}/`)
  const base = isHost ? `http://${host}/` : 'http://localhost/'
  return new URL(URL.canParse(target, base) ? target : '/', base)
}
