import { decodeUtf8, decrypt, encrypt } from '#engine'
import type { JweSegments } from '../crypto/jwe-segments.ts'
import { chain, type MaybePromise } from '../util/maybe-promise.ts'
import { waitHeader } from './header.ts'
import type { DerivedKey, DerivedKeyring } from './keyring.ts'

// Adjacent parts share no characters, so matching takes linear time.
const valuePattern = /^([\w-]+)\.\.([\w-]{16})\.([\w-]+)\.([\w-]{22})$/

/**
 * Encrypts what a wait is settled with (RFC 7516), with the wait key of a keyring's first key. The ID of the wait is part
 * of the header, which is authenticated: the value opens for no other wait. The ID must need no escapes in JSON.
 */
export function encryptWaitValue({ first }: DerivedKeyring, waitId: string, text: string): MaybePromise<string> {
  return chain(first.getWaitKey(), (key) => encrypt(key, waitHeader(waitId, first.ref.id), text))
}

/** Decrypts the value of a wait. Returns `undefined` if no key of the keyring opens it for this wait. */
export function decryptWaitValue(
  { all }: DerivedKeyring,
  waitId: string,
  value: string,
): MaybePromise<string | undefined> {
  const [, header, iv, ciphertext, tag] = valuePattern.exec(value) ?? []
  if (header === undefined || iv === undefined || ciphertext === undefined || tag === undefined) return undefined
  // As in a token, a header without a key ID makes every key a candidate.
  const candidates =
    header === waitHeader(waitId) ? all : all.filter(({ ref }) => header === waitHeader(waitId, ref.id))
  return decryptWith(candidates, { header, iv, ciphertext, tag }, 0)
}

function decryptWith(
  candidates: readonly DerivedKey[],
  segments: JweSegments,
  at: number,
): MaybePromise<string | undefined> {
  const candidate = candidates[at]
  if (candidate === undefined) return undefined
  return chain(
    chain(candidate.getWaitKey(), (key) => decrypt(key, segments)),
    (plaintext) => (plaintext === undefined ? decryptWith(candidates, segments, at + 1) : decodeUtf8(plaintext)),
  )
}
