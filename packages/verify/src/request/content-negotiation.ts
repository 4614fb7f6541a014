import type { IncomingRequest } from './incoming-request.ts'

/**
 * Whether a request is a person's browser going somewhere: `Sec-Fetch-Mode: navigate`, or, without that header, an
 * `Accept` that prefers HTML. Everything else is a machine.
 */
export function isNavigation(exchange: IncomingRequest): boolean {
  const mode = exchange.header('sec-fetch-mode')
  return mode === undefined ? prefersHtml(exchange.header('accept')) : mode === 'navigate'
}

/** The languages of an `Accept-Language` header, the preferred one first; `*` is none. */
export function readLanguages(header: string | undefined): string[] {
  return readRanges(header)
    .filter(({ value, weight }) => weight > 0 && /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i.test(value))
    .sort((one, other) => other.weight - one.weight)
    .map(({ value }) => value)
}

// The preferred range is the first of those with the highest weight (RFC 9110, section 12.5.1).
function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.toLowerCase().includes('html')) return false
  let best = { value: '', weight: 0 }
  for (const range of readRanges(accept)) if (range.weight > best.weight) best = range
  const type = best.value.toLowerCase()
  return type === 'text/html' || type === 'application/xhtml+xml'
}

function readRanges(header: string | undefined): { value: string; weight: number }[] {
  return (header ?? '').split(',').map((range) => {
    const [value = '', ...parameters] = range.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => /^q=/i.test(parameter))
    return { value, weight: q === undefined ? 1 : Number(q.slice(2)) }
  })
}
