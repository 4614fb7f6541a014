import type { Hook } from '@hookurl/core'
import type { ClientKind } from '../request/content-negotiation.ts'

/**
 * A response, in a form that every host can send.
 *
 * @internal
 */
export interface OutgoingResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Closes the connection, because the rest of the body is not read. */
  readonly close?: boolean
  /** A handler's own `Response`, sent as is, except that `headers` are added unless it sets them itself. */
  readonly response?: Response
}

/** The headers of every response, including a guarded route's. A response that sets them itself keeps its own. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
}
/** A page for a browser. */
export interface RenderedPage {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

const jsonHeaders: Readonly<Record<string, string>> = { ...securityHeaders, 'content-type': 'application/json' }
const textHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-type': 'text/plain; charset=utf-8',
}

const okBody = '{"ok":true}'
const duplicateBody = '{"ok":true,"duplicate":true}'

/** Returns the methods that run a hook's command, as the value of an `Allow` header. */
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

/**
 * Whether the response may have a type that its headers do not show: Bun adds the type of a string only when it sends the
 * response itself, not a clone or its `body`, and only if no code has accessed `body`.
 */
export function hidesType({ headers, status }: Response): boolean {
  const isRedirect = status >= 300 && status < 400
  return !isRedirect && !headers.has('content-type') && !new Response('').headers.has('content-type')
}

/** Wraps a `Response`. Adds `headers`, unless it sets them itself. */
export function wrapResponse(
  response: Response,
  headers: OutgoingResponse['headers'] = securityHeaders,
): OutgoingResponse {
  return { status: response.status, headers, body: undefined, response }
}

export function redirectResponse(location: string): OutgoingResponse {
  return { status: 303, headers: { ...securityHeaders, location }, body: undefined }
}

export function pageResponse({ html, headers }: RenderedPage): OutgoingResponse {
  return { status: 200, headers, body: html }
}

/** Creates the response for a handler that returned nothing, if there is no redirect. */
export function doneResponse(client: ClientKind, page: () => RenderedPage): OutgoingResponse {
  return client === 'api' ? { status: 200, headers: jsonHeaders, body: okBody } : pageResponse(page())
}

/** Creates the response sent before a handler has finished. The client is not told the handler's result. */
export function acceptedResponse(client: ClientKind, page: () => RenderedPage): OutgoingResponse {
  return { ...doneResponse(client, page), status: 202 }
}

/** Creates the response to a delivery that has already been handled. */
export function duplicateResponse(client: ClientKind, page: () => RenderedPage): OutgoingResponse {
  return client === 'api' ? { status: 200, headers: jsonHeaders, body: duplicateBody } : pageResponse(page())
}

/** Cancels the body of a response that is not sent. The response of another library may have one that cannot be canceled. */
export async function cancelBody(response: Response | undefined): Promise<void> {
  try {
    await response?.body?.cancel()
  } catch {}
}

/** Whether a value has the shape of a `Response`. It may be of another class, because frameworks bring their own. */
export function isResponse(value: unknown): value is Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    'arrayBuffer' in value &&
    'headers' in value &&
    typeof Reflect.get(value, 'status') === 'number'
  )
}
