import { findEndOfJsonString } from '@hookurl/core/internal'
import { parse } from 'secure-json-parse'
import { MAX_DEPTH } from './body-limits.ts'
import { byteOrderMark } from './charset.ts'

const quote = 0x22
const rejectPrototypes = { protoAction: 'error', constructorAction: 'error' } as const

/**
 * Parses JSON. Rejects `__proto__` and `constructor.prototype` at any depth and, before anything is allocated, more
 * than `MAX_DEPTH` levels.
 *
 * @throws {SyntaxError}
 */
export function parseJson(text: string): unknown {
  // `parse` would skip a byte order mark, which `JSON.parse` rejects. The decoder has already removed one.
  if (text.startsWith(byteOrderMark)) throw new SyntaxError('unexpected byte order mark')
  if (isTooDeep(text)) throw new SyntaxError('nested too deep')
  return parse(text, rejectPrototypes)
}

/**
 * Applies the rules of `parseJson` to a value that another parser created from JSON or a form.
 *
 * @throws {SyntaxError}
 */
export function assertSafeValue(value: object): void {
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deep')
    if (level.some(hasPrototype)) throw new SyntaxError('forbidden prototype member')
    // A multipart parser may have left the bytes of a file, and `scan` of secure-json-parse would visit each byte.
    level = level
      .flatMap((parent) => Object.values(parent).filter(isObject))
      .filter((child) => !ArrayBuffer.isView(child))
  }
}

function hasPrototype(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true
  if (!Object.hasOwn(value, 'constructor')) return false
  const member: unknown = Reflect.get(value, 'constructor')
  return isObject(member) && Object.hasOwn(member, 'prototype')
}

// For invalid JSON, the result does not matter, because the parser rejects it.
function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = findEndOfJsonString(text, at + 1)
    // In ASCII, brackets and braces differ only in bit 5, which is set here: `{` and `}`.
    else if ((code | 0x20) === 0x7b) depth++
    else if ((code | 0x20) === 0x7d) depth--
    if (depth > MAX_DEPTH) return true
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
