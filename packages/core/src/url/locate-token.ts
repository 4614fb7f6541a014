import { parseToken, type TokenSegments } from '../token/token.ts'
import { trimEnd } from '../util/string.ts'
import { decodeQuotedPrintable, removeIgnored, repairUrl, trimIgnored, unescapeDelimiters } from './repair-url.ts'

/** A token found in a URL, well-formed or damaged. */
export type LocatedToken =
  | { readonly kind: 'valid'; readonly token: string; readonly segments: TokenSegments }
  | { readonly kind: 'damaged'; readonly token: string }

/** A token found in a URL, or the error code if there is none or there are two different ones. */
export type LocateResult =
  | LocatedToken
  | { readonly kind: 'none'; readonly code: 'no_token' }
  | { readonly kind: 'ambiguous'; readonly code: 'ambiguous_token' }

/** A part of a URL that may be a token, with its segments if it is well-formed. */
interface Candidate {
  readonly token: string
  readonly segments: TokenSegments | undefined
}

const none: LocateResult = { kind: 'none', code: 'no_token' }
const ambiguous: LocateResult = { kind: 'ambiguous', code: 'ambiguous_token' }

// A token starts with the base64url of `{`.
const tokenStart = /^e[\w-]/
// The start of a token that may be truncated, padded or in the wrong case: `{"alg`, `{"typ`, `{"kid`, `{"cmd`.
const knownStart = /^eyJ(?:hbGci|0eXAi|raWQi|jbWQi)/i
const objectAndDot = /^eyJ[\w-]*\./
const alphabet = /^[\w.-]*$/
// A URL with more segments, or with more parameters, is not a hook URL: anything beyond these limits is ignored.
const MAX_SEGMENTS = 64
const MAX_PARAMETERS = 64
// Well-formed UTF-8 (Unicode, table 3-7), percent-encoded.
const percentEncoded =
  /^(?:%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%(?:e0%[ab]|e[1-9a-cef]%[89ab]|ed%[89])[\da-f]%[89ab][\da-f]|%(?:f0%[9ab]|f[1-3]%[89ab]|f4%8)[\da-f](?:%[89ab][\da-f]){2})+$/i
// A part of a URL ends at one of these: ASCII characters that no URL contains (RFC 3986, appendix C), and punctuation
// of languages whose text may follow a URL without a space.
const ends: ReadonlySet<string> = new Set(
  '/?&#;\\"<>^`{|}…“”„‟‘’‚«»‹›。｡．，､、；：！？（）「」『』【】《》〈〉〔〕［］｛｝،؛؟।',
)
const separator = /\?|&(?:amp;)*/g
// Characters that chat and mail apps leave at the end of a link.
const trailing = ".,:!*+~)]'"
const quotes = '"\'`“”„‟‘’‚«»‹›「」『』'

/**
 * Locates the token of a URL: in the segments of the path, last first, then in the parameter `t`. A string without `/`
 * and `?` is the token itself, or a URL that is encoded entirely. If nothing is well-formed, a damaged token is
 * returned, so that it can be diagnosed. Only the last 64 segments and the first 64 parameters are considered. Takes
 * time linear in the length of the string.
 */
export function locateToken(text: string): LocateResult {
  if (typeof text !== 'string') return none
  if (isUrl(text)) return locateInUrl(text)
  const bare = locateBareToken(text.trim())
  if (bare.kind !== 'damaged') return bare
  const url = decodeUrl(text)
  return isUrl(url) ? locateInUrl(url) : locateBareToken(unwrapBareToken(text))
}

/** Whether a string is a well-formed token. */
export function isWellFormedToken(text: string): boolean {
  return toCandidate(text).segments !== undefined
}

/** Whether a string is a token, or was one before it was damaged. */
export function looksLikeToken(text: string): boolean {
  return isWellFormedToken(text) || looksDamaged(text)
}

/** Decodes percent-encoding twice; invalid escapes are left unchanged. */
export function decodePercentTwice(text: string): string {
  return decodePercent(decodePercent(text))
}

/** Decodes a URL that is percent-encoded entirely, once or twice, or whose slashes are escaped. */
export function decodeUrl(text: string): string {
  const decoded = unescapeDelimiters(text)
  if (isUrl(decoded)) return decoded
  const once = decodePercent(decoded)
  return isUrl(once) ? once : decodePercent(once)
}

/** Splits a query into its parameters, at most `limit`; a second `?` and `&amp;` also separate them. */
export function splitQuery(query: string, limit: number = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = []
  let start = 0
  // Unlike `split`, this does not become slow where other code has changed `RegExp`.
  separator.lastIndex = 0
  while (parts.length < limit) {
    const end = separator.exec(query)?.index
    parts.push(query.slice(start, end))
    if (end === undefined) break
    start = separator.lastIndex
  }
  return parts
}

