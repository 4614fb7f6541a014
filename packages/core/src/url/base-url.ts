import { HookurlError, invalidOption } from '../errors.ts'
import { maxTokenLength } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'
import { locateToken } from './locate-token.ts'

/** Where a token stands in its URL: as the last segment of the path, or as the parameter `t`. */
export type TokenIn = 'path' | 'query'

/** A prepared base URL: puts tokens into it. */
export interface UrlParts {
  readonly before: string
  readonly after: string
  readonly maxUrlLength: number
}

/**
 * Prepares the base URL that tokens are put into.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseBaseUrl(baseUrl: unknown, tokenIn: unknown = 'path', maxUrlLength: unknown = 2048): UrlParts {
  const url = parseBase(baseUrl)
  if (tokenIn !== 'path' && tokenIn !== 'query') throw invalidOption("tokenIn must be 'path' or 'query'", 'Choose one.')
  if (!Number.isSafeInteger(maxUrlLength) || (maxUrlLength as number) < 1) {
    throw invalidOption('maxUrlLength must be a whole number of characters', 'Leave it out for 2048.')
  }
  const limit = maxUrlLength as number
  const path = url.origin + trimEnd(url.pathname, '/')
  if (tokenIn === 'path') return { before: `${path}/`, after: url.search, maxUrlLength: limit }
  if (url.searchParams.has('t')) {
    throw invalidOption('baseUrl has a parameter t, which is where the token goes', 'Rename the parameter.')
  }
  const query = url.search === '' ? '?' : `${url.search}&`
  return { before: `${url.origin}${url.pathname}${query}t=`, after: '', maxUrlLength: limit }
}

/**
 * Puts a token into a URL.
 *
 * @throws {HookurlError} `url_too_long`, naming the length of each part
 */
export function buildUrl(placement: UrlParts, token: string): string {
  const url = placement.before + token + placement.after
  if (url.length <= placement.maxUrlLength && token.length <= maxTokenLength) return url
  throw tooLong(placement, token, url.length)
}

/**
 * Finds the token of a hook URL again, also in one that mail programs, chats and proxies have damaged around it.
 * A text without `/` and `?` is taken to be the token itself.
 *
 * @throws {HookurlError} `no_token`, `ambiguous_token`
 */
export function findToken(url: string): string {
  const found = locateToken(url)
  if (found.ok) return found.token
  throw new HookurlError(found.code)
}

function parseBase(baseUrl: unknown): URL {
  const url = typeof baseUrl === 'string' && !/[\p{Cc}\s\\#]/u.test(baseUrl) ? parse(baseUrl) : undefined
  const fix = "Write an absolute URL such as 'https://bot.example.com/hooks'."
  if (url === undefined) throw invalidOption('baseUrl must be an absolute URL without white space and fragment', fix)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalidOption('baseUrl must be http or https', fix)
  if (url.username !== '' || url.password !== '') throw invalidOption('baseUrl must not have credentials', fix)
  const found = locateToken(url.href)
  if (found.ok || found.code === 'ambiguous_token') throw invalidOption('baseUrl holds a token already', fix)
  return url
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function tooLong(placement: UrlParts, token: string, length: number): HookurlError {
  const parts = token.split('.')
  const lengths = parts.map((part) => part.length)
  const [signature = 0, claims = 0] = lengths.reverse()
  const base = placement.before.length + placement.after.length
  const limit =
    length > placement.maxUrlLength
      ? `maxUrlLength is ${placement.maxUrlLength}`
      : `a token has at most ${maxTokenLength} characters and this one ${token.length}`
  return new HookurlError('url_too_long', {
    message:
      `the URL has ${length} characters, ${limit}: base URL ${base}, ` +
      `header ${parts.length > 2 ? parts[0]?.length : 0}, claims ${claims}, signature ${signature}`,
    fix: "Shorten the content or the redirect, keep long data on your side under an id, or use tokenFormat: 'short'.",
  })
}
