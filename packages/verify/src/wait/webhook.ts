import { HookurlError } from '@hookurl/core'
import type { JsonValue, ReceivedCallback } from './waiter.ts'

/**
 * Converts what a wait received to the notification that the AI SDK expects.
 *
 * @throws {HookurlError} `invalid_payload` if the payload is not a JSON value
 */
export function toNotification({ headers, payload = null }: ReceivedCallback): {
  headers: Record<string, string>
  body: JsonValue
} {
  if (isJsonValue(payload)) return { headers: Object.fromEntries(headers), body: payload }
  throw new HookurlError('invalid_payload', {
    message: 'the body of the notification is neither JSON, a form without files nor text',
    fix: 'Use open, which returns any payload.',
  })
}

function isJsonValue(value: unknown): value is JsonValue {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isJsonValue)
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJsonValue)
}
