import { decodeUtf8, decrypt, encrypt } from '#engine'
import type { JweSegments } from '../crypto/jwe-segments.ts'
import { chain, type MaybePromise } from '../util/maybe-promise.ts'
import { waitHeader } from './header.ts'
import type { DerivedKey, DerivedKeyring } from './keyring.ts'

const partPattern = /^[\w-]+$/
const IV_LENGTH = 16
const TAG_LENGTH = 22
// In a process that has compiled many regular expressions, V8 compiles others without optimizing them. They then need
// stack for each character, and throw on megabytes.
const CHUNK_LENGTH = 65_536

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
  const segments = parseValue(value)
  if (segments === undefined) return undefined
  const { header } = segments
  // As in a token, a header without a key ID makes every key a candidate.
  const candidates =
    header === waitHeader(waitId) ? all : all.filter(({ ref }) => header === waitHeader(waitId, ref.id))
  return decryptWith(candidates, segments, 0)
}

function parseValue(value: string): JweSegments | undefined {
  const [header = '', key, iv = '', ciphertext = '', tag = '', ...others] = value.split('.', 6)
  if (key !== '' || others.length > 0 || iv.length !== IV_LENGTH || tag.length !== TAG_LENGTH) return undefined
  return [header, iv, ciphertext, tag].every(isBase64url) ? { header, iv, ciphertext, tag } : undefined
}

function isBase64url(text: string): boolean {
  let at = 0
  do {
    if (!partPattern.test(text.slice(at, at + CHUNK_LENGTH))) return false
    at += CHUNK_LENGTH
  } while (at < text.length)
  return true
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
