import { sha256Hex } from '@hookurl/core/internal'
import type { ClientKind } from '../request/content-negotiation.ts'
import type { Body, IncomingRequest } from '../request/incoming-request.ts'
import type { QueryParams } from '../request/payload.ts'

// The headers that identify a delivery, with the same value in every attempt: Standard Webhooks, Svix, the IETF draft
// that Stripe and others follow, GitHub, Gitea, Twilio, Shopify, CloudEvents, Twitch and others.
export const deliveryIdHeaders = [
  'webhook-id',
  'svix-id',
  'idempotency-key',
  'x-github-delivery',
  'x-gitea-delivery',
  'i-twilio-idempotency-token',
  'x-shopify-webhook-id',
  'ce-id',
  'x-request-uuid',
  'twitch-eventsub-message-id',
] as const

// What is signed under one of these names is also signed under the other, so that both name the same delivery.
const aliases: Readonly<Record<string, string>> = { 'svix-id': 'webhook-id' }

/** A delivery is a duplicate as long as its record is kept. */
const FOREVER_MS = Number.MAX_SAFE_INTEGER
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** What identifies a delivery. */
export interface DeliverySource {
  readonly token: string
  readonly request: IncomingRequest
  readonly client: ClientKind
  readonly query: QueryParams
  /** `undefined` if it was not read, because a guard leaves it to its route. */
  readonly body: Body | undefined
  /** Whether the body comes from hookurl's own confirm page, each instance of which is unique. */
  readonly isConfirmForm: boolean
  /** Whether the body decides between choices. */
  readonly hasChoices: boolean
}

/** A delivery, and how long after its commit the same one is a duplicate. */
export interface Delivery {
  /** At most 80 characters; begins with `id:` or `fp:` (`uses/store.ts`). */
  readonly id: string
  readonly duplicateMs: number
}

/**
 * Identifies a delivery: by the ID that its sender set in a header, or by a fingerprint of everything that a retry
 * repeats. Identical requests from different users must not be treated as one delivery: a browser's form that is not
 * hookurl's own is only the same from the same kind of browser within a minute, and an empty body of an API client
 * within an hour.
 */
export function identifyDelivery(source: DeliverySource): Delivery | undefined {
  const { token, request, client, query, body, isConfirmForm } = source
  const claims = getClaims(token)
  for (const header of deliveryIdHeaders) {
    const name = request.header(header)
    if (name === undefined || name === '') continue
    // Callers choose the value, so it applies to this URL only.
    return { id: `id:${hash([claims, aliases[header] ?? header, name])}`, duplicateMs: FOREVER_MS }
  }
  const common = [claims, request.method, query]
  const content = body === undefined ? undefined : [request.header('content-type') ?? '', hashBody(body)]
  // Another button of the same page sends another body, which is unknown here.
  if (content === undefined && source.hasChoices) return undefined
  if (client === 'browser' && !isConfirmForm) {
    const browser = [request.header('user-agent') ?? '', request.header('accept-language') ?? '']
    return { id: `fp:${hash([...common, content ?? null, browser])}`, duplicateMs: MINUTE_MS }
  }
  if (content === undefined) return undefined
  const duplicateMs = body?.kind === 'none' ? HOUR_MS : FOREVER_MS
  return { id: `fp:${hash([...common, content])}`, duplicateMs }
}

// A signed token can be written with or without its header; the claims are the same either way.
function getClaims(token: string): string {
  const segments = token.split('.')
  return (segments.length > 3 ? token : segments.at(-2)) ?? token
}

function hashBody(body: Body): string {
  if (body.kind === 'none') return ''
  if (body.kind === 'bytes') return sha256Hex(body.bytes)
  if (body.kind === 'form') return body.digest
  return sha256Hex(body.kind === 'text' ? body.text : (JSON.stringify(body.value, replaceBigInt) ?? ''))
}

// Some JSON parsers return large integers as `bigint`, on which `JSON.stringify` throws.
function replaceBigInt(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function hash(parts: readonly unknown[]): string {
  return sha256Hex(JSON.stringify(parts))
}
