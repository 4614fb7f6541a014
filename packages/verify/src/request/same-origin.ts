import type { IncomingRequest } from './incoming-request.ts'

/**
 * Whether a request cannot be a cross-site request with the user's cookies: the browser reports that the page has the same
 * origin (Fetch Metadata, section 2.3) or, in older browsers, sends its origin (RFC 6454, section 7). A client that sends
 * neither header is not a browser, unless it sends cookies.
 */
export function isSameOrigin(request: IncomingRequest): boolean {
  const site = request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = request.header('origin')
  if (origin !== undefined) return isHost(origin, request)
  return request.header('cookie') === undefined
}

// The scheme is not compared: behind a proxy that terminates TLS, the receiver sees another.
function isHost(origin: string, request: IncomingRequest): boolean {
  const url = parseUrl(origin)
  if (url === undefined || url.origin !== origin) return false
  const host = request.header('host') ?? parseUrl(request.target)?.host
  // A default port may be written out.
  return host !== undefined && parseUrl(`${url.protocol}//${host}`)?.host === url.host
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
