import { sha256Hex } from '#engine'
import { maxTokenLength } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'
import { decodePercentTwice, isWellFormedToken } from './locate-token.ts'

// Unlike `findToken`, which asks where a token must stand, this looks for the beginning of one anywhere.
const beginning = /eyJ(?:hbGci|0eXAi|raWQi|jbWQi)/i
// A header and what may be the whole of a short token, but is the first line of a wrapped one.
const onlyHeaded = /^eyJ(?:hbGci|0eXAi|raWQi)[\w-]*\.[\w-]*$/i
// What goes on after the white space that broke a token: a line, as mail programs wrap it, or a word.
const continuation = /(?:[ \t]*\r?\n[ \t>]*|[^\S\r\n]+)([\w.%-]+)/y
const shortestLine = 32

/** A text, redacted or to be, and where the search goes on after it. */
interface Redacted {
  readonly text: string
  readonly end: number
}

/**
 * Replaces everything in a text that is a token, or was one before it was damaged, with `[hook 3fa9c1]`: six hex digits
 * of the token's SHA-256, so that lines about one URL can be matched. Its time is linear in the length of the text.
 */
export function redact(text: string): string {
  // Runs that may hold a token, or, before white space, the first characters of one.
  const runs = /[\w.%-]{8,}|[\w.%-]+(?=(?:[ \t]*\r?\n[ \t>]*|[^\S\r\n]+)[\w.%-]{8})/g
  let result = ''
  let done = 0
  for (let match = runs.exec(text); match !== null; match = runs.exec(text)) {
    const redacted = redactWord(match[0], text, runs.lastIndex)
    if (redacted === undefined) continue
    result += text.slice(done, match.index) + redacted.text
    done = redacted.end
    runs.lastIndex = redacted.end
  }
  return result + text.slice(done)
}

function redactWord(run: string, text: string, end: number): Redacted | undefined {
  const decoded = decodePercentTwice(run).replace(/\s+/g, '')
  const at = findLastPiece(decoded)
  const before = decoded.slice(0, at).replace(/[\w.-]{8,}/g, redactMatch)
  const joined = joinWrappedLines(decoded.slice(at), text, end)
  const last = redactMatch(joined.text)
  const isSame = last === joined.text
  if (isSame && before === decoded.slice(0, at)) return undefined
  return isSame ? { text: before + decoded.slice(at), end } : { text: before + last, end: joined.end }
}

// The last piece may go on in the next line, even in the middle of an escape.
function findLastPiece(decoded: string): number {
  let at = /%[0-9a-f]?$/i.exec(decoded)?.index ?? decoded.length
  while (at > 0 && /[\w.-]/.test(decoded[at - 1] as string)) at--
  return at
}

function redactMatch(piece: string): string {
  const trimmed = trimEnd(piece, '.')
  const start = findStart(trimmed)
  if (start < 0) return piece
  return `${piece.slice(0, start)}[hook ${sha256Hex(trimmed.slice(start)).slice(0, 6)}]${piece.slice(trimmed.length)}`
}

// Takes the lines along that belong to the token which a piece begins.
function joinWrappedLines(piece: string, text: string, end: number): Redacted {
  let joined: Redacted = { text: piece, end }
  while (!isComplete(joined.text)) {
    continuation.lastIndex = joined.end
    const line = continuation.exec(text)?.[1]
    if (line === undefined || joined.text.length + line.length > maxTokenLength) break
    const next = { text: decodePercentTwice(joined.text + line), end: continuation.lastIndex }
    const start = findStart(next.text)
    if (start < 0 || start >= joined.text.length || beginsToken(line)) break
    if (line.length < shortestLine && !isComplete(next.text)) break
    joined = next
  }
  return joined
}

function isComplete(piece: string): boolean {
  const trimmed = trimEnd(piece, '.')
  const token = trimmed.slice(Math.max(findStart(trimmed), 0))
  return isWellFormedToken(token) && !onlyHeaded.test(token)
}

function beginsToken(line: string): boolean {
  return findStart(trimEnd(decodePercentTwice(line), '.')) === 0
}

function findStart(piece: string): number {
  if (isWellFormedToken(piece)) return 0
  const known = piece.search(beginning)
  if (known >= 0) return known
  const object = piece.indexOf('eyJ')
  return object >= 0 && piece.includes('.', object) ? object : -1
}
