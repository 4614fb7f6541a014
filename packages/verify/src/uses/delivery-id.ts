import { sha256Hex } from '@hookurl/core/internal'
import type { Body, IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'

// The headers that name a delivery, with the same value in every attempt: Standard Webhooks and Svix, the IETF draft
// that Stripe and others follow, GitHub, Twilio.
const idHeaders = ['webhook-id', 'idempotency-key', 'x-github-delivery', 'i-twilio-idempotency-token'] as const

/** A request whose body was read. */
export interface ReadRequest {
  readonly token: string
  readonly request: IncomingRequest
  readonly query: QueryParams
  readonly body: Body
}

/**
 * Returns the id of a delivery that its sender named in a header, hashed together with the token: callers choose the
 * name, so it counts for this URL only.
 */
export function getDeliveryIdFromHeaders(token: string, request: IncomingRequest): string | undefined {
  for (const header of idHeaders) {
    const name = request.header(header)
    if (name !== undefined && name !== '') return `id:${sha256Hex(JSON.stringify([getClaims(token), header, name]))}`
  }
  return undefined
}

/** Returns the id of a delivery, by its name or by everything that a sender repeats when it retries. */
export function getDeliveryId({ token, request, query, body }: ReadRequest): string {
  const named = getDeliveryIdFromHeaders(token, request)
  if (named !== undefined) return named
  return `fp:${sha256Hex(JSON.stringify([getClaims(token), request.method, query, hashBody(body)]))}`
}

// A signed token can be written with and without its header; its claims are the same in both.
function getClaims(token: string): string {
  const segments = token.split('.')
  return (segments.length > 3 ? token : segments.at(-2)) ?? token
}

function hashBody(body: Body): string {
  if (body.kind === 'none') return ''
  if (body.kind === 'bytes') return sha256Hex(body.bytes)
  return sha256Hex(body.kind === 'text' ? body.text : (JSON.stringify(body.value) ?? ''))
}
