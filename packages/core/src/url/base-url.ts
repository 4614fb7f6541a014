import { HookurlError, invalidOption } from '../errors.ts'
import { isHandle } from '../token/handle.ts'
import { MAX_TOKEN_LENGTH } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'
import { locateToken } from './locate-token.ts'
import { isPrivateHost } from './private-host.ts'

/** Where the token is in the URL: the last segment of the path (`'path'`), or the parameter `t` (`'query'`). */
export type TokenIn = 'path' | 'query'

/** A parsed base URL: the parts before and after the token, and the maximum length of the URL. */
export interface UrlParts {
  readonly before: string
  readonly after: string
  readonly maxUrlLength: number
}

const DEFAULT_MAX_URL_LENGTH = 2048

/** The options that determine the parts of a URL, not validated yet. */
export interface UrlOptions {
  readonly baseUrl: unknown
  readonly tokenIn?: unknown
  readonly maxUrlLength?: unknown
  readonly allowInsecure?: unknown
}

/**
 * Parses the base URL that tokens are put into. It must be https, or http on a host that is certainly not public.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseBaseUrl(options: UrlOptions): UrlParts {
  const { tokenIn = 'path', maxUrlLength = DEFAULT_MAX_URL_LENGTH, allowInsecure = false } = options
  if (typeof allowInsecure !== 'boolean') {
    throw invalidOption('allowInsecure must be true or false', 'Set it to true or false.')
  }
  const url = parseAndCheckUrl(options.baseUrl)
  if (url.protocol === 'http:' && !allowInsecure && !isPrivateHost(url.hostname)) {
    throw invalidOption(
      'baseUrl is http on a public host: anyone on the network path could read and use the URLs',
      'Use https. If the URLs never leave a network that you trust, set allowInsecure: true.',
    )
  }
  if (tokenIn !== 'path' && tokenIn !== 'query')
    throw invalidOption("tokenIn must be 'path' or 'query'", "Set it to 'path' or 'query'.")
  if (!Number.isSafeInteger(maxUrlLength) || (maxUrlLength as number) < 1) {
    throw invalidOption(
      'maxUrlLength must be a positive integer',
      `Omit it for the default of ${DEFAULT_MAX_URL_LENGTH} characters.`,
    )
  }
  const limit = maxUrlLength as number
  const path = url.origin + trimEnd(url.pathname, '/')
  if (tokenIn === 'path') return { before: `${path}/`, after: url.search, maxUrlLength: limit }
  if (url.searchParams.has('t')) {
    throw invalidOption('baseUrl has a parameter t, which is reserved for the token', 'Rename the parameter.')
  }
  const query = url.search === '' ? '?' : `${url.search}&`
  return { before: `${url.origin}${url.pathname}${query}t=`, after: '', maxUrlLength: limit }
}

/**
 * Builds the URL of a token.
 *
 * @throws {HookurlError} `url_too_long`, with the length of each part
 */
export function buildUrl(parts: UrlParts, token: string): string {
  const url = parts.before + token + parts.after
  if (url.length <= parts.maxUrlLength && token.length <= MAX_TOKEN_LENGTH) return url
  throw urlTooLongError(parts, token, url.length)
}

/**
 * Finds the token in a hook URL, even if an email client, chat app or proxy has damaged the URL around it. A string
 * without `/` and `?` is the token itself, or a URL that is percent-encoded entirely. URLs that contain another one, such
 * as Outlook Safe Links, are not read; `inspect` reads them.
 *
 * @throws {HookurlError} `no_token`, `ambiguous_token`
 */
export function findToken(url: string): string {
  const located = locateToken(url)
  if (located.kind === 'none' || located.kind === 'ambiguous') throw new HookurlError(located.code)
  if (located.kind === 'valid' && isHandle(located.segments)) throw new HookurlError('no_token')
  return located.token
}

function parseAndCheckUrl(baseUrl: unknown): URL {
  const url = typeof baseUrl === 'string' && !/[\p{Cc}\s\\#]/u.test(baseUrl) ? parseUrl(baseUrl) : undefined
  const fix = "Write an absolute URL such as 'https://bot.example.com/hooks'."
  if (url === undefined) throw invalidOption('baseUrl must be an absolute URL without whitespace or a fragment', fix)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalidOption('baseUrl must be http or https', fix)
  if (url.username !== '' || url.password !== '') throw invalidOption('baseUrl must not have credentials', fix)
  if (locateToken(url.href).kind !== 'none') throw invalidOption('baseUrl already contains a token', fix)
  return url
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function urlTooLongError(parts: UrlParts, token: string, length: number): HookurlError {
  const segments = token.split('.')
  const header = segments.length > 2 ? segments[0]?.length : 0
  const [signature = 0, claims = 0] = segments.map((segment) => segment.length).reverse()
  const base = parts.before.length + parts.after.length
  const limit =
    length > parts.maxUrlLength
      ? `maxUrlLength is ${parts.maxUrlLength}`
      : `a token has at most ${MAX_TOKEN_LENGTH} characters and this one has ${token.length}`
  return new HookurlError('url_too_long', {
    message:
      `the URL has ${length} characters, ${limit}: base URL ${base}, ` +
      `header ${header}, claims ${claims}, signature ${signature}`,
    fix: "Shorten the content or the redirect, store long data on your side under an id, or use tokenFormat: 'short'.",
  })
}
