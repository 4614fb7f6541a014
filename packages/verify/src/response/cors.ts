import type { IncomingRequest } from '../request/incoming-request.ts'
import { emptyResponse, type OutgoingResponse } from './response.ts'

/** Whether a request is a CORS preflight, which browsers send before a page's cross-origin request (Fetch standard). */
export function isPreflight(request: IncomingRequest): boolean {
  return request.header('origin') !== undefined && request.header('access-control-request-method') !== undefined
}

/** Creates the response to a preflight from a listed origin. */
export function preflightResponse(allow: string): OutgoingResponse {
  return emptyResponse(204, {
    'access-control-allow-methods': allow,
    'access-control-allow-headers': '*',
    'access-control-max-age': '600',
  })
}

/** Lets pages from listed origins read a response. */
export function withCors(
  response: OutgoingResponse,
  request: IncomingRequest,
  origins: ReadonlySet<string>,
): OutgoingResponse {
  return origins.size === 0 ? response : { ...response, headers: withCorsHeaders(response.headers, request, origins) }
}

/** Adds the CORS headers to those of a response that a guarded route will send. */
export function withCorsHeaders(
  headers: OutgoingResponse['headers'],
  request: IncomingRequest,
  origins: ReadonlySet<string>,
): OutgoingResponse['headers'] {
  if (origins.size === 0) return headers
  const origin = request.header('origin')
  const vary = headers.vary === undefined ? 'Origin' : `${headers.vary}, Origin`
  const extended: Record<string, string> = { ...headers, vary }
  if (origin !== undefined && origins.has(origin)) extended['access-control-allow-origin'] = origin
  return extended
}
