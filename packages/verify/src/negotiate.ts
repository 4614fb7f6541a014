import type { Exchange } from './exchange.ts'

/**
 * Whether a request is a person's browser going somewhere: `Sec-Fetch-Mode: navigate`, or, without that header, an
 * `Accept` that prefers HTML. Everything else is a machine.
 */
export function isNavigation(exchange: Exchange): boolean {
  const mode = exchange.header('sec-fetch-mode')
  return mode === undefined ? prefersHtml(exchange.header('accept')) : mode === 'navigate'
}

// The preferred range is the first of those with the highest weight (RFC 9110, section 12.5.1).
function prefersHtml(accept: string | undefined): boolean {
  let best = ''
  let bestWeight = 0
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    const weight = q === undefined ? 1 : Number(q.slice(2))
    if (weight > bestWeight) [best, bestWeight] = [type, weight]
  }
  return best === 'text/html' || best === 'application/xhtml+xml'
}
