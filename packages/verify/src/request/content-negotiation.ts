import type { IncomingRequest } from './incoming-request.ts'

/** Who sent a request: a browser that a user navigates, or any other program. */
export type ClientKind = 'browser' | 'api'

// The encodings of HTML forms (HTML, section 4.10.19.6).
const formTypes: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])
const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml'])
// Browsers send a `User-Agent` that begins with `Mozilla/`, except for these text browsers.
const browserAgents = ['Mozilla/', 'Lynx/', 'w3m/'] as const

// A media or language range and its parameters: what follows is ignored. Clients send two or three.
const MAX_RANGE_PARTS = 8
// Browsers send up to ten languages, each of up to ten characters.
const MAX_LANGUAGES = 32
const MAX_LANGUAGE_LENGTH = 35
const languageTag = /^[a-z]{1,8}(?:-[a-z\d]{1,8})*$/i
// RFC 9110, section 12.4.2.
const weightPattern = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * Distinguishes a browser from an API client: a browser sends `Sec-Fetch-Mode: navigate` (Fetch Metadata). Browsers
 * without Fetch Metadata are recognized by method, content type, `Accept` and `User-Agent`.
 */
export function getClientKind(request: IncomingRequest): ClientKind {
  const mode = request.header('sec-fetch-mode')
  const isNavigation = mode === undefined ? isOlderBrowser(request) : mode === 'navigate'
  return isNavigation ? 'browser' : 'api'
}

/**
 * Parses an `Accept-Language` header (RFC 9110, section 12.5.4) into language tags, most preferred first; `*`, languages
 * that are not acceptable (`q=0`), what is malformed, and what follows the 32nd language is omitted.
 */
export function parseLanguages(header: string | undefined): string[] {
  return parseRanges(header, MAX_LANGUAGES)
    .filter(({ value, q }) => value.length <= MAX_LANGUAGE_LENGTH && languageTag.test(value) && weightPattern.test(q))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ value }) => value)
}

// Java's URLConnection also prefers HTML, so the preference alone is not enough. The most expensive check comes last.
function isOlderBrowser(request: IncomingRequest): boolean {
  const accept = request.header('accept')?.toLowerCase() ?? ''
  if (!accept.includes('html') || !isLinkOrForm(request)) return false
  if (request.header('sec-fetch-site') !== undefined || request.header('sec-fetch-dest') !== undefined) return false
  const agent = request.header('user-agent') ?? ''
  const namesBrowser = browserAgents.some((name) => agent.startsWith(name))
  return (namesBrowser || accept.includes('application/xhtml+xml')) && prefersHtml(accept)
}

function isLinkOrForm(request: IncomingRequest): boolean {
  if (request.method !== 'POST') return request.method === 'GET' || request.method === 'HEAD'
  const [type = ''] = (request.header('content-type') ?? '').split(';', 1)
  return formTypes.has(type.trim().toLowerCase())
}

// The preferred range is the first of those with the highest weight (RFC 9110, section 12.5.1). WebKit before 2011,
// still found on e-readers, lists XML before HTML.
function prefersHtml(accept: string): boolean {
  let preferred = { value: '', weight: 0 }
  for (const range of parseRanges(accept)) {
    if (range.weight > preferred.weight && range.value !== 'application/xml') preferred = range
  }
  return htmlTypes.has(preferred.value)
}

function parseRanges(header: string | undefined, limit?: number): { value: string; weight: number; q: string }[] {
  return (header ?? '').split(',', limit).map((range) => {
    const [value = '', ...parameters] = range.split(';', MAX_RANGE_PARTS).map((part) => part.trim())
    const q = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1'
    return { value, weight: Number(q), q }
  })
}
