import { encodeBytes, hmac } from '#engine'
import { constantTimeEqual } from '../crypto/constant-time-equal.ts'
import { invalidOption } from '../errors.ts'
import { chain, type MaybePromise } from '../util/maybe-promise.ts'
import { hasLoneSurrogate } from '../util/string.ts'
import type { Claims } from './claims.ts'
import type { DerivedKey } from './keyring.ts'

/** One value of a state. */
type StateValue = string | number | bigint | boolean | null

/**
 * What a URL can be bound to: a string, a safe integer, a bigint, a boolean, `null`, or a flat array of these. A bigint
 * is the same as its decimal representation: `5n` equals `'5'`.
 */
export type State = StateValue | readonly StateValue[]

const MAX_STATE_SIZE = 4096
const STATE_HASH_LENGTH = 12

/**
 * Serializes a state as JSON, as RFC 8785 writes it.
 *
 * @throws {HookurlError} `invalid_option` for any other type, a lone surrogate, or more than 4,096 bytes
 */
export function serializeState(state: unknown): string {
  const json = Array.isArray(state) ? `[${Array.from(state, serializeValue).join(',')}]` : serializeValue(state)
  if (exceedsMaxSize(json)) {
    throw invalidOption('state must be at most 4,096 bytes of JSON', 'Pass a hash or a version of it.')
  }
  return json
}

function exceedsMaxSize(json: string): boolean {
  if (json.length > MAX_STATE_SIZE) return true
  // No character takes more than three bytes of UTF-8.
  return 3 * json.length > MAX_STATE_SIZE && new TextEncoder().encode(json).length > MAX_STATE_SIZE
}

/** Derives the claim `sta`: a keyed hash of the command, the user and the state, so that no one can guess the state. */
export function deriveStateHash(
  key: DerivedKey,
  { cmd, sub }: Pick<Claims, 'cmd' | 'sub'>,
  state: string,
): MaybePromise<string> {
  const input = `[${JSON.stringify(cmd)},${JSON.stringify(sub ?? null)},${state}]`
  return chain(
    chain(key.getStateKey(), (bytes) => hmac(bytes, input)),
    (bytes) => encodeBytes(bytes).slice(0, STATE_HASH_LENGTH),
  )
}

/** Whether claims are bound to a state. The key is the one that verified their token. */
export function isBoundTo(key: DerivedKey, claims: Claims, state: string): MaybePromise<boolean> {
  return chain(deriveStateHash(key, claims, state), (expected) => constantTimeEqual(claims.sta ?? '', expected))
}

function serializeValue(value: unknown): string {
  if (value === null || typeof value === 'boolean' || Number.isSafeInteger(value)) return JSON.stringify(value)
  if (typeof value === 'bigint') return `"${value}"`
  if (typeof value === 'string' && !hasLoneSurrogate(value)) return JSON.stringify(value)
  throw invalidOption(
    'state must be a string without lone surrogates, a safe integer, a bigint, a boolean, null, or a flat array of these',
    'Pass a value that changes when the URL should stop working, such as a version.',
  )
}
