import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ResultEvent } from '@hookurl/verify'
import { getReceivedHook, type RequestLogEntry } from './request-log.ts'

/** A request whose response has ended. */
interface EndedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly time: Date
  /** When it arrived, by the clock that never goes back. */
  readonly startedAt: number
}

type Ending = Omit<RequestLogEntry, 'event' | 'content' | 'payload'>

/** Returns how a request ended: what was sent, not what the receiver was about to send. */
export function getEnding(event: ResultEvent, { request, response, time, startedAt }: EndedRequest): Ending {
  const hasFailed = response.errored !== null
  return {
    time,
    url: request.url ?? '',
    status: response.headersSent ? response.statusCode : 0,
    interruption: response.writableFinished ? undefined : hasFailed ? 'response_cut_off' : 'client_disconnected',
    isPreflight: request.headers['access-control-request-method'] !== undefined,
    size: getReceivedHook(event)?.rawBody({ encoded: true }).byteLength ?? getContentLength(request),
    durationMs: performance.now() - startedAt,
  }
}

/** Returns a signal that is aborted when the client disconnects, or the response has ended. */
export function getDisconnectSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}

function getContentLength({ headers }: IncomingMessage): number {
  const length = Number(headers['content-length'] ?? 0)
  return Number.isSafeInteger(length) ? length : 0
}
