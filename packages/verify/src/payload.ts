import type { ErrorCode } from '@hookurl/core'
import { decodeTwice, resemblesToken, splitQuery, splitTarget } from '@hookurl/core/internal'
import { parse as parseJson } from 'secure-json-parse'
import type { Body } from './exchange.ts'

/** The parameters of a query or form: a name that is repeated has an array. */
export type Parameters = Record<string, string | string[]>

/** What a caller sent, or why it could not be understood. */
export type Payload =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'payload_malformed'> }

const malformed: Payload = { ok: false, code: 'payload_malformed' }

/** Turns a body into a payload by its content type; without a body the query's parameters are the payload. */
export function toPayload(body: Body, contentType: string | undefined, query: Parameters): Payload {
  if (body.kind === 'none') return { ok: true, value: query }
  if (body.kind === 'parsed') return { ok: true, value: body.value }
  const { type, charset } = readContentType(contentType)
  const kind = kindOf(type)
  if (kind === 'bytes') {
    return { ok: true, value: body.kind === 'bytes' ? body.bytes : new TextEncoder().encode(body.text) }
  }
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
  const ampersand = path.indexOf('&')
  if (ampersand < 0 && query === '') return {}
  const appended = ampersand < 0 ? '' : `${path.slice(ampersand + 1)}&`
  const pairs = new URLSearchParams(splitQuery(appended + query).join('&'))
  return collect([...pairs].filter(([name, value]) => name !== '__proto__' && !isTokenParameter(name, value)))
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
