import { sha256Hex } from '#engine'
import { MAX_TOKEN_LENGTH } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'
import {
  createBrokenPattern,
  type Piece,
  type PieceCheck,
  readComplete,
  readLongPieces,
  readNextPiece,
  readPiece,
  separators,
} from './broken-text.ts'
import { decodePercentTwice, isWellFormedToken } from './locate-token.ts'
import { decodeQuotedPrintable } from './repair-url.ts'

// A token starts with the base64url of `{"` and the name of a member of its header or claims.
const knownStart = /^eyJ(?:hbGci|0eXAi|raWQi|lbmMi|jbWQi|zdWIi|jbnQi|yZHIi|leHAi|uYmYi|pYXQi|qdGki|1c2Ui|nZXQi)/i
const KNOWN_START_LENGTH = 8
const brokenStart = createBrokenPattern('eyJ')
// A word, in which characters may be percent-encoded, or an escape of another character.
const tokenEscape = '%(?:25)?(?:2[dDeE]|3\\d|[46][1-9a-fA-F]|[57][\\daA]|5[fF])'
const word = new RegExp(`(?:[\\w.-]|${tokenEscape}){8,}|%(?:25)?[\\da-fA-F]{2}`, 'g')
// A header and one segment, although it could be an entire short token.
const headerAndSegment = /^eyJ(?:hbGci|0eXAi|raWQi)[\w-]*\.[\w-]*$/i
const SIGNATURE_LENGTH = 43
const TAG_LENGTH = 22
const MAX_DOTS = 6
// How many pieces inside a token may start like a token: its claims, and objects in its content.
const MAX_INNER_STARTS = 4

/**
 * Replaces every token in a string, including damaged ones, with `[hook 3fa9c1]`: six hex digits of the token's
 * SHA-256, so that log lines about the same URL can be correlated. Takes time linear in the length of the string.
 *
 * A token is found even if it is broken anywhere and many times, each time by at most three characters with spaces
 * around them, by a line break with quoting and indentation, or by any number of invisible characters. An HTML entity or
 * tag, a percent-encoded or quoted-printable character, an escape of a JSON string and a terminal color code count as
 * one character. If the token is also truncated, its pieces of at least 16 characters are removed up to the first
 * shorter one.
 *
 * These are not found: pieces that are further apart, such as lines with a timestamp or a line number before each;
 * pieces separated by letters, digits, `-`, `_` or `.`, such as hyphenated lines; and some tokens broken by `&`, `<`,
 * `%` or `\\` that read like markup or escapes together with what follows.
 */
export function redact(text: string): string {
  let result = ''
  let done = 0
  // Each encoding has the same length, so that positions are the same in both.
  const sources = [...new Set([text, decodeQuotedPrintable(text)])]
  const starts = [...new Set(sources.flatMap(findTokenStarts))].sort((one, other) => one - other)
  for (const [index, start] of starts.entries()) {
    if (start < done) continue
    const token = readToken(sources, start, starts[index + MAX_INNER_STARTS + 1])
    result += `${text.slice(done, start)}[hook ${sha256Hex(token.text).slice(0, 6)}]`
    done = token.end
  }
  return result + text.slice(done)
}

function findTokenStarts(text: string): number[] {
  const starts: number[] = []
  for (const { index } of text.matchAll(brokenStart)) {
    if (startsLikeToken(text, index)) starts.push(index)
  }
  for (const { 0: match, index } of text.matchAll(word)) {
    const start = findUnknownStart(match)
    if (start >= 0) starts.push(index + start)
  }
  return starts
}

// In words whose start is known by its structure alone.
function findUnknownStart(match: string): number {
  if (!/[.%]/.test(match)) return -1
  const decoded = trimEnd(decodePercentTwice(match), '.')
  if (isWellFormedToken(decoded)) return 0
  const start = decoded.indexOf('eyJ')
  if (start < 0 || !decoded.includes('.', start)) return -1
  return match.includes('%') ? 0 : start
}

function startsLikeToken(text: string, start: number): boolean {
  if (!/[e%]/i.test(text[start] as string)) return false
  return separators.some((separator) => {
    let { text: read, end } = readPiece(text, start, KNOWN_START_LENGTH)
    while (read.length < KNOWN_START_LENGTH) {
      const next = readNextPiece(text, end, separator)
      if (next === undefined) return false
      read += next.text
      end = next.end
    }
    return knownStart.test(read)
  })
}

function readToken(sources: readonly string[], start: number, limit: number = Number.POSITIVE_INFINITY): Piece {
  for (const source of sources) {
    const complete = readComplete(source, start, () => createTokenCheck(limit))
    if (complete !== undefined) return trimDots(complete, source)
  }
  const damaged = sources.map((source) => trimDots(readDamagedToken(source, start), source))
  return damaged.reduce((longest, piece) => (piece.end > longest.end ? piece : longest))
}

function readDamagedToken(text: string, start: number): Piece {
  return readLongPieces(text, readTokenStart(text, start), (piece) => startsLikeToken(text, piece.start))
}

// The pieces in which a token starts, which may be short.
function readTokenStart(text: string, start: number): Piece {
  let token = readPiece(text, start)
  while (token.text.length < KNOWN_START_LENGTH) {
    const next = readNextPiece(text, token.end, separators[0])
    if (next === undefined) break
    token = { text: token.text + next.text, start, end: next.end }
  }
  return token
}

// Looks at the entire token only where it may end: after a segment as long as a signature or a tag.
function createTokenCheck(limit: number): PieceCheck {
  let text = ''
  let lastSegment = 0
  let dots = 0
  return (piece) => {
    text += piece.text
    dots += piece.text.split('.').length - 1
    const trimmed = trimEnd(piece.text, '.')
    const length = measureLastSegment(trimmed, lastSegment)
    if (length === SIGNATURE_LENGTH || length === TAG_LENGTH) {
      const token = trimEnd(text, '.')
      if (isWellFormedToken(token) && !headerAndSegment.test(token)) return 'complete'
    }
    lastSegment = measureLastSegment(piece.text, lastSegment)
    const isPossible = dots <= MAX_DOTS && piece.end <= limit && text.length <= MAX_TOKEN_LENGTH
    return isPossible ? 'incomplete' : 'impossible'
  }
}

function measureLastSegment(text: string, before: number): number {
  const dot = text.lastIndexOf('.')
  return dot < 0 ? before + text.length : text.length - dot - 1
}

// Dots after a token end a sentence.
function trimDots({ text, start, end }: Piece, source: string): Piece {
  let last = end
  while (source[last - 1] === '.') last--
  return { text: trimEnd(text, '.'), start, end: last }
}