/** Splits a URL or request target into path and query, without the fragment. */
export function splitTarget(text: string): { path: string; query: string } {
  const hash = text.indexOf('#')
  const target = hash < 0 ? text : text.slice(0, hash)
  const mark = target.indexOf('?')
  if (mark < 0) return { path: target, query: '' }
  return { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

function isUrl(text: string): boolean {
  return text.includes('/') || text.includes('?')
}

function locateInUrl(text: string): LocateResult {
  let valid: { token: string; segments: TokenSegments } | undefined
  let damaged: string | undefined
  for (const { token, segments } of getCandidates(text)) {
    if (segments === undefined) {
      if (looksDamaged(token)) damaged ??= token
    } else if (valid === undefined) valid = { token, segments }
    else if (token !== valid.token && !isSameToken(valid.segments, segments)) return ambiguous
  }
  if (valid !== undefined) return { kind: 'valid', token: valid.token, segments: valid.segments }
  return damaged === undefined ? none : { kind: 'damaged', token: damaged }
}

function locateBareToken(token: string): LocateResult {
  if (token === '') return none
  const segments = parseToken(token)
  return segments === undefined ? { kind: 'damaged', token } : { kind: 'valid', token, segments }
}

// Removes quotes, and the scheme of an `Authorization` header.
function unwrapBareToken(text: string): string {
  return unquote(unquote(trimIgnored(text)).replace(/^bearer\s+/i, ''))
}

function unquote(text: string): string {
  const isQuoted = text.length > 1 && quotes.includes(text[0] as string) && quotes.includes(text.at(-1) as string)
  return isQuoted ? text.slice(1, -1) : text
}

// The parts of a URL that may be its token, in order of precedence.
function getCandidates(text: string): Candidate[] {
  // A line may be wrapped anywhere, even inside an escape.
  const { path, query } = splitTarget(repairUrl(text))
  const candidates: Candidate[] = []
  // Work backward to the first slash or, in a URL with a scheme, to the slash after the host.
  const start = findPathStart(path)
  let end = path.length
  while (end > start && candidates.length < MAX_SEGMENTS) {
    const slash = end === 0 ? -1 : path.lastIndexOf('/', end - 1)
    addCandidates(candidates, path.slice(slash + 1, end))
    end = slash
  }
  if (query === '') return candidates
  for (const encoded of splitQuery(query, MAX_PARAMETERS)) {
    const parameter = encoded.includes('=') ? encoded : decodePercentTwice(encoded)
    const equals = parameter.indexOf('=')
    if (equals < 0 || !isTokenParameter(parameter.slice(0, equals))) continue
    // `=3D` is `=` in quoted-printable.
    addCandidates(candidates, parameter.slice(parameter.startsWith('3D', equals + 1) ? equals + 3 : equals + 1))
  }
  return candidates
}

function isTokenParameter(name: string): boolean {
  return name === 't' || (name.includes('%') && removeIgnored(decodePercentTwice(name)) === 't')
}

// Returns where the path of a URL with a scheme starts, or -1 if the entire string may be a path.
function findPathStart(text: string): number {
  const slash = text.indexOf('/')
  if (slash < 1 || !text.startsWith('://', slash - 1)) return -1
  const start = text.indexOf('/', slash + 2)
  return start < 0 ? text.length : start
}

// A well-formed token is used as is. Other strings in the token alphabet only lose trailing dots. Anything else may
// contain ignored characters, escapes that hide a token, or something after it.
function addCandidates(candidates: Candidate[], text: string): void {
  const candidate = toCandidate(text)
  if (candidate.segments !== undefined) return void candidates.push(candidate)
  if (alphabet.test(text)) return void candidates.push(toCandidate(trimEnd(text, '.')))
  for (const part of splitLast(removeIgnored(decodePercentTwice(decodeQuotedPrintable(text))))) {
    candidates.push(toCandidate(trimEnd(part.replace(/^t?=/, ''), trailing)))
  }
}

// Splits a segment that contains encoded slashes, a query, path parameters or text after a URL, last part first. Unlike
// `split`, it does not create all of the parts.
function splitLast(text: string): string[] {
  const parts: string[] = []
  let end = text.length
  for (let at = end - 1; at >= 0 && parts.length < MAX_SEGMENTS; at--) {
    if (!ends.has(text[at] as string)) continue
    parts.push(text.slice(at + 1, end))
    end = at
  }
  if (parts.length < MAX_SEGMENTS) parts.push(text.slice(0, end))
  return parts
}

function toCandidate(token: string): Candidate {
  return { token, segments: tokenStart.test(token) ? parseToken(token) : undefined }
}

function decodePercent(text: string): string {
  return text.includes('%') ? text.replace(/(?:%[0-9a-f]{2})+/gi, decodeEscapes) : text
}

// `decodeURIComponent` throws for other escapes, and thousands of exceptions would be slow.
function decodeEscapes(escapes: string): string {
  return percentEncoded.test(escapes) ? decodeURIComponent(escapes) : escapes
}

function looksDamaged(text: string): boolean {
  return knownStart.test(text) || objectAndDot.test(text)
}

// A token has the same segments in full and short format.
function isSameToken(one: TokenSegments, other: TokenSegments): boolean {
  return (
    one.tokenFormat !== 'encrypted' &&
    other.tokenFormat !== 'encrypted' &&
    one.header === other.header &&
    one.claims === other.claims &&
    one.signature === other.signature
  )
}
