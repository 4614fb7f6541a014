import type { IncomingRequest } from './incoming-request.ts'

/** Who sent a request: a browser that a user navigates, or any other program. */
export type ClientKind = 'browser' | 'api'

/**
 * Tells a browser from an API client: a browser sends `Sec-Fetch-Mode: navigate` (Fetch Metadata) or, without that
 * header, an `Accept` that prefers HTML.
 */
export function getClientKind(request: IncomingRequest): ClientKind {
  const mode = request.header('sec-fetch-mode')
  const isNavigation = mode === undefined ? prefersHtml(request.header('accept')) : mode === 'navigate'
  return isNavigation ? 'browser' : 'api'
}

/** Parses an `Accept-Language` header into language tags, most preferred first; `*` is omitted. */
export function parseLanguages(header: string | undefined): string[] {
  return parseRanges(header)
    .filter(({ value, weight }) => weight > 0 && /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i.test(value))
    .sort((a, b) => b.weight - a.weight)
    .map(({ value }) => value)
}

// The preferred range is the first of those with the highest weight (RFC 9110, section 12.5.1).
function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.toLowerCase().includes('html')) return false
  let preferred = { value: '', weight: 0 }
  for (const range of parseRanges(accept)) if (range.weight > preferred.weight) preferred = range
  const type = preferred.value.toLowerCase()
  return type === 'text/html' || type === 'application/xhtml+xml'
}

function parseRanges(header: string | undefined): { value: string; weight: number }[] {
  return (header ?? '').split(',').map((range) => {
    const [value = '', ...parameters] = range.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => /^q=/i.test(parameter))
    return { value, weight: q === undefined ? 1 : Number(q.slice(2)) }
  })
}
