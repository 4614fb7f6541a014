import { parse, scan } from 'secure-json-parse'

/** How deep arrays and objects may stand in each other. */
export const MAX_DEPTH = 64

const quote = 0x22
const backslash = 0x5c
const refuse = { protoAction: 'error', constructorAction: 'error' } as const

/**
 * Parses JSON, and refuses `__proto__` and `constructor.prototype` wherever they stand.
 *
 * @throws {SyntaxError} also for what is nested too deep, before anything is made of it
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError('nested too deep')
  return parse(text, refuse)
}

/**
 * The same for what somebody else's parser has made of JSON or a form.
 *
 * @throws {SyntaxError}
 */
export function checkParsed(value: object): void {
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deep')
    level = level.flatMap((parent) => Object.values(parent).filter(isObject))
  }
  scan(value, refuse)
}

// Of JSON that is none this may say anything: the parser has the last word.
function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at + 1)
    // In ASCII the brackets and braces differ in bit 5 alone, which is set here: `{` and `}`.
    else if ((code | 0x20) === 0x7b) depth++
    else if ((code | 0x20) === 0x7d) depth--
    if (depth > MAX_DEPTH) return true
  }
  return false
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return text.length
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
