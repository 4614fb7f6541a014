import type { ErrorCode } from './errors.ts'
import { trimEnd } from './text.ts'
import { plainHeader, readShape } from './token.ts'

/** A token found in a text, or why there is none. */
export type Located =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'no_token' | 'ambiguous_token'> }

// The first character of a token is that of `{` in base64url.
const beginning = /^e[\w-]/
// What begins like a token and was damaged since (cut, padded, changed in case): `{"alg`, `{"typ`, `{"kid`, `{"cmd`.
const knownBeginning = /^eyJ(?:hbGci|0eXAi|raWQi|jbWQi)/i
const objectAndDot = /^eyJ[\w-]*\./
// What chats and mail programs leave at the end of a link.
const trailing = '.,)>"\'`’”»'

/**
 * Looks for the token of a URL: the path's segments, last first, then the parameter `t`. Where there is no whole token
 * but something that was one, that is returned, so that it is refused as malformed and can be diagnosed.
 * Its time is linear in the length of the text.
 */
export function locateToken(text: string): Located {
  if (!/[/?]/.test(text)) {
    const token = text.trim()
    return token === '' ? { ok: false, code: 'no_token' } : { ok: true, token }
  }
  const whole = new Set<string>()
  let first: string | undefined
  let broken: string | undefined
  for (const piece of pieces(text)) {
    if (isWhole(piece)) {
      first ??= piece
      whole.add(inFull(piece))
    } else if (isDamaged(piece)) broken ??= piece
  }
  if (whole.size > 1) return { ok: false, code: 'ambiguous_token' }
  const token = first ?? broken
  return token === undefined ? { ok: false, code: 'no_token' } : { ok: true, token }
}

/** Whether a text has the strict shape of a token. */
export function isWhole(text: string): boolean {
  return beginning.test(text) && readShape(text) !== undefined
}

/** Whether a text is a token, or was one before it was damaged. */
export function resemblesToken(text: string): boolean {
  return isWhole(text) || isDamaged(text)
}

/** Undoes percent-encoding, once or twice; what is not an escape stays as it is. */
export function decodeTwice(text: string): string {
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
function* pieces(text: string): Generator<string> {
  const { path, query } = splitTarget(text.replace(/\s+/g, ''))
  const segments = path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').split('/')
  for (const segment of segments.reverse()) yield* cleaned(segment)
  for (const parameter of splitQuery(query)) {
    const equals = parameter.indexOf('=')
    if (equals >= 0 && decodeTwice(parameter.slice(0, equals)) === 't') yield* cleaned(parameter.slice(equals + 1))
  }
}

// Escapes may hide white space and the marks that end a segment.
function cleaned(piece: string): string[] {
  const decoded = piece.includes('%') ? decodeTwice(piece).replace(/\s+/g, '') : piece
  return decoded
    .split(/[/?&#]/)
    .reverse()
    .map((part) => trimEnd(part.startsWith('t=') ? part.slice(2) : part, trailing))
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

// The full and the short form are two spellings of one token.
function inFull(token: string): string {
  return token.split('.').length === 2 ? `${plainHeader}.${token}` : token
}
