import { sha256Hex } from '#engine'
import { decodeTwice, isWhole } from './find.ts'
import { trimEnd } from './text.ts'
import { maxTokenLength } from './token.ts'

// Unlike `findToken`, which asks where a token must stand, this looks for the beginning of one anywhere.
const beginning = /eyJ(?:hbGci|0eXAi|raWQi|jbWQi)/i
// A line of a token that was wrapped, as mail programs do.
const continuation = /[ \t]*\r?\n[ \t>]*([\w.%-]+)/y
const shortestLine = 32

/**
 * Replaces everything in a text that is a token, or was one before it was damaged, with `[hook 3fa9c1]`: six hex digits
 * of the token's SHA-256, so that lines about one URL can be matched. Its time is linear in the length of the text.
 */
export function redact(text: string): string {
  const runs = /[\w.%-]{8,}/g
  let result = ''
  let end = 0
  for (let match = runs.exec(text); match !== null; match = runs.exec(text)) {
    const run = match[0]
    const decoded = decodeTwice(run)
    const redacted = decoded.replace(/[\w.-]{8,}/g, (piece) => redactPiece(piece, decoded.endsWith(piece), text, runs))
    if (redacted === decoded) continue
    result += text.slice(end, match.index) + redacted
    end = runs.lastIndex
  }
  return result + text.slice(end)
}

// `runs.lastIndex` is where the search goes on: a token that was wrapped takes its other lines along.
function redactPiece(piece: string, isLast: boolean, text: string, runs: RegExp): string {
  const trimmed = trimEnd(piece, '.')
  const start = isWhole(trimmed) ? 0 : findBeginning(trimmed)
  if (start < 0) return piece
  const found = trimmed.slice(start)
  const token = isLast && !isWhole(found) ? joinLines(piece.slice(start), text, runs) : found
  const rest = token.startsWith(piece.slice(start)) ? '' : piece.slice(trimmed.length)
  return `${piece.slice(0, start)}[hook ${sha256Hex(token).slice(0, 6)}]${rest}`
}

function joinLines(token: string, text: string, runs: RegExp): string {
  let joined = token
  for (;;) {
    continuation.lastIndex = runs.lastIndex
    const line = continuation.exec(text)?.[1]
    if (line === undefined || joined.length + line.length > maxTokenLength) return joined
    const next = joined + decodeTwice(line)
    const whole = isWhole(trimEnd(next, '.'))
    if (!whole && line.length < shortestLine) return joined
    runs.lastIndex = continuation.lastIndex
    if (whole) return trimEnd(next, '.')
    joined = next
  }
}

function findBeginning(piece: string): number {
  const known = piece.search(beginning)
  if (known >= 0) return known
  const object = piece.indexOf('eyJ')
  return object >= 0 && piece.includes('.', object) ? object : -1
}
