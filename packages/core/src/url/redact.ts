import { sha256Hex } from '#engine'
import { MAX_TOKEN_LENGTH } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'
import { decodePercentTwice, isWellFormedToken } from './locate-token.ts'

// Unlike `findToken`, which only looks where a token belongs, this finds the start of one anywhere.
const knownStart = /eyJ(?:hbGci|0eXAi|raWQi|jbWQi)/i
// A header and one segment: taken as the first line of a wrapped token, although it could be a complete short token.
const headerAndSegment = /^eyJ(?:hbGci|0eXAi|raWQi)[\w-]*\.[\w-]*$/i
// The rest of a token after whitespace that split it: a line, as email clients wrap it, or a word.
const continuation = /(?:[ \t]*\r?\n[ \t>]*|[^\S\r\n]+)([\w.%-]+)/y
const MIN_LINE_LENGTH = 32

/** A part of a string, and the position after it. */
interface TextPart {
  readonly text: string
  readonly end: number
}

/**
 * Replaces every token in a string, including damaged ones, with `[hook 3fa9c1]`: six hex digits of the token's
 * SHA-256, so that log lines about the same URL can be correlated. Takes time linear in the length of the string.
 */
export function redact(text: string): string {
  // Words that may contain a token or, before whitespace, the first characters of one.
  const words = /[\w.%-]{8,}|[\w.%-]+(?=(?:[ \t]*\r?\n[ \t>]*|[^\S\r\n]+)[\w.%-]{8})/g
  let result = ''
  let done = 0
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    const redacted = redactWord(match[0], { text, end: words.lastIndex })
    if (redacted === undefined) continue
    result += text.slice(done, match.index) + redacted.text
    done = redacted.end
    words.lastIndex = redacted.end
  }
  return result + text.slice(done)
}

// `source` is the entire string and the position after the word.
function redactWord(word: string, source: TextPart): TextPart | undefined {
  const decoded = decodePercentTwice(word).replace(/\s+/g, '')
  const at = findLastMatchStart(decoded)
  const before = decoded.slice(0, at).replace(/[\w.-]{8,}/g, redactMatch)
  const joined = joinWrappedLines(decoded.slice(at), source)
  const last = redactMatch(joined.text)
  const isSame = last === joined.text
  if (isSame && before === decoded.slice(0, at)) return undefined
  return isSame ? { text: before + decoded.slice(at), end: source.end } : { text: before + last, end: joined.end }
}

// The last match may continue on the next line, even in the middle of an escape.
function findLastMatchStart(decoded: string): number {
  let at = /%[0-9a-f]?$/i.exec(decoded)?.index ?? decoded.length
  while (at > 0 && /[\w.-]/.test(decoded[at - 1] as string)) at--
  return at
}

function redactMatch(match: string): string {
  const trimmed = trimEnd(match, '.')
  const start = findTokenStart(trimmed)
  if (start < 0) return match
  return `${match.slice(0, start)}[hook ${sha256Hex(trimmed.slice(start)).slice(0, 6)}]${match.slice(trimmed.length)}`
}

// Appends the lines that continue the token that starts in the match.
function joinWrappedLines(match: string, source: TextPart): TextPart {
  let joined: TextPart = { text: match, end: source.end }
  while (!isComplete(joined.text)) {
    continuation.lastIndex = joined.end
    const line = continuation.exec(source.text)?.[1]
    if (line === undefined || joined.text.length + line.length > MAX_TOKEN_LENGTH) break
    const next = { text: decodePercentTwice(joined.text + line), end: continuation.lastIndex }
    const start = findTokenStart(next.text)
    if (start < 0 || start >= joined.text.length || startsWithToken(line)) break
    if (line.length < MIN_LINE_LENGTH && !isComplete(next.text)) break
    joined = next
  }
  return joined
}

function isComplete(match: string): boolean {
  const trimmed = trimEnd(match, '.')
  const token = trimmed.slice(Math.max(findTokenStart(trimmed), 0))
  return isWellFormedToken(token) && !headerAndSegment.test(token)
}

function startsWithToken(line: string): boolean {
  return findTokenStart(trimEnd(decodePercentTwice(line), '.')) === 0
}

function findTokenStart(text: string): number {
  if (isWellFormedToken(text)) return 0
  const known = text.search(knownStart)
  if (known >= 0) return known
  const object = text.indexOf('eyJ')
  return object >= 0 && text.includes('.', object) ? object : -1
}
