import type { ErrorCode } from '@hookurl/core'
import { decodePercentTwice, looksLikeToken, memoizeLast, splitQuery, splitTarget } from '@hookurl/core/internal'
import type { Body } from './incoming-request.ts'
import { checkParsed, parseJson } from './json.ts'
import { MAX_PARTS, readMultipart } from './multipart.ts'

/** The parameters of a query or form: a name that is repeated has an array. */
export type QueryParams = Record<string, string | string[]>

/** What a caller sent, or why it could not be understood. */
export type Payload =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: PayloadProblem }

type PayloadProblem = Extract<ErrorCode, 'malformed_body' | 'body_too_large' | 'body_already_consumed'>
type Kind = 'json' | 'form' | 'multipart' | 'text' | 'bytes'

const malformed: Payload = { ok: false, code: 'malformed_body' }
const unread: Payload = { ok: false, code: 'body_already_consumed' }
const tooLarge: Payload = { ok: false, code: 'body_too_large' }

const utf8 = new TextDecoder('utf-8', { fatal: true })

// A parameter of a content type (RFC 9110, section 5.6.6), as long as a boundary may be and some more.
const parameter = /;\s*([\w-]+)\s*=\s*(?:"([^"]{0,200})"|([^;]*))/g

/** Turns a body into a payload by its content type; without a body the query's parameters are the payload. */
export function toPayload(body: Body, contentType: string | undefined, query: QueryParams): Payload {
  if (body.kind === 'none') return { ok: true, value: query }
  const { type, charset, boundary } = readContentType(contentType ?? '')
  const kind = kindOf(type)
  if (body.kind === 'parsed') return takeParsed(body.value, kind)
  if (kind === 'bytes') return body.kind === 'bytes' ? { ok: true, value: body.bytes } : restoreBytes(body.text)
  if (kind === 'multipart') return body.kind === 'bytes' ? readParts(body.bytes, boundary) : unread
  const text = body.kind === 'text' ? body.text : decode(body.bytes, charset)
  if (text === undefined) return malformed
  if (kind === 'text') return { ok: true, value: text }
  return kind === 'json' ? readJson(text) : readForm(text)
}

/** Whether a content type is JSON. */
export function isJson(contentType: string | undefined): boolean {
  return kindOf(readContentType(contentType ?? '').type) === 'json'
}

/**
 * The parameters of a target other than the token's own, also those that a service appended to the token without
 * looking whether there was a `?`.
 */
export function readQuery(target: string): QueryParams {
  const { path, query } = splitTarget(target)
  const appended = findAppended(path)
  if (appended === '' && query === '') return {}
  const pairs = new URLSearchParams(splitQuery(appended + query).join('&'))
  return collect([...pairs].filter(([name, value]) => name !== '__proto__' && !isTokenParameter(name, value)))
}

// What follows the first `&` of the segment that is the token; another segment may have one of its own.
function findAppended(path: string): string {
  for (let at = path.indexOf('&'); at >= 0; at = path.indexOf('&', path.indexOf('/', at))) {
    const segment = path.slice(path.lastIndexOf('/', at) + 1, at)
    if (looksLikeToken(decodePercentTwice(segment).trim())) return `${path.slice(at + 1)}&`
    if (!path.includes('/', at)) break
  }
  return ''
}

function isTokenParameter(name: string, value: string): boolean {
  return name === 't' && looksLikeToken(decodePercentTwice(value).trim())
}

const readContentType = memoizeLast(
  (header: string): { type: string; charset: string; boundary: string | undefined } => {
    const parameters = new Map<string, string>()
    for (const [, name = '', quoted, plain = ''] of header.matchAll(parameter)) {
      const key = name.toLowerCase()
      if (!parameters.has(key)) parameters.set(key, quoted ?? plain.trim())
    }
    const [type = ''] = header.split(';', 1)
    return {
      type: type.trim().toLowerCase(),
      charset: parameters.get('charset') ?? 'utf-8',
      boundary: parameters.get('boundary'),
    }
  },
)

function kindOf(type: string): Kind {
  if (type === 'application/json' || type.endsWith('+json')) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type === 'multipart/form-data') return 'multipart'
  if (type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml')) return 'text'
  return 'bytes'
}

function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return (charset === 'utf-8' ? utf8 : new TextDecoder(charset, { fatal: true })).decode(bytes)
  } catch {
    return undefined
  }
}

function readJson(text: string): Payload {
  try {
    return { ok: true, value: parseJson(text) }
  } catch {
    return malformed
  }
}

// What a framework's parser made of the body. Those that skipped a body may have left an empty object.
function takeParsed(value: unknown, kind: Kind): Payload {
  if (typeof value !== 'object' || value === null) return { ok: true, value }
  if (kind !== 'json' && kind !== 'form' && Object.keys(value).length === 0) return unread
  try {
    checkParsed(value)
    return { ok: true, value }
  } catch {
    return malformed
  }
}

// A text parser puts U+FFFD where bytes were no text: those are lost.
function restoreBytes(text: string): Payload {
  return text.includes('\ufffd') ? unread : { ok: true, value: new TextEncoder().encode(text) }
}

function readForm(text: string): Payload {
  if (hasMore(text, '&', MAX_PARTS - 1)) return tooLarge
  const pairs = [...new URLSearchParams(text)]
  return pairs.some(([name]) => name === '__proto__') ? malformed : { ok: true, value: collect(pairs) }
}

function readParts(bytes: Uint8Array, boundary: string | undefined): Payload {
  const parts = readMultipart(bytes, boundary)
  return parts.ok ? { ok: true, value: collect(parts.pairs) } : parts
}

function hasMore(text: string, mark: string, limit: number): boolean {
  let count = 0
  for (let at = text.indexOf(mark); at >= 0 && count <= limit; at = text.indexOf(mark, at + 1)) count++
  return count > limit
}

function collect<T extends string | File>(pairs: readonly (readonly [string, T])[]): Record<string, T | T[]> {
  const parameters: Record<string, T | T[]> = {}
  for (const [name, value] of pairs) {
    const before = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (before === undefined) parameters[name] = value
    else if (Array.isArray(before)) before.push(value)
    else parameters[name] = [before, value]
  }
  return parameters
}
