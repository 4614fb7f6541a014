import { decodeText, decodeUtf8, decrypt, encodeText, encrypt, sign } from '#engine'
import { isCanonical } from '../crypto/base64url.ts'
import { constantTimeEqual } from '../crypto/constant-time-equal.ts'
import type { JweSegments } from '../crypto/jwe-segments.ts'
import type { ErrorCode } from '../errors.ts'
import type { KeyRef } from '../hook.ts'
import { chain, type MaybePromise } from '../util/maybe-promise.ts'
import { type Claims, parseClaims } from './claims.ts'
import { hasUnknownKeyId, jwsHeader } from './header.ts'
import type { DerivedKey, DerivedKeyring } from './keyring.ts'

/** The maximum length of a token, in characters. */
export const MAX_TOKEN_LENGTH = 8192

/** The format of a token: a full JWT, a JWT without its header, or an encrypted JWT. */
export type TokenFormat = 'full' | 'short' | 'encrypted'

/** The encoded segments of a signed token, including the header that a short token omits. */
export interface SignedSegments {
  readonly tokenFormat: 'full' | 'short'
  readonly header: string
  readonly claims: string
  readonly signature: string
}

/** The encoded segments of an encrypted token. */
export interface EncryptedSegments extends JweSegments {
  readonly tokenFormat: 'encrypted'
}

/** The segments of a well-formed token. */
export type TokenSegments = SignedSegments | EncryptedSegments

/** A token with a valid signature and the claims of a hook. */
export interface OpenedToken {
  readonly ok: true
  readonly claims: Claims
  /** The claims as they appear in the token. */
  readonly json: string
  readonly key: KeyRef
}

/** A rejected token. Internal functions return rejections; only the public functions throw. */
export interface TokenRejection {
  readonly ok: false
  readonly code: ErrorCode
}

const SIGNATURE_LENGTH = 43
const signedPattern = /^[\w.-]+$/
// Adjacent parts share no characters, so matching takes linear time.
const encryptedPattern = /^([\w-]+)\.\.([\w-]{16})\.([\w-]+)\.([\w-]{22})$/

const malformedToken: TokenRejection = { ok: false, code: 'malformed_token' }
const unknownKey: TokenRejection = { ok: false, code: 'unknown_key' }
const invalidSignature: TokenRejection = { ok: false, code: 'invalid_signature' }
const invalidClaims: TokenRejection = { ok: false, code: 'invalid_claims' }

/** The encoded header that a short token omits. */
export const plainHeader: string = jwsHeader()

/** Signs claims (RFC 7515, HS256) with a keyring's first key. */
export function signToken(
  keyring: DerivedKeyring,
  claims: string,
  tokenFormat: 'full' | 'short',
): MaybePromise<string> {
  const { first } = keyring
  const header = tokenFormat === 'short' ? plainHeader : first.jwsHeader
  const input = `${header}.${encodeText(claims)}`
  return chain(sign(first.mac, input), (signature) =>
    tokenFormat === 'short' ? `${input.slice(header.length + 1)}.${signature}` : `${input}.${signature}`,
  )
}

/** Encrypts claims (RFC 7516) with a keyring's first key. */
export function encryptToken({ first }: DerivedKeyring, claims: string): MaybePromise<string> {
  return chain(first.getEncryptionKey(), (key) => encrypt(key, first.jweHeader, claims))
}

/** Splits a token into its segments. Returns `undefined` if its length, alphabet, structure or encoding is wrong. */
export function parseToken(token: string): TokenSegments | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined
  const end = token.length - SIGNATURE_LENGTH - 1
  // In an encrypted token, another dot may follow.
  const isSigned = token[end] === '.' && !token.includes('.', end + 1)
  return isSigned ? parseSigned(token, end) : parseEncrypted(token)
}

function parseSigned(token: string, end: number): SignedSegments | undefined {
  const dot = token.indexOf('.')
  const isShort = dot === end
  const start = isShort ? 0 : dot + 1
  if (end <= start || dot === 0 || !signedPattern.test(token)) return undefined
  const claims = token.slice(start, end)
  const signature = token.slice(end + 1)
  if (claims.includes('.') || !isCanonical(claims) || !isCanonical(signature)) return undefined
  return {
    tokenFormat: isShort ? 'short' : 'full',
    header: isShort ? plainHeader : token.slice(0, dot),
    claims,
    signature,
  }
}

function parseEncrypted(token: string): EncryptedSegments | undefined {
  const [, header, iv, ciphertext, tag] = encryptedPattern.exec(token) ?? []
  if (header === undefined || iv === undefined || ciphertext === undefined || tag === undefined) return undefined
  return isCanonical(ciphertext) && isCanonical(tag)
    ? { tokenFormat: 'encrypted', header, iv, ciphertext, tag }
    : undefined
}

/**
 * Opens a token: checks its header and its signature, and only then parses its claims. It checks neither the validity
 * period nor a policy.
 */
export function openToken(
  keyring: DerivedKeyring,
  segments: TokenSegments,
): MaybePromise<OpenedToken | TokenRejection> {
  if (segments.tokenFormat === 'encrypted') {
    const candidates = keyring.byJweHeader.get(segments.header)
    return candidates === undefined ? rejectHeader(segments.header, 'jwe') : openEncrypted(candidates, segments, 0)
  }
  const candidates = segments.tokenFormat === 'short' ? keyring.all : keyring.byJwsHeader.get(segments.header)
  return candidates === undefined ? rejectHeader(segments.header, 'jws') : openSigned(candidates, segments, 0)
}

function rejectHeader(header: string, format: 'jws' | 'jwe'): TokenRejection {
  return hasUnknownKeyId(header, format) ? unknownKey : malformedToken
}

function openSigned(
  candidates: readonly DerivedKey[],
  segments: SignedSegments,
  at: number,
): MaybePromise<OpenedToken | TokenRejection> {
  const candidate = candidates[at]
  if (candidate === undefined) return invalidSignature
  return chain(sign(candidate.mac, `${segments.header}.${segments.claims}`), (expected) =>
    constantTimeEqual(segments.signature, expected)
      ? toOpenedToken(decodeText(segments.claims), candidate)
      : openSigned(candidates, segments, at + 1),
  )
}

function openEncrypted(
  candidates: readonly DerivedKey[],
  segments: EncryptedSegments,
  at: number,
): MaybePromise<OpenedToken | TokenRejection> {
  const candidate = candidates[at]
  if (candidate === undefined) return invalidSignature
  return chain(
    chain(candidate.getEncryptionKey(), (key) => decrypt(key, segments)),
    (plaintext) =>
      plaintext === undefined
        ? openEncrypted(candidates, segments, at + 1)
        : toOpenedToken(decodeUtf8(plaintext), candidate),
  )
}

function toOpenedToken(json: string | undefined, { ref }: DerivedKey): OpenedToken | TokenRejection {
  const claims = parseClaims(json)
  return claims === undefined ? invalidClaims : { ok: true, claims, json: json as string, key: ref }
}
