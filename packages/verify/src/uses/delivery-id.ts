import { sha256Hex } from '@hookurl/core/internal'
import type { Body, IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'

// The headers that identify a delivery, with the same value in every attempt: of Standard Webhooks and Svix, the IETF
// draft that Stripe and others follow, GitHub, and Twilio.
const idHeaders = ['webhook-id', 'idempotency-key', 'x-github-delivery', 'i-twilio-idempotency-token'] as const

/** A request whose body has been read. */
export interface ReadRequest {
  readonly token: string
  readonly request: IncomingRequest
  readonly query: QueryParams
  readonly body: Body
}

/**
 * Returns the ID that the sender put in a header, hashed together with the token. Callers choose that ID, so it must
 * identify a delivery only for this URL.
 */
export function getDeliveryIdFromHeaders(token: string, request: IncomingRequest): string | undefined {
  for (const header of idHeaders) {
    const name = request.header(header)
    if (name !== undefined && name !== '') return `id:${sha256Hex(JSON.stringify([getClaims(token), header, name]))}`
  }
  return undefined
}

/** Returns the ID of a delivery, from the sender's header or from everything that the sender repeats in a retry. */
export function getDeliveryId({ token, request, query, body }: ReadRequest): string {
  const named = getDeliveryIdFromHeaders(token, request)
  if (named !== undefined) return named
  return `fp:${sha256Hex(JSON.stringify([getClaims(token), request.method, query, hashBody(body)]))}`
}

// A signed token can be written with or without its header; the claims are the same either way.
function getClaims(token: string): string {
  const segments = token.split('.')
  return (segments.length > 3 ? token : segments.at(-2)) ?? token
}

function hashBody(body: Body): string {
  if (body.kind === 'none') return ''
  if (body.kind === 'bytes') return sha256Hex(body.bytes)
  return sha256Hex(body.kind === 'text' ? body.text : (JSON.stringify(body.value) ?? ''))
}
