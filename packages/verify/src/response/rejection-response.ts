import { type ErrorCode, errorCodes } from '@hookurl/core'
import type { ClientKind } from '../request/content-negotiation.ts'
import type { Rejection } from '../verifier/rejection.ts'
import { getAllowedMethods, type OutgoingResponse, type RenderedPage, securityHeaders } from './response.ts'

/** Who receives a rejection, the current time in epoch milliseconds, and the page for a browser. */
export interface RejectionTarget {
  readonly client: ClientKind
  readonly now: number
  page(): RenderedPage
}

const problemHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-type': 'application/problem+json',
}
const problemBase = 'https://github.com/hookurl/hookurl/blob/main/docs/errors.md#'
const IN_PROGRESS_RETRY_SECONDS = 2
const RETRY_SECONDS = 5
// RFC 9110, section 11.6.1: a 401 must contain a challenge. How users sign in is the application's own: for a registered
// scheme, clients would send credentials of that scheme, and for `Basic` or `Negotiate`, browsers would prompt for them.
const USER_CHALLENGE = 'HookurlUser'
const isTemporary: ReadonlySet<ErrorCode> = new Set([
  'store_unavailable',
  'state_unavailable',
  'user_unavailable',
  'keys_unavailable',
])
// The connection cannot be kept open if the body was not read to its end.
const closesConnection: ReadonlySet<ErrorCode> = new Set(['body_too_large', 'body_timeout', 'request_aborted'])

/** Creates the response to a rejected request: a page for a browser, or a problem document (RFC 9457). */
export function rejectionResponse(rejection: Rejection, { client, now, page }: RejectionTarget): OutgoingResponse {
  const { code } = rejection
  const definition: { status?: number; title: string; fix: string } = errorCodes[code]
  const status = definition.status ?? 500
  const extra = getExtraHeaders(rejection, now)
  const close = closesConnection.has(code)
  if (client === 'browser') {
    const { html, headers } = page()
    return { status, headers: { ...headers, ...extra }, body: html, close }
  }
  const paths = getPublicPaths(rejection)
  const problem = { type: problemBase + code, title: definition.title, status, code, fix: definition.fix, paths }
  return { status, headers: { ...problemHeaders, ...extra }, body: JSON.stringify(problem), close }
}

// The client knows the payload, since it sent it. It may not know the content: the token may be encrypted.
function getPublicPaths({ code, paths = [] }: Rejection): readonly string[] | undefined {
  return code === 'invalid_payload' && paths.length > 0 ? paths : undefined
}

// `Allow` (RFC 9110, section 10.2.1) and `Retry-After` (section 10.2.3).
function getExtraHeaders({ code, hook }: Rejection, now: number): Record<string, string> {
  if (code === 'method_not_allowed' && hook !== undefined) return { allow: getAllowedMethods(hook) }
  if (code === 'not_yet_valid' && hook?.notBefore !== undefined) {
    const seconds = Math.ceil((hook.notBefore.getTime() - now) / 1000)
    return { 'retry-after': String(Math.max(1, seconds)) }
  }
  if (code === 'sign_in_required') return { 'www-authenticate': USER_CHALLENGE }
  if (code === 'in_progress' || code === 'lease_lost') return { 'retry-after': String(IN_PROGRESS_RETRY_SECONDS) }
  if (isTemporary.has(code)) return { 'retry-after': String(RETRY_SECONDS) }
  return {}
}
