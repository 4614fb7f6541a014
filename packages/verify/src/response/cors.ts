import type { IncomingRequest, OutgoingResponse } from '../request/incoming-request.ts'
import { emptyResponse } from './response.ts'

/** Whether a request is a browser asking beforehand, for a page of another origin (Fetch standard, CORS preflight). */
export function isPreflight(exchange: IncomingRequest): boolean {
  return exchange.header('origin') !== undefined && exchange.header('access-control-request-method') !== undefined
}

/** The answer to the preflight of a listed origin. */
export function preflightResponse(allow: string): OutgoingResponse {
  return emptyResponse(204, {
    'access-control-allow-methods': allow,
    'access-control-allow-headers': '*',
    'access-control-max-age': '600',
  })
}

/** Lets pages of listed origins read an answer. */
export function withCors(
  answer: OutgoingResponse,
  exchange: IncomingRequest,
  origins: ReadonlySet<string>,
): OutgoingResponse {
  return origins.size === 0 ? answer : { ...answer, headers: withCorsHeaders(answer.headers, exchange, origins) }
}

/** The same for the headers of an answer that somebody else will give. */
export function withCorsHeaders(
  headers: OutgoingResponse['headers'],
  exchange: IncomingRequest,
  origins: ReadonlySet<string>,
): OutgoingResponse['headers'] {
  if (origins.size === 0) return headers
  const origin = exchange.header('origin')
  const marked: Record<string, string> = { ...headers, vary: 'Origin' }
  if (origin !== undefined && origins.has(origin)) marked['access-control-allow-origin'] = origin
  return marked
}
