import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream'
import { HookurlError } from '@hookurl/core'
import type { Authorized, IncomingRequest, OutgoingResponse, ReceiveResult } from '@hookurl/verify/internal'
import { getEnding } from '../listen/ending.ts'
import { HOOK_HEADER } from '../listen/hook-header.ts'
import type { RequestLogEntry } from '../listen/request-log.ts'
import { createGuards, type GuardsOptions, type Passage } from './guards.ts'
import { readOriginalRequest } from './original-request.ts'
import { type ProxyName, proxies } from './proxies.ts'
import { warmUp } from './warm-up.ts'

export interface GateOptions extends GuardsOptions {
  readonly proxy: ProxyName
  onRequest(entry: RequestLogEntry): void
}

/** Decides which requests a proxy passes on. */
export interface Gate {
  /** Runs before the first request. */
  warmUp(): Promise<void>
  handle(incoming: IncomingMessage, response: ServerResponse): Promise<void>
  /** Resolves once everything that was asked so far is logged. */
  close(): Promise<void>
}

/** A request of the proxy. */
interface Exchange {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly time: Date
  /** When it arrived, on the monotonic clock. */
  readonly startedAt: number
}

/** The header with the code of a rejection, or the outcome of a request that the gate responds to itself. */
const RESULT_HEADER = 'hookurl-result'
/** The header with the status of the response to the client. */
const STATUS_HEADER = 'hookurl-status'
/** Where a proxy that ignores the gate's body requests the response to the client. */
const RESPONSE_PATH = '/response'

const timedOut = Symbol('timed out')
const unavailable: OutgoingResponse = { status: 503, headers: { 'retry-after': '1' }, body: undefined }

/**
 * Creates a gate. It passes on what a guard accepts, and commits a use before: it never learns how the application
 * responds.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function createGate(options: GateOptions): Gate {
  const proxy = proxies[options.proxy]
  const guards = createGuards(options)
  const pending = new Set<Promise<void>>()

  function addPending(work: Promise<unknown>): void {
    const settled = work.then(() => {}, options.onError).finally(() => pending.delete(settled))
    pending.add(settled)
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = { incoming, response, time: new Date(), startedAt: performance.now() }
    const [path] = (incoming.url ?? '').split('?', 1)
    const isResponse = path === RESPONSE_PATH && !proxy.sendsBody
    if (path !== '/' && !isResponse) return reportMisuse(response, 'the path is not /')
    const original = readOriginalRequest(incoming, proxy)
    if (!original.ok) return reportMisuse(response, original.problem)
    try {
      await (isResponse ? respond(original.request, exchange) : verify(original.request, exchange))
    } catch (error) {
      options.onError(error)
      if (!response.headersSent) response.writeHead(500).end()
    }
  }

  function reportMisuse(response: ServerResponse, problem: string): void {
    const message = `${options.proxy} is not set up for this gate, so nothing passes: ${problem}`
    options.onError(new HookurlError('invalid_option', { message }))
    response.writeHead(500).end()
  }

  async function verify(request: IncomingRequest, exchange: Exchange): Promise<void> {
    const passage = guards.verify(request)
    const first = await within(passage.received, options.timeoutMs)
    const isLate = first === timedOut && passage.endTime()
    if (isLate) {
      addPending(discard(passage))
      const instead = guards.respond(request, 'store_unavailable')
      await reject(instead, exchange)
      log(instead, request, exchange)
      return
    }
    // A commit that is under way is awaited: rejecting the request would lose the use.
    const result = await passage.received
    if (result.kind === 'authorized') pass(result, passage, exchange)
    else await reject(passage, exchange)
    log(passage, request, exchange)
  }

  function pass(authorized: Authorized, { hookHeader }: Passage, { response }: Exchange): void {
    const header = hookHeader()
    if (header === undefined) throw new Error('the hook was not encoded')
    response.writeHead(204, { [HOOK_HEADER]: header }).end()
    // A retry of this delivery is a duplicate, even if the application fails: the gate does not learn of it.
    addPending(Promise.resolve(authorized.end({ status: 204, isDelivered: true })))
  }

  async function reject(passage: Passage, { response }: Exchange): Promise<void> {
    const { status, headers, body } = await toResponse(passage)
    const event = passage.event()
    response.writeHead(proxy.toStatus(status), {
      ...headers,
      [STATUS_HEADER]: String(status),
      [RESULT_HEADER]: event?.error?.code ?? event?.outcome ?? 'rejected',
    })
    response.end(proxy.sendsBody ? body : '')
  }

  async function respond(request: IncomingRequest, { response }: Exchange): Promise<void> {
    const passage = guards.respond(request, request.header(RESULT_HEADER))
    const { status, headers, body } = await toResponse(passage)
    response.writeHead(status, headers).end(body)
  }

  function log(passage: Passage, request: IncomingRequest, exchange: Exchange): void {
    const { response } = exchange
    const event = passage.event()
    if (event === undefined) return
    const ended = new Promise<void>((resolve) => finished(response, () => resolve()))
    const write = async (): Promise<void> => {
      const content = await passage.readContent()
      const ending = getEnding(event, { ...exchange, request: exchange.incoming })
      const status = ending.status === 0 ? 0 : (event.status ?? ending.status)
      options.onRequest({ ...ending, event, url: request.target, content, payload: undefined, status, size: 0 })
    }
    addPending(ended.then(write))
  }

  return {
    warmUp: () => warmUp(options, guards),
    handle,
    close: async () => {
      while (pending.size > 0) await Promise.all(pending)
      guards.close()
    },
  }
}

async function toResponse({ received }: Passage): Promise<OutgoingResponse> {
  const result = await received
  if (result.kind === 'response') return result.response
  if (result.kind === 'authorized') await result.end({ status: unavailable.status, isDelivered: true })
  return unavailable
}

async function discard({ received }: Passage): Promise<void> {
  const result: ReceiveResult = await received
  if (result.kind === 'authorized') await result.end({ status: unavailable.status, isDelivered: true })
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T | typeof timedOut> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<typeof timedOut>((resolve) => {
    timer = setTimeout(() => resolve(timedOut), milliseconds)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
