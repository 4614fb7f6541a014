import { findEndOfJsonString, trimEnd } from '@hookurl/core/internal'

// Web Crypto, which exists in Node and browsers.
declare const crypto: { randomUUID(): string }

// `JSON.parse` and `JSON.stringify` see a marked number as a string. The marker is random, so no sender can imitate it.
// Newer runtimes have `context.source` and `JSON.rawJSON` for this; Node 20 does not.
const marker = crypto.randomUUID()
const markedNumber = new RegExp(`"${marker}([-+.0-9Ee]+)"`, 'g')
const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** A number that `JSON.stringify` would write differently from how it was received: `12345678901234567890`, `1.0`. */
export class JsonNumber {
  readonly literal: string

  constructor(literal: string) {
    this.literal = literal
  }

  /** For `stringifyJson`, which removes the marker. */
  toJSON(): string {
    return marker + this.literal
  }
}

/**
 * Parses JSON like `JSON.parse`, except that a number that would be written differently becomes a `JsonNumber`.
 *
 * @throws {SyntaxError} if `JSON.parse` throws
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const marked = markNumbers(text)
  return marked === text ? value : restoreNumbers(JSON.parse(marked))
}

/** Serializes a value like `JSON.stringify`, with the literals of `JsonNumber`; `undefined` becomes `null`. */
export function stringifyJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, undefined, indent) ?? 'null').replace(markedNumber, '$1')
}

/**
 * Whether a value is a number that does not round-trip through a double: it would be rounded, or become 0 or infinite.
 */
export function isInexactNumber(value: unknown): boolean {
  return value instanceof JsonNumber && normalize(value.literal) !== normalize(String(Number(value.literal)))
}

/** Turns every number that would be written differently into a marked string. The text must be valid JSON. */
function markNumbers(text: string): string {
  const token = /"|-?\d[-+.\dEe]*/g
  const parts: string[] = []
  let copied = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [literal] = match
    if (literal === '"') token.lastIndex = findEndOfJsonString(text, token.lastIndex) + 1
    else if (String(Number(literal)) !== literal) {
      parts.push(text.slice(copied, match.index), `"${marker}${literal}"`)
      copied = token.lastIndex
    }
  }
  return parts.join('') + text.slice(copied)
}

// A reviver would overflow the stack for deep values.
function restoreNumbers(value: unknown): unknown {
  const root = { value }
  const pending: Record<string, unknown>[] = [root]
  for (const parent of pending) {
    for (const [name, member] of Object.entries(parent)) {
      if (typeof member === 'object' && member !== null) pending.push(member as Record<string, unknown>)
      if (typeof member !== 'string' || !member.startsWith(marker)) continue
      parent[name] = new JsonNumber(member.slice(marker.length))
    }
  }
  return root.value
}

// Writes a number as its significant digits and the exponent of the last one, so that equal numbers are equal strings.
function normalize(literal: string): string {
  const match = decimal.exec(literal)
  if (match === null) return literal
  const [, sign = '', integer = '', fraction = '', exponent = '0'] = match
  const digits = (integer + fraction).replace(/^0+/, '')
  const significant = trimEnd(digits, '0')
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
