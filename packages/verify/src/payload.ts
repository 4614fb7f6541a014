import type { ErrorCode } from '@hookurl/core'
import { decodeTwice, resemblesToken, splitQuery, splitTarget } from '@hookurl/core/internal'
import { parse as parseJson, scan } from 'secure-json-parse'
import type { Body } from './exchange.ts'

/** The parameters of a query or form: a name that is repeated has an array. */
export type Parameters = Record<string, string | string[]>

/** What a caller sent, or why it could not be understood. */
export type Payload =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'payload_malformed' | 'payload_unread'> }

const malformed: Payload = { ok: false, code: 'payload_malformed' }
const unread: Payload = { ok: false, code: 'payload_unread' }

/** Turns a body into a payload by its content type; without a body the query's parameters are the payload. */
export function toPayload(body: Body, contentType: string | undefined, query: Parameters): Payload {
  if (body.kind === 'none') return { ok: true, value: query }
  const { type, charset } = readContentType(contentType)
  const kind = kindOf(type)
  if (body.kind === 'parsed') return takeParsed(body.value, kind)
  if (kind === 'bytes') return body.kind === 'bytes' ? { ok: true, value: body.bytes } : restoreBytes(body.text)
  const text = body.kind === 'text' ? body.text : decode(body.bytes, charset)
  if (text === undefined) return malformed
  if (kind === 'text') return { ok: true, value: text }
  return kind === 'json' ? readJson(text) : readForm(text)
}

/**
 * The parameters of a target other than the token's own, also those that a service appended to the token without
 * looking whether there was a `?`.
 */
export function readQuery(target: string): Parameters {
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
    if (resemblesToken(decodeTwice(segment).trim())) return `${path.slice(at + 1)}&`
    if (!path.includes('/', at)) break
  }
  return ''
}

function isTokenParameter(name: string, value: string): boolean {
  return name === 't' && resemblesToken(decodeTwice(value).trim())
}

function readContentType(header: string | undefined): { type: string; charset: string } {
  const [type = '', ...parameters] = (header ?? '').split(';')
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
  return { type: type.trim().toLowerCase(), charset: charset.find((name) => name !== undefined) ?? 'utf-8' }
}

function kindOf(type: string): 'json' | 'form' | 'text' | 'bytes' {
  if (type === 'application/json' || type.endsWith('+json')) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml')) return 'text'
  return 'bytes'
}

function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function readJson(text: string): Payload {
  try {
    // Refuses `__proto__` and `constructor.prototype` wherever they stand.
    return { ok: true, value: parseJson(text, { protoAction: 'error', constructorAction: 'error' }) }
  } catch {
    return malformed
  }
}

// What a framework's parser made of the body. Those that skipped a body may have left an empty object.
function takeParsed(value: unknown, kind: ReturnType<typeof kindOf>): Payload {
  if (typeof value !== 'object' || value === null) return { ok: true, value }
  if (kind !== 'json' && kind !== 'form' && Object.keys(value).length === 0) return unread
  try {
    scan(value, { protoAction: 'error', constructorAction: 'error' })
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
  const pairs = [...new URLSearchParams(text)]
  return pairs.some(([name]) => name === '__proto__') ? malformed : { ok: true, value: collect(pairs) }
}

function collect(pairs: readonly (readonly [string, string])[]): Parameters {
  const parameters: Parameters = {}
  for (const [name, value] of pairs) {
    const before = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (before === undefined) parameters[name] = value
    else if (Array.isArray(before)) before.push(value)
    else parameters[name] = [before, value]
  }
  return parameters
}
