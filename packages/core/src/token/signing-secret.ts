import { hmac } from '#engine'
import { chain, type MaybePromise } from '../util/maybe-promise.ts'
import type { DerivedKey } from './keyring.ts'

/**
 * Derives the 32 bytes of a URL's signing secret from its claims, as they appear in the token. They are the same in
 * every token format. The key is the one that verified the token.
 */
export function deriveSigningSecret(key: DerivedKey, claims: string): MaybePromise<Uint8Array> {
  return chain(key.getCallerKey(), (bytes) => hmac(bytes, claims))
}
