import { invalidOption } from '@hookurl/core/internal'

// RFC 9112, section 3.2.2: a request target may be a complete URL.
const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i
const pathEnd = /[?#]/

/** The origin to which a request was sent, as far as its host knows it. */
export interface RequestOrigin {
  readonly scheme: 'http' | 'https'
  /** The host and port that the client requested. */
  readonly host: string | undefined
}

/**
 * Creates the URL of a request. The target is treated as a path, even if it looks like a URL with another host. An
 * invalid host is replaced with `localhost`.
 */
export function createRequestUrl({ scheme, host = '' }: RequestOrigin, target: string): URL {
  const isHost = /^[^\s/?#@\\]+$/.test(host) && URL.canParse(`${scheme}://${host}/`)
  return new URL(`${scheme}://${isHost ? host : 'localhost'}${toPath(target)}`)
}

/**
 * Validates the option `basePath`. Returns it percent-encoded and without a slash at the end.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseBasePath(basePath: unknown): string {
  if (basePath === undefined) return ''
  if (typeof basePath !== 'string' || !basePath.startsWith('/') || pathEnd.test(basePath)) {
    throw invalidOption("basePath must be a path such as '/hooks'", 'Start it with a slash, without a query.')
  }
  return createRequestUrl({ scheme: 'http', host: undefined }, basePath).pathname.replace(/\/$/, '')
}

/** Whether the path of a request target is the base path or below it. Case-sensitive, and by complete segments. */
export function isWithin(basePath: string, target: string): boolean {
  if (basePath === '') return true
  const path = toPath(target)
  if (!path.startsWith(basePath)) return false
  return path.length === basePath.length || '/?#'.includes(path[basePath.length] as string)
}

// Returns the path, including the query.
function toPath(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(origin, '')
  return path.startsWith('/') ? path : `/${path}`
}
