import type { ErrorCode } from '../errors.ts'
import { parseToken, type TokenSegments } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'

/** A token found in a text; with its shape, where that was read already. */
export interface LocatedToken {
  readonly ok: true
  readonly token: string
  readonly segments?: TokenSegments
}

/** A token found in a text, or why there is none. */
export type LocateResult =
  | LocatedToken
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'no_token' | 'ambiguous_token'> }

/** A text that stands where a token may; with its shape, where it is a whole one. */
interface Candidate {
  readonly token: string
  readonly segments: TokenSegments | undefined
}

// The first character of a token is that of `{` in base64url.
const beginning = /^e[\w-]/
// What begins like a token and was damaged since (cut, padded, changed in case): `{"alg`, `{"typ`, `{"kid`, `{"cmd`.
const knownBeginning = /^eyJ(?:hbGci|0eXAi|raWQi|jbWQi)/i
const objectAndDot = /^eyJ[\w-]*\./
const alphabet = /^[\w.-]*$/
// What chats and mail programs leave at the end of a link.
const trailing = '.,)>"\'`’”»'

/**
 * Looks for the token of a URL: the path's segments, last first, then the parameter `t`. Where there is no whole token
 * but something that was one, that is returned, so that it is refused as malformed and can be diagnosed.
 * Its time is linear in the length of the text.
 */
export function locateToken(text: string): LocateResult {
  if (typeof text !== 'string') return { ok: false, code: 'no_token' }
  if (!text.includes('/') && !text.includes('?')) {
    const token = text.trim()
    return token === '' ? { ok: false, code: 'no_token' } : { ok: true, token }
  }
  let whole: { token: string; segments: TokenSegments } | undefined
  let broken: string | undefined
  for (const { token, segments } of pieces(text)) {
    if (segments === undefined) {
      if (isDamaged(token)) broken ??= token
    } else if (whole === undefined) whole = { token, segments }
    else if (token !== whole.token && !isSame(whole.segments, segments)) return { ok: false, code: 'ambiguous_token' }
  }
  if (whole !== undefined) return { ok: true, token: whole.token, segments: whole.segments }
  return broken === undefined ? { ok: false, code: 'no_token' } : { ok: true, token: broken }
}

/** Whether a text has the strict shape of a token. */
export function isWellFormedToken(text: string): boolean {
  return readPiece(text).segments !== undefined
}

/** Whether a text is a token, or was one before it was damaged. */
export function looksLikeToken(text: string): boolean {
  return isWellFormedToken(text) || isDamaged(text)
}

/** Undoes percent-encoding, once or twice; what is not an escape stays as it is. */
export function decodePercentTwice(text: string): string {
  return decodeOnce(decodeOnce(text))
}

/** The parameters of a query, in which a second `?` and `&amp;` stand for `&`. */
export function splitQuery(query: string): string[] {
  return query.replaceAll('&amp;', '&').split(/[?&]/)
}

/** Where the query of a URL begins, and its fragment. */
export function splitTarget(text: string): { path: string; query: string } {
  const hash = text.indexOf('#')
  const target = hash < 0 ? text : text.slice(0, hash)
  const mark = target.indexOf('?')
  if (mark < 0) return { path: target, query: '' }
  return { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

// The texts of a URL that may be its token, in the order in which they are looked at.
function pieces(text: string): Candidate[] {
  // A line may be broken anywhere, in an escape too.
  const { path, query } = splitTarget(/\s/.test(text) ? text.replace(/\s+/g, '') : text)
  const found: Candidate[] = []
  // Backwards to the first slash; of a URL with a scheme, to the one after its host.
  const first = endOfHost(path)
  let end = path.length
  while (end > first) {
    const slash = end === 0 ? -1 : path.lastIndexOf('/', end - 1)
    addCleaned(found, path.slice(slash + 1, end))
    end = slash
  }
  if (query === '') return found
  for (const given of splitQuery(query)) {
    const parameter = given.includes('=') ? given : decodePercentTwice(given)
    const equals = parameter.indexOf('=')
    if (equals < 0 || decodePercentTwice(parameter.slice(0, equals)).trim() !== 't') continue
    addCleaned(found, parameter.slice(equals + 1))
  }
  return found
}

// Where the path of a URL with a scheme begins; -1: the whole text may be a path.
function endOfHost(text: string): number {
  const slash = text.indexOf('/')
  if (slash < 1 || !text.startsWith('://', slash - 1)) return -1
  const end = text.indexOf('/', slash + 2)
  return end < 0 ? text.length : end
}

// A whole token, and any other piece of nothing but its alphabet, is as it was; another may have white space inside, or
// escapes that hide it, and the marks that end a segment.
function addCleaned(found: Candidate[], text: string): void {
  const piece = readPiece(text)
  if (piece.segments !== undefined) return void found.push(piece)
  if (alphabet.test(text)) return void found.push(readPiece(trimEnd(text, '.')))
  for (const part of decodePercentTwice(text)
    .replace(/\s+/g, '')
    .split(/[/?&#]/)
    .reverse()) {
    found.push(readPiece(trimEnd(part.startsWith('t=') ? part.slice(2) : part, trailing)))
  }
}

function readPiece(token: string): Candidate {
  return { token, segments: beginning.test(token) ? parseToken(token) : undefined }
}

function decodeOnce(text: string): string {
  return text.includes('%') ? text.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun) : text
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}

function isDamaged(text: string): boolean {
  return knownBeginning.test(text) || objectAndDot.test(text)
}

// The full and the short form are two spellings of one token: the segments are the same.
function isSame(one: TokenSegments, other: TokenSegments): boolean {
  return (
    one.tokenFormat !== 'encrypted' &&
    one.header === other.header &&
    one.claims === other.claims &&
    one.signature === other.signature
  )
}
