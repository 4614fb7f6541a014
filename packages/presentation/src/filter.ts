import { getBodyKind } from './body-kind.ts'
import type { HeaderPair, RequestSummary } from './protocol.ts'

/** Names that limit a term to one property: `status:4xx`. */
export const filterFields = [
  'body',
  'code',
  'command',
  'header',
  'method',
  'outcome',
  'size',
  'status',
  'type',
  'user',
] as const
export type FilterField = (typeof filterFields)[number]

/** One condition of a filter. */
export interface FilterTerm {
  /** The property to look at; absent if the term can be anywhere in a request. */
  readonly field?: FilterField
  /** In lowercase. */
  readonly value: string
  /** Whether requests that match are left out. */
  readonly isExcluded: boolean
}

/** What a term may be in, apart from the summary. Everything is in lowercase. */
export interface SearchableContent {
  readonly headers: readonly HeaderPair[]
  /** Returns the bodies as text. */
  getBodies(): readonly string[]
}

export const MAX_FILTER_LENGTH = 500
// -field:value or -value; a value contains spaces between quotes. A quote that is not closed runs to the end.
const termPattern = /(-?)(?:([a-z]+):)?((?:[^\s"]|"[^"]*(?:"|$))+)/gi
const comparison = /^([<>]=?)(\d+(?:\.\d+)?)([km]?)b?$/
const unitBytes: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 * 1024 }

/** Parses a filter: words that must all match, `"exact words"`, `field:value`, and `-` before what must not match. */
export function parseFilter(text: string): readonly FilterTerm[] {
  const terms: FilterTerm[] = []
  for (const [whole, minus = '', name, rest = ''] of text.slice(0, MAX_FILTER_LENGTH).matchAll(termPattern)) {
    const field = filterFields.find((each) => each === name?.toLowerCase())
    const isExcluded = minus === '-'
    // A name that is no field is part of the word: `12:30`, `https://…`.
    const value = name !== undefined && field === undefined ? whole.slice(minus.length) : rest
    const word = value.replaceAll('"', '').toLowerCase()
    if (word !== '' && word !== '-') terms.push({ field, value: word, isExcluded })
  }
  return terms
}

/**
 * Whether a request matches every term, by its summary alone. Returns `undefined` if that depends on its headers and
 * bodies.
 */
export function matchSummary(terms: readonly FilterTerm[], summary: RequestSummary): boolean | undefined {
  let result: boolean | undefined = true
  for (const { isExcluded, ...term } of terms) {
    const matches = matchTerm(term, summary)
    if (matches === isExcluded) return false
    if (matches === undefined) result = undefined
  }
  return result
}

/** Whether a request matches every term, by its summary, headers and bodies. */
export function matchContent(
  terms: readonly FilterTerm[],
  summary: RequestSummary,
  content: SearchableContent,
): boolean {
  return terms.every(({ isExcluded, ...term }) => {
    const matches = matchTerm(term, summary) ?? isInContent(term, content)
    return matches !== isExcluded
  })
}

type Condition = Omit<FilterTerm, 'isExcluded'>

function matchTerm({ field, value }: Condition, summary: RequestSummary): boolean | undefined {
  if (field !== undefined) return fieldMatchers[field](value, summary)
  return getSummaryText(summary).includes(value) ? true : undefined
}

type FieldMatcher = (value: string, summary: RequestSummary) => boolean | undefined

const fieldMatchers: Readonly<Record<FilterField, FieldMatcher>> = {
  body: () => undefined,
  header: () => undefined,
  code: (value, { code }) => includes(code, value),
  command: (value, { command }) => includes(command, value),
  method: (value, { method }) => method.toLowerCase() === value,
  outcome: (value, { outcome }) => includes(outcome.replaceAll('_', ' '), value.replaceAll('_', ' ')),
  size: (value, { bytes }) => compare(value, bytes) ?? String(bytes) === value,
  status: (value, { status }) => matchStatus(value, status),
  type: (value, { contentType, bytes }) => getBodyKind(contentType, bytes) === value || includes(contentType, value),
  user: (value, { userId }) => userId?.toLowerCase() === value,
}

function matchStatus(value: string, status: number): boolean {
  if (/^\dxx$/.test(value)) return Math.floor(status / 100) === Number(value[0])
  return compare(value, status) ?? String(status).startsWith(value)
}

/** Compares a number as in `>=400` or `<10k`. Returns `undefined` if the value is no comparison. */
function compare(value: string, actual: number): boolean | undefined {
  const match = comparison.exec(value)
  if (match === null) return undefined
  const [, operator, number, unit = ''] = match
  const limit = Number(number) * (unitBytes[unit] as number)
  if (operator === '>') return actual > limit
  if (operator === '>=') return actual >= limit
  return operator === '<' ? actual < limit : actual <= limit
}

function getSummaryText(summary: RequestSummary): string {
  const { id, method, target, status, outcome, code, command, userId, about } = summary
  const words = [`#${id}`, method, target, status, outcome, outcome.replaceAll('_', ' '), code, command, userId, about]
  return words.join(' ').toLowerCase()
}

function isInContent({ field, value }: Condition, { headers, getBodies }: SearchableContent): boolean {
  if (field === 'header') return isInHeaders(value, headers) || hasHeader(value, headers)
  if (field === undefined && isInHeaders(value, headers)) return true
  return getBodies().some((body) => body.includes(value))
}

function isInHeaders(value: string, headers: readonly HeaderPair[]): boolean {
  return headers.some(([name, text]) => `${name}: ${text}`.toLowerCase().includes(value))
}

// `x-event=push`: the name and a part of the value.
function hasHeader(value: string, headers: readonly HeaderPair[]): boolean {
  const equals = value.indexOf('=')
  const name = value.slice(0, Math.max(equals, 0))
  return headers.some((header) => header[0].toLowerCase() === name && includes(header[1], value.slice(equals + 1)))
}

function includes(text: string | undefined, value: string): boolean {
  return text?.toLowerCase().includes(value) === true
}
