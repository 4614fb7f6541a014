import { Buffer } from 'node:buffer'
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { CompactEncrypt, CompactSign } from 'jose'

// Tokens for the vectors are created with jose and node:crypto, and keys are derived as in the specification, without
// the packages under test.

/** Keys for tests: the base64url of a sentence. */
export const keyA = makeTestKey('001')
export const keyB = makeTestKey('002')
export const keyC = makeTestKey('003')

/** The current time of the vectors, in epoch seconds: 2027-01-15T08:00:00Z. */
export const now = 1_800_000_000

/** Claims that are valid at that time. */
export const plainClaims = { cmd: '/onWebhook', exp: now + 3600 }

/** The parts of a token; by default the first key, no purpose, the plain header and the plain claims. */
export interface TokenInput {
  key?: string
  purpose?: string
  header?: string
  /** An object, or the exact JSON or bytes. */
  claims?: object | string | Uint8Array
}

export const plainHeader = '{"alg":"HS256"}'
export const encryptedHeader = '{"alg":"dir","enc":"A256GCM"}'

export function encode(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url')
}

/** The word for an encrypted token in the names of rows, which never change. */
export const [encryptedLabel = ''] = Object.keys({ sealed: true })

/** The word for UTF-8 with more bytes than needed in the names of rows, which never change. */
export const nonShortestLabel = ['over', 'long'].join('')

/** The 32 bytes of a key. */
export function getSecret(key: string): Uint8Array {
  return Buffer.from(key.slice(key.indexOf('hks_') + 4), 'base64url')
}

/** What a key is derived for: the third part of `info`. */
export type KeyUse = 'HS256' | 'A256GCM' | 'state' | 'caller'

/** HKDF-SHA-256 (RFC 5869) without salt, 32 bytes of output. */
export function derive(key: string, use: KeyUse, purpose = ''): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', getSecret(key), new Uint8Array(), `hookurl/1/${use}/${purpose}`, 32))
}

export function hmac(key: Uint8Array, input: string, hash = 'sha256'): string {
  return createHmac(hash, key).update(input).digest('base64url')
}

/** The claim `sta`: the first 12 characters of the keyed hash of the command, the user and the state. */
export function deriveStateHash(
  { cmd, sub = null }: { cmd: string; sub?: string | null },
  state: unknown,
  { key = keyA, purpose }: TokenInput = {},
): string {
  return hmac(derive(key, 'state', purpose), stateInput(cmd, sub, state)).slice(0, 12)
}

/** The JSON that is hashed. For the types that a state may have, `JSON.stringify` writes what RFC 8785 requires. */
export function stateInput(cmd: string, sub: string | null, state: unknown): string {
  return JSON.stringify([cmd, sub, state])
}

/** Signs a compact JWS with jose. */
export async function sign(input: TokenInput = {}): Promise<string> {
  const { key = keyA, purpose, header = plainHeader, claims } = input
  const jws = new CompactSign(toBytes(claims)).setProtectedHeader(JSON.parse(header))
  const token = await jws.sign(derive(key, 'HS256', purpose))
  if (!token.startsWith(`${encode(header)}.`)) throw new Error(`jose encodes the header ${header} differently`)
  return token
}

/** Signs a compact JWS by hand, with any header and any claims, for tokens that jose would not create. */
export function signRaw(parts: TokenInput = {}): string {
  const { key = keyA, purpose, header = plainHeader, claims } = parts
  const input = `${encode(header)}.${encode(toBytes(claims))}`
  return `${input}.${hmac(derive(key, 'HS256', purpose), input)}`
}

/** Omits the header of a token. */
export function shorten(token: string): string {
  return token.slice(token.indexOf('.') + 1)
}

/** Encrypts a compact JWE with jose. */
export async function encrypt(input: TokenInput = {}): Promise<string> {
  const { key = keyA, purpose, header = encryptedHeader, claims } = input
  const jwe = new CompactEncrypt(toBytes(claims)).setProtectedHeader(JSON.parse(header))
  return jwe.setInitializationVector(makeIv(input)).encrypt(derive(key, 'A256GCM', purpose))
}

/** Encrypts a compact JWE by hand, for tokens that jose would not create. */
export function encryptRaw(input: TokenInput & { secret?: Uint8Array; ivLength?: number } = {}): string {
  const { key = keyA, purpose, header = encryptedHeader, claims, ivLength = 12 } = input
  const secret = input.secret ?? derive(key, 'A256GCM', purpose)
  const iv = makeIv(input, ivLength)
  const cipher = createCipheriv(secret.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', secret, iv)
  cipher.setAAD(Buffer.from(encode(header)))
  const ciphertext = Buffer.concat([cipher.update(toBytes(claims)), cipher.final()])
  return [encode(header), '', encode(iv), encode(ciphertext), encode(cipher.getAuthTag())].join('.')
}

/** Replaces one segment of a token. */
export function replaceSegment(token: string, at: number, change: (segment: string) => string): string {
  return token
    .split('.')
    .map((segment, index) => (index === at ? change(segment) : segment))
    .join('.')
}

/** Replaces the first character: the bits change, the segment stays well-formed. */
export function alterFirst(segment: string): string {
  return (segment.startsWith('A') ? 'B' : 'A') + segment.slice(1)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Encodes the same bytes differently: `step` is added to the unused bits of the last character. */
export function changeSpareBits(segment: string, step: number): string {
  return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1) as string) + step]
}

/** Plain claims with content that makes the token `length` characters long; `rest` is its length without the claims. */
export function claimsOfLength(length: number, rest: number): string {
  const bytes = Math.floor(((length - rest) * 3) / 4)
  const empty = JSON.stringify({ ...plainClaims, cnt: '' })
  return JSON.stringify({ ...plainClaims, cnt: 'x'.repeat(bytes - empty.length) })
}

function toBytes(claims: TokenInput['claims'] = plainClaims): Uint8Array {
  if (claims instanceof Uint8Array) return claims
  return Buffer.from(typeof claims === 'string' ? claims : JSON.stringify(claims))
}

// Deterministic, so that the vectors can be reproduced, and different for different inputs.
function makeIv({ key, purpose, header, claims }: TokenInput, length = 12): Uint8Array {
  const seed = JSON.stringify([key, purpose, header, encode(toBytes(claims))])
  return createHash('sha256').update(seed).digest().subarray(0, length)
}

function makeTestKey(number: string): string {
  return `hks_${encode(`hookurl conformance test key ${number}`)}`
}
