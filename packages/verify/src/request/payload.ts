import type { ErrorCode } from '@hookurl/core'
import {
  decodePercentTwice,
  locateToken,
  looksLikeToken,
  memoizeLast,
  splitQuery,
  splitTarget,
} from '@hookurl/core/internal'
import { decodeText, decodeTextStrictly, findEncoding, utf8, withoutMark } from './charset.ts'
import { type FormResult, parseForm } from './form.ts'
import type { Body, FormPair } from './incoming-request.ts'
import { assertSafeValue, parseJson } from './json.ts'
import { parseMultipart } from './multipart.ts'
import { parseParameters } from './parameters.ts'

/** The parameters of a query or form. A repeated name has an array of values. */
export type QueryParams = Record<string, string | string[]>

/** What the caller sent, or why it is rejected. */
export type PayloadResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: PayloadErrorCode }

type PayloadErrorCode = Extract<ErrorCode, 'malformed_body' | 'body_too_large' | 'body_already_consumed'>
type MediaKind = 'json' | 'form' | 'multipart' | 'text' | 'bytes'

const malformed: PayloadResult = { ok: false, code: 'malformed_body' }
const alreadyConsumed: PayloadResult = { ok: false, code: 'body_already_consumed' }

// Text types outside `text/`.
const textTypes: ReadonlySet<string> = new Set([
  'application/xml',
  'application/csv',
  'application/x-csv',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/yaml',
  'application/x-yaml',
])

// A byte order mark in UTF-8, and the whitespace of RFC 8259, section 2.
const jsonStart = /^(?:\xef\xbb\xbf)?[\t\n\r ]*["[{]/
const MAX_JSON_START = 64

/** Parses a body by its content type. Without a body, the query parameters are the payload. */
export function parsePayload(body: Body, contentType: string | undefined, query: QueryParams): PayloadResult {
  if (body.kind === 'none') return { ok: true, value: query }
  if (body.kind === 'form') return fromPairs(body.pairs)
  const { type, charset, boundary } = parseContentType(contentType ?? '')
  const kind = getMediaKind(type)
  if (body.kind === 'parsed') return fromParsedBody(body, kind)
  if (kind === 'bytes')
    return body.kind === 'bytes' ? { ok: true, value: body.bytes } : restoreBytes(body.text, charset)
  if (kind === 'multipart') {
    return body.kind === 'bytes' ? toPayload(parseMultipart(body.bytes, { boundary, charset })) : alreadyConsumed
  }
  if (body.kind === 'text' && isLossy(body.text, charset)) return alreadyConsumed
  if (kind === 'form') {
    return toPayload(body.kind === 'bytes' ? parseForm(body.bytes, charset) : parseFormText(body.text, charset))
  }
  if (kind === 'json') return parseJsonText(toJsonText(body, charset))
  return { ok: true, value: body.kind === 'text' ? body.text : decodeText(body.bytes, findEncoding(charset)) }
}

/** Returns the JSON that `parsePayload` parses, or `undefined` if the body is not JSON or a framework has parsed it. */
export function getJsonText(body: Body, contentType: string | undefined): string | undefined {
  const { type, charset } = parseContentType(contentType ?? '')
  const isText = body.kind === 'text' || body.kind === 'bytes'
  return isText && getMediaKind(type) === 'json' ? toJsonText(body, charset) : undefined
}

/** Whether the charset of a content type is UTF-8, which is also the default. */
export function hasUtf8Text(contentType: string | undefined): boolean {
  return isUtf8(parseContentType(contentType ?? '').charset)
}

/** Whether a content type is JSON. */
export function isJson(contentType: string | undefined): boolean {
  return getMediaKind(parseContentType(contentType ?? '').type) === 'json'
}

/** Whether a body that is declared as a form starts like JSON, which no form does. Strings of JSON can contain fields. */
export function isJsonAsForm(body: Body, contentType: string | undefined): boolean {
  const kind = getMediaKind(parseContentType(contentType ?? '').type)
  if (body.kind !== 'bytes' || (kind !== 'form' && kind !== 'multipart')) return false
  return jsonStart.test(String.fromCharCode(...body.bytes.subarray(0, MAX_JSON_START)))
}

/**
 * Parses the query parameters of a request target, without the token's own, and without those that repeat the token of the
 * path, as routers such as Vercel's add them. Includes parameters that a service appended to the token with `&` instead of `?`.
 */
export function parseQuery(target: string, token?: string): QueryParams {
  const { path, query } = splitTarget(target)
  const appended = findAppendedParams(path)
  if (appended === '' && query === '') return {}
  const pairs = new URLSearchParams(splitQuery(appended + query).join('&'))
  const isOther = ([name, value]: [string, string]): boolean => value !== token && !isTokenParam(name, value)
  return groupByName([...pairs].filter(isOther).filter(([name]) => name !== '__proto__'))
}

// Parameters follow the first `&` of the segment that is the token; other segments may contain `&` themselves.
function findAppendedParams(path: string): string {
  for (let at = path.indexOf('&'); at >= 0; at = path.indexOf('&', path.indexOf('/', at))) {
    const segment = path.slice(path.lastIndexOf('/', at) + 1, at)
    if (looksLikeToken(decodePercentTwice(segment).trim())) return `${path.slice(at + 1)}&`
    if (!path.includes('/', at)) break
  }
  return ''
}

function isTokenParam(name: string, value: string): boolean {
  return name === 't' && locateToken(`/?t=${value}`).kind !== 'none'
}

const parseContentType = memoizeLast(
  (header: string): { type: string; charset: string | undefined; boundary: string | undefined } => {
    const { value, parameters } = parseParameters(header)
    return { type: value, charset: parameters.get('charset'), boundary: parameters.get('boundary') }
  },
)

function getMediaKind(type: string): MediaKind {
  if (type === 'application/json' || type.endsWith('+json')) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type === 'multipart/form-data') return 'multipart'
  if (type.startsWith('text/') || type.endsWith('+xml') || textTypes.has(type)) return 'text'
  return 'bytes'
}

