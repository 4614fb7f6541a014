import { decodeText, encodeText, sign } from '#engine'
import { isCanonical } from './base64url.ts'
import { type Claims, readClaims } from './claims.ts'
import { constantTimeEqual } from './compare.ts'
import { hasStrangeId, signedHeader } from './header.ts'
import type { KeyRef } from './hook.ts'
import type { Ring, RingKey } from './keyring.ts'
import { type Awaitable, after, type Refused } from './result.ts'
import { seal, unseal } from './seal.ts'

/** The longest token, in characters. */
export const maxTokenLength = 8192

/** How a token is written: a whole JWT, without its header, or encrypted. */
export type Form = 'full' | 'short' | 'sealed'

/** The parts of a text that has the shape of a token. */
export interface Parts {
  readonly form: Form
  readonly header: string
  /** The claims, or the ciphertext of a sealed token, encoded. */
  readonly claims: string
  /** The signature, or the tag of a sealed token, encoded. */
  readonly signature: string
}

/** A token whose signature holds and whose claims are those of a hook. */
export interface Opened {
  readonly ok: true
  readonly claims: Claims
  readonly key: KeyRef
}

const signatureLength = 43
const signedAlphabet = /^[\w.-]+$/
// Without overlap between neighbours, so that no text makes it backtrack.
const sealedShape = /^([\w-]+)\.\.([\w-]{16})\.([\w-]+)\.([\w-]{22})$/

const malformed: Refused = { ok: false, code: 'malformed' }
const unknownKey: Refused = { ok: false, code: 'unknown_key' }
const badSignature: Refused = { ok: false, code: 'bad_signature' }
const claimsInvalid: Refused = { ok: false, code: 'claims_invalid' }

/** The header that the short form leaves out, encoded. */
export const plainHeader: string = signedHeader()

/** Signs claims (RFC 7515, HS256) with a keyring's first key. */
export function signToken(ring: Ring, claims: string, form: 'full' | 'short'): Awaitable<string> {
  const { first } = ring
  const header = form === 'short' ? plainHeader : first.signed
  const input = `${header}.${encodeText(claims)}`
  return after(sign(first.mac, input), (signature) =>
    form === 'short' ? `${input.slice(header.length + 1)}.${signature}` : `${input}.${signature}`,
  )
}

/** Seals claims (RFC 7516) with a keyring's first key. */
export function sealToken(ring: Ring, claims: string): Promise<string> {
  return seal(ring.first, claims)
}

/** Whether a token is a sealed one, which only the asynchronous calls open. */
export function isSealed(token: string): boolean {
  return token.length <= maxTokenLength && sealedShape.test(token)
}

/** Splits a text that has the strict shape of a token: lengths, alphabet, one spelling of each segment. */
export function readShape(token: string): Parts | undefined {
  if (token.length > maxTokenLength) return undefined
  const end = token.lastIndexOf('.')
  return token.length - end === signatureLength + 1 ? readSigned(token, end) : readSealed(token)
}

function readSigned(token: string, end: number): Parts | undefined {
  const dot = token.indexOf('.')
  const isShort = dot === end
  const start = isShort ? 0 : dot + 1
  if (end <= start || dot === 0 || !signedAlphabet.test(token)) return undefined
  const claims = token.slice(start, end)
  const signature = token.slice(end + 1)
  if (claims.includes('.') || !isCanonical(claims) || !isCanonical(signature)) return undefined
  return { form: isShort ? 'short' : 'full', header: isShort ? plainHeader : token.slice(0, dot), claims, signature }
}

function readSealed(token: string): Parts | undefined {
  const [, header, , claims, signature] = sealedShape.exec(token) ?? []
  if (header === undefined || claims === undefined || signature === undefined) return undefined
  return isCanonical(claims) && isCanonical(signature) ? { form: 'sealed', header, claims, signature } : undefined
}

/**
 * Opens a token: shape, header, signature, and only then its claims. Neither time nor policy is judged here.
 * A sealed token is opened asynchronously on every runtime. `parts`: its shape, where that was read before.
 */
export function openToken(
  ring: Ring,
  token: string,
  parts: Parts | undefined = readShape(token),
): Awaitable<Opened | Refused> {
  if (parts === undefined) return malformed
  const headers = parts.form === 'sealed' ? ring.bySealedHeader : ring.bySignedHeader
  const candidates = parts.form === 'short' ? ring.all : headers.get(parts.header)
  if (candidates === undefined) {
    return hasStrangeId(parts.header, parts.form === 'sealed' ? 'sealed' : 'signed') ? unknownKey : malformed
  }
  return parts.form === 'sealed' ? openSealed(candidates, token) : openSigned(candidates, parts, 0)
}

function openSigned(candidates: readonly RingKey[], parts: Parts, at: number): Awaitable<Opened | Refused> {
  const candidate = candidates[at]
  if (candidate === undefined) return badSignature
  return after(sign(candidate.mac, `${parts.header}.${parts.claims}`), (expected) =>
    constantTimeEqual(parts.signature, expected)
      ? toOpened(readClaims(decodeText(parts.claims)), candidate)
      : openSigned(candidates, parts, at + 1),
  )
}

async function openSealed(candidates: readonly RingKey[], token: string): Promise<Opened | Refused> {
  for (const candidate of candidates) {
    const bytes = await unseal(candidate, token)
    if (bytes !== undefined) return toOpened(readClaims(toText(bytes)), candidate)
  }
  return badSignature
}

function toOpened(claims: Claims | undefined, { ref }: RingKey): Opened | Refused {
  return claims === undefined ? claimsInvalid : { ok: true, claims, key: ref }
}

function toText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
