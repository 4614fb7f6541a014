import { decodeText, encodeText, sign } from '#engine'
import { isCanonical } from '../crypto/base64url.ts'
import { constantTimeEqual } from '../crypto/constant-time-equal.ts'
import type { KeyRef } from '../hook.ts'
import { chain, type MaybePromise, type TokenRejection } from '../util/maybe-promise.ts'
import { type Claims, parseClaims } from './claims.ts'
import { hasUnknownKeyId, jwsHeader } from './header.ts'
import { seal, unseal } from './jwe.ts'
import type { DerivedKey, DerivedKeyring } from './keyring.ts'

/** The longest token, in characters. */
export const maxTokenLength = 8192

/** How a token is written: a whole JWT, without its header, or encrypted. */
export type TokenFormat = 'full' | 'short' | 'encrypted'

/** The segments of a text that has the shape of a token. */
export interface TokenSegments {
  readonly tokenFormat: TokenFormat
  readonly header: string
  /** The claims, or the ciphertext of a sealed token, encoded. */
  readonly claims: string
  /** The signature, or the tag of a sealed token, encoded. */
  readonly signature: string
}

/** A token whose signature holds and whose claims are those of a hook. */
export interface OpenedToken {
  readonly ok: true
  readonly claims: Claims
  readonly key: KeyRef
}

const signatureLength = 43
const signedAlphabet = /^[\w.-]+$/
// Without overlap between neighbours, so that no text makes it backtrack.
const encryptedShape = /^([\w-]+)\.\.([\w-]{16})\.([\w-]+)\.([\w-]{22})$/

const malformedToken: TokenRejection = { ok: false, code: 'malformed_token' }
const unknownKey: TokenRejection = { ok: false, code: 'unknown_key' }
const invalidSignature: TokenRejection = { ok: false, code: 'invalid_signature' }
const invalidClaims: TokenRejection = { ok: false, code: 'invalid_claims' }

/** The header that the short form leaves out, encoded. */
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

/** Seals claims (RFC 7516) with a keyring's first key. */
export function encryptToken(keyring: DerivedKeyring, claims: string): Promise<string> {
  return seal(keyring.first, claims)
}

/** Whether a token is a sealed one, which only the asynchronous calls open. */
export function isEncrypted(token: string): boolean {
  return token.length <= maxTokenLength && encryptedShape.test(token)
}

/** Splits a text that has the strict shape of a token: lengths, alphabet, one spelling of each segment. */
export function parseToken(token: string): TokenSegments | undefined {
  if (token.length > maxTokenLength) return undefined
  const end = token.lastIndexOf('.')
  return token.length - end === signatureLength + 1 ? readSigned(token, end) : readEncrypted(token)
}

function readSigned(token: string, end: number): TokenSegments | undefined {
  const dot = token.indexOf('.')
  const isShort = dot === end
  const start = isShort ? 0 : dot + 1
  if (end <= start || dot === 0 || !signedAlphabet.test(token)) return undefined
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

function readEncrypted(token: string): TokenSegments | undefined {
  const [, header, , claims, signature] = encryptedShape.exec(token) ?? []
  if (header === undefined || claims === undefined || signature === undefined) return undefined
  return isCanonical(claims) && isCanonical(signature)
    ? { tokenFormat: 'encrypted', header, claims, signature }
    : undefined
}

/**
 * Opens a token: shape, header, signature, and only then its claims. Neither time nor policy is judged here.
 * A sealed token is opened asynchronously on every runtime. `segments`: its shape, where that was read before.
 */
export function openToken(
  keyring: DerivedKeyring,
  token: string,
  segments: TokenSegments | undefined = parseToken(token),
): MaybePromise<OpenedToken | TokenRejection> {
  if (segments === undefined) return malformedToken
  const headers = segments.tokenFormat === 'encrypted' ? keyring.byJweHeader : keyring.byJwsHeader
  const candidates = segments.tokenFormat === 'short' ? keyring.all : headers.get(segments.header)
  if (candidates === undefined) {
    return hasUnknownKeyId(segments.header, segments.tokenFormat === 'encrypted' ? 'encrypted' : 'signed')
      ? unknownKey
      : malformedToken
  }
  return segments.tokenFormat === 'encrypted' ? openEncrypted(candidates, token) : openSigned(candidates, segments, 0)
}

function openSigned(
  candidates: readonly DerivedKey[],
  segments: TokenSegments,
  at: number,
): MaybePromise<OpenedToken | TokenRejection> {
  const candidate = candidates[at]
  if (candidate === undefined) return invalidSignature
  return chain(sign(candidate.mac, `${segments.header}.${segments.claims}`), (expected) =>
    constantTimeEqual(segments.signature, expected)
      ? toOpened(parseClaims(decodeText(segments.claims)), candidate)
      : openSigned(candidates, segments, at + 1),
  )
}

async function openEncrypted(candidates: readonly DerivedKey[], token: string): Promise<OpenedToken | TokenRejection> {
  for (const candidate of candidates) {
    const bytes = await unseal(candidate, token)
    if (bytes !== undefined) return toOpened(parseClaims(decodeUtf8(bytes)), candidate)
  }
  return invalidSignature
}

function toOpened(claims: Claims | undefined, { ref }: DerivedKey): OpenedToken | TokenRejection {
  return claims === undefined ? invalidClaims : { ok: true, claims, key: ref }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
