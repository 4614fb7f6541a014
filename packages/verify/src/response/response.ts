import { type ErrorCode, errorCodes, type Hook } from '@hookurl/core'
import type { OutgoingResponse } from '../request/incoming-request.ts'
import type { Rejection } from '../verifier/policy.ts'

/** Whether the one who asks is a person's browser or a program. */
export type ClientKind = 'navigation' | 'machine'

/** Who is told of a refusal, when, and with which page, if it is a person. */
export interface Asker {
  readonly audience: ClientKind
  readonly now: number
  page(): string
}

/** Every answer bears these, also that of a route behind a guard; a response that has its own keeps them. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
}
// Browsers apply `form-action` to every redirect after the form's POST, also to those of the target's own.
const pageHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' https: http:; base-uri 'none'; frame-ancestors 'none'",
}
const jsonHeaders: Readonly<Record<string, string>> = { ...securityHeaders, 'content-type': 'application/json' }
const textHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-type': 'text/plain; charset=utf-8',
}
const problemHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-type': 'application/problem+json',
}

const problemBase = 'https://github.com/hookurl/hookurl/blob/main/docs/errors.md#'
const okBody = '{"ok":true}'
const repeatedBody = '{"ok":true,"duplicate":true}'
// The connection can't be kept where a body was not read to its end.
const closing: ReadonlySet<ErrorCode> = new Set(['body_too_large', 'body_timeout', 'request_aborted'])

/** The methods that run a hook's command, as an `Allow` header says them. */
export function getAllowedMethods(hook: Hook): string {
  return hook.allowGet ? 'GET, POST' : 'POST'
}

export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): OutgoingResponse {
  return { status, headers: { ...securityHeaders, ...headers }, body: undefined }
}

export function jsonResponse(value: unknown): OutgoingResponse {
  return { status: 200, headers: jsonHeaders, body: JSON.stringify(value) ?? 'null' }
}

export function textResponse(text: string): OutgoingResponse {
  return { status: 200, headers: textHeaders, body: text }
}

/** `headers` are those that it gets where it has none of that name. */
export function wrapResponse(
  response: Response,
  headers: OutgoingResponse['headers'] = securityHeaders,
): OutgoingResponse {
  return { status: response.status, headers, body: undefined, response }
}

export function redirectResponse(location: string): OutgoingResponse {
  return { status: 303, headers: { ...securityHeaders, location }, body: undefined }
}

export function pageResponse(page: string): OutgoingResponse {
  return { status: 200, headers: pageHeaders, body: page }
}

/** The answer after a handler that said nothing and a hook that leads nowhere. */
export function doneResponse(audience: ClientKind, page: () => string): OutgoingResponse {
  if (audience === 'machine') return { status: 200, headers: jsonHeaders, body: okBody }
  return pageResponse(page())
}

/** The answer before a handler has finished, which nobody will hear of. */
export function acceptedResponse(audience: ClientKind, page: () => string): OutgoingResponse {
  return { ...doneResponse(audience, page), status: 202 }
}

/** The answer to a delivery that was carried out before. */
export function duplicateResponse(audience: ClientKind, page: () => string): OutgoingResponse {
  if (audience === 'machine') return { status: 200, headers: jsonHeaders, body: repeatedBody }
  return pageResponse(page())
}

/** The answer to what is refused: a page for a person, a problem document (RFC 9457) for a program. */
export function rejectionResponse(refusal: Rejection, { audience, now, page }: Asker): OutgoingResponse {
  const { code } = refusal
  const row: { status?: number; title: string; fix: string } = errorCodes[code]
  const status = row.status ?? 500
  const extra = extraHeaders(refusal, now)
  const close = closing.has(code)
  if (audience === 'navigation') {
    return { status, headers: { ...pageHeaders, ...extra }, body: page(), close }
  }
  const paths = refusal.paths === undefined || refusal.paths.length === 0 ? {} : { paths: refusal.paths }
  const problem = { type: problemBase + code, title: row.title, status, code, fix: row.fix, ...paths }
  return { status, headers: { ...problemHeaders, ...extra }, body: JSON.stringify(problem), close }
}

function extraHeaders({ code, hook }: Rejection, now: number): Record<string, string> {
  if (code === 'method_not_allowed' && hook !== undefined) return { allow: getAllowedMethods(hook) }
  if (code === 'not_yet_valid' && hook?.notBefore !== undefined) {
    return { 'retry-after': String(Math.max(1, Math.ceil((hook.notBefore.getTime() - now) / 1000))) }
  }
  if (code === 'in_progress') return { 'retry-after': '2' }
  if (code === 'store_unavailable') return { 'retry-after': '5' }
  return {}
}

/** By its shape: a framework may bring a Response of its own. */
export function isResponse(value: unknown): value is Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    'arrayBuffer' in value &&
    'headers' in value &&
    typeof Reflect.get(value, 'status') === 'number'
  )
}