function toJsonText(body: Extract<Body, { kind: 'text' | 'bytes' }>, charset: string | undefined): string | undefined {
  return body.kind === 'text' ? withoutMark(body.text) : decodeTextStrictly(body.bytes, findEncoding(charset))
}

function parseJsonText(text: string | undefined): PayloadResult {
  try {
    return text === undefined ? malformed : { ok: true, value: parseJson(text) }
  } catch {
    return malformed
  }
}

// Uses the value that a framework's parser left. Parsers may leave an empty object for a body that they skip, and
// multipart parsers keep files elsewhere.
function fromParsedBody({ value, isComplete }: Extract<Body, { kind: 'parsed' }>, kind: MediaKind): PayloadResult {
  if (kind === 'multipart' && isComplete !== true) return alreadyConsumed
  if (typeof value !== 'object' || value === null) return { ok: true, value }
  if (kind !== 'json' && kind !== 'form' && Object.keys(value).length === 0) return alreadyConsumed
  try {
    assertSafeValue(value)
    return { ok: true, value }
  } catch {
    return malformed
  }
}

// Text parsers replace invalid bytes with U+FFFD and may decode another charset. Then the original bytes are lost.
function restoreBytes(text: string, charset: string | undefined): PayloadResult {
  const isExact = isUtf8(charset) && !text.includes('\ufffd')
  return isExact ? { ok: true, value: new TextEncoder().encode(text) } : alreadyConsumed
}

// A parser that ignored the charset may have replaced bytes, which are then lost.
function isLossy(text: string, charset: string | undefined): boolean {
  return !isUtf8(charset) && text.includes('\ufffd')
}

function isUtf8(charset: string | undefined): boolean {
  return (findEncoding(charset) ?? utf8) === utf8
}

// The charset still applies to percent-encoded bytes, but no longer to characters that a framework has already decoded.
function parseFormText(text: string, charset: string | undefined): FormResult {
  const bytes = new TextEncoder().encode(text)
  return parseForm(bytes, bytes.length === text.length ? charset : 'utf-8')
}

function fromPairs(pairs: readonly FormPair[]): PayloadResult {
  return pairs.some(([name]) => name === '__proto__') ? malformed : { ok: true, value: groupByName(pairs) }
}

function toPayload(form: FormResult): PayloadResult {
  return form.ok ? fromPairs(form.pairs) : form
}

function groupByName<T extends string | File>(pairs: readonly (readonly [string, T])[]): Record<string, T | T[]> {
  const params: Record<string, T | T[]> = {}
  for (const [name, value] of pairs) {
    const earlier = Object.hasOwn(params, name) ? params[name] : undefined
    if (earlier === undefined) params[name] = value
    else if (Array.isArray(earlier)) earlier.push(value)
    else params[name] = [earlier, value]
  }
  return params
}
