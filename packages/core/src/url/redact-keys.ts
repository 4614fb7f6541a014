import { isCanonical } from '../crypto/base64url.ts'
import { trimEnd } from '../util/string.ts'
import {
  createBrokenPattern,
  type Piece,
  type PieceCheck,
  readComplete,
  readLongPieces,
  readPiece,
} from './broken-text.ts'

const brokenPrefix = createBrokenPattern('hks_')
const SECRET_LENGTH = 43

/** Replaces every key in a string with `hks_…`, including keys that are broken like the tokens that `redact` finds. */
export function redactKeys(text: string): string {
  let result = ''
  let done = 0
  for (const { 0: prefix, index } of text.matchAll(brokenPrefix)) {
    if (index < done) continue
    const start = index + prefix.length
    const end = findSecretEnd(text, start)
    if (end === start) continue
    result += `${text.slice(done, index)}hks_…`
    done = end
  }
  return result + text.slice(done)
}

// A key has no dots: a dot ends a sentence.
function findSecretEnd(text: string, start: number): number {
  const complete = readComplete(text, start, createSecretCheck)
  if (complete !== undefined) return complete.end - (complete.text.length - trimEnd(complete.text, '.').length)
  const first = readPiece(text, start)
  const dot = text.slice(start, first.end).indexOf('.')
  return dot < 0 ? readLongPieces(text, first, startsKey).end : start + dot
}

function createSecretCheck(): PieceCheck {
  let secret = ''
  return (piece) => {
    if (startsKey(piece)) return 'impossible'
    secret = trimEnd(secret + piece.text, '.')
    if (secret.length < SECRET_LENGTH) return 'incomplete'
    return isSecret(secret) ? 'complete' : 'impossible'
  }
}

function startsKey({ text }: Piece): boolean {
  return text.startsWith('hks_')
}

// Rules out the words of a sentence: 32 random bytes practically always contain both upper and lower case.
function isSecret(text: string): boolean {
  if (text.length !== SECRET_LENGTH || text.includes('.') || !isCanonical(text)) return false
  return countMatches(text, /[A-Z]/g) > 3 && countMatches(text, /[a-z]/g) > 3
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
