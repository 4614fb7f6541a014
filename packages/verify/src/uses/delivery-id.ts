import { sha256Hex } from '@hookurl/core/internal'
import type { Body, IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'

// The headers in which senders name a delivery, the same in every attempt: Standard Webhooks and Svix, the IETF draft
// that Stripe and others follow, GitHub, Twilio.
const idHeaders = ['webhook-id', 'idempotency-key', 'x-github-delivery', 'i-twilio-idempotency-token'] as const

interface Request {
  readonly token: string
  readonly exchange: IncomingRequest
  readonly query: QueryParams
  readonly body: Body
}

/** The delivery as its sender names it, if it does; for this URL only, since names are the caller's to choose. */
export function getDeliveryIdFromHeaders(token: string, exchange: IncomingRequest): string | undefined {
  for (const header of idHeaders) {
    const id = exchange.header(header)
    if (id !== undefined && id !== '') return `id:${sha256Hex(JSON.stringify([claimsOf(token), header, id]))}`
  }
  return undefined
}

/** The delivery by its name, or by all that a sender repeats when it tries again. */
export function getDeliveryId({ token, exchange, query, body }: Request): string {
  const parts = [claimsOf(token), exchange.method, query, digestBody(body)]
  return getDeliveryIdFromHeaders(token, exchange) ?? `fp:${sha256Hex(JSON.stringify(parts))}`
}

// A signed token has two spellings, with its header and without; what it claims is spelled alike in both.
function claimsOf(token: string): string {
  const segments = token.split('.')
  return (segments.length > 3 ? token : segments.at(-2)) ?? token
}

function digestBody(body: Body): string {
  if (body.kind === 'none') return ''
  if (body.kind === 'bytes') return sha256Hex(body.bytes)
  return sha256Hex(body.kind === 'text' ? body.text : (JSON.stringify(body.value) ?? ''))
}
