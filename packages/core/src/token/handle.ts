import { decodeText, decodeUtf8, decrypt, encrypt } from '#engine'
import { chain, type MaybePromise } from '../util/maybe-promise.ts'
import { handleHeader } from './header.ts'
import type { DerivedKey, DerivedKeyring } from './keyring.ts'
import type { EncryptedSegments, TokenRejection, TokenSegments } from './token.ts'

/** What a handle contains: a token, which must be verified completely. */
export interface OpenedHandle {
  readonly ok: true
  readonly token: string
  /** Whether the handle itself has expired. */
  readonly isExpired: boolean
}

/** How long a handle is valid, in seconds. */
const LIFETIME_SECONDS = 600
const headerPattern = /^\{"alg":"dir","enc":"A256GCM","typ":"handle"(?:,"kid":"[A-Za-z0-9_-]{1,16}")?\}$/
const contentPattern = /^(\d{1,16}) (.+)$/

/**
 * Whether a token is a handle: a JWE that replaces the token of a URL while its user signs in. Its type, key and header
 * differ from a token's, so that no verifier accepts it as a token.
 */
export function isHandle(segments: TokenSegments): segments is EncryptedSegments {
  return segments.tokenFormat === 'encrypted' && headerPattern.test(decodeText(segments.header) ?? '')
}

/** Encrypts a token (RFC 7516) with the handle key of a keyring's first key. `now` is in epoch milliseconds. */
export function createHandle({ first }: DerivedKeyring, token: string, now: number): MaybePromise<string> {
  const content = `${Math.floor(now / 1000) + LIFETIME_SECONDS} ${token}`
  return chain(first.getHandleKey(), (key) => encrypt(key, handleHeader(first.ref.id), content))
}

/** Decrypts a handle. Does not verify the token in it. `now` is in epoch milliseconds. */
export function openHandle(
  keyring: DerivedKeyring,
  segments: EncryptedSegments,
  now: number,
): MaybePromise<OpenedHandle | TokenRejection> {
  const { header } = segments
  // As in a token, a header without an ID makes every key a candidate.
  const candidates =
    header === handleHeader() ? keyring.all : keyring.all.filter(({ ref }) => header === handleHeader(ref.id))
  if (candidates.length === 0) return { ok: false, code: 'unknown_key' }
  return chain(decryptHandle(candidates, segments, 0), (content) => {
    const [, expiresAt, token] = contentPattern.exec(content ?? '') ?? []
    if (expiresAt === undefined || token === undefined) return { ok: false, code: 'invalid_signature' }
    // Negated, so that a clock that returns NaN rejects the handle.
    return { ok: true, token, isExpired: !(now / 1000 < Number(expiresAt)) }
  })
}

function decryptHandle(
  candidates: readonly DerivedKey[],
  segments: EncryptedSegments,
  at: number,
): MaybePromise<string | undefined> {
  const candidate = candidates[at]
  if (candidate === undefined) return undefined
  return chain(
    chain(candidate.getHandleKey(), (key) => decrypt(key, segments)),
    (plaintext) => (plaintext === undefined ? decryptHandle(candidates, segments, at + 1) : decodeUtf8(plaintext)),
  )
}
