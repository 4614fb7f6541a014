import { Buffer } from 'node:buffer'
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { CompactEncrypt, CompactSign } from 'jose'

// Tokens for the vectors are crafted with jose and node:crypto, and keys derived as the specification says it: nothing
// here comes from the packages under test.

/** Keys that nobody can take for real ones: the base64url of a sentence. */
export const one = testKey('001')
export const two = testKey('002')
export const three = testKey('003')

/** When the vectors happen, in epoch seconds: 2027-01-15T08:00:00Z. */
export const now = 1_800_000_000

/** Claims that are good at that moment. */
export const plain = { cmd: '/onWebhook', exp: now + 3600 }

/** How a token is crafted; the default is the first key, no purpose, the plain header. */
export interface Craft {
  key?: string
  purpose?: string
  header?: string
  /** The claims: an object, or their exact text or bytes. */
  claims?: object | string | Uint8Array
}

export const plainHeader = '{"alg":"HS256"}'
export const sealedHeader = '{"alg":"dir","enc":"A256GCM"}'

export function encode(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url')
}

/** The 32 bytes of a key. */
export function secretOf(key: string): Uint8Array {
  return Buffer.from(key.slice(key.indexOf('hks_') + 4), 'base64url')
}

/** HKDF-SHA-256 (RFC 5869) without salt. */
export function derive(key: string, algorithm: 'HS256' | 'A256GCM', purpose = ''): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secretOf(key), new Uint8Array(), `hookurl/1/${algorithm}/${purpose}`, 32))
}

export function hmac(key: Uint8Array, input: string, hash = 'sha256'): string {
  return createHmac(hash, key).update(input).digest('base64url')
}

/** A compact JWS by jose. */
export async function sign(craft: Craft = {}): Promise<string> {
  const { key = one, purpose, header = plainHeader, claims } = craft
  const jws = new CompactSign(toBytes(claims)).setProtectedHeader(JSON.parse(header))
  const token = await jws.sign(derive(key, 'HS256', purpose))
  if (!token.startsWith(`${encode(header)}.`)) throw new Error(`jose writes the header ${header} otherwise`)
  return token
}

/** A compact JWS by hand, for what jose would not write: any header text, any claims. */
export function signRaw(craft: Craft = {}): string {
  const { key = one, purpose, header = plainHeader, claims } = craft
  const input = `${encode(header)}.${encode(toBytes(claims))}`
  return `${input}.${hmac(derive(key, 'HS256', purpose), input)}`
}

/** Leaves the header of a token out. */
export function shorten(token: string): string {
  return token.slice(token.indexOf('.') + 1)
}

/** A compact JWE by jose. */
export async function seal(craft: Craft = {}): Promise<string> {
  const { key = one, purpose, header = sealedHeader, claims } = craft
  const jwe = new CompactEncrypt(toBytes(claims)).setProtectedHeader(JSON.parse(header))
  return jwe.setInitializationVector(vectorOf(craft)).encrypt(derive(key, 'A256GCM', purpose))
}

/** A compact JWE by hand, for what jose would not write. */
export function sealRaw(craft: Craft & { secret?: Uint8Array; ivLength?: number } = {}): string {
  const { key = one, purpose, header = sealedHeader, claims, ivLength = 12 } = craft
  const secret = craft.secret ?? derive(key, 'A256GCM', purpose)
  const iv = vectorOf(craft, ivLength)
  const cipher = createCipheriv(secret.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', secret, iv)
  cipher.setAAD(Buffer.from(encode(header)))
  const text = Buffer.concat([cipher.update(toBytes(claims)), cipher.final()])
  return [encode(header), '', encode(iv), encode(text), encode(cipher.getAuthTag())].join('.')
}

/** Replaces one segment of a token. */
export function replaceSegment(token: string, at: number, change: (segment: string) => string): string {
  return token
    .split('.')
    .map((segment, index) => (index === at ? change(segment) : segment))
    .join('.')
}

/** Another character of the alphabet in the first place: other bits, the same shape. */
export function alterFirst(segment: string): string {
  return (segment.startsWith('A') ? 'B' : 'A') + segment.slice(1)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The same bytes spelled otherwise: `step` is added to the unused bits of the last character. */
export function respell(segment: string, step: number): string {
  return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1) as string) + step]
}

/** Plain claims with as much content as makes the whole token `length` characters long. */
export function claimsOfLength(length: number, rest: number): string {
  const bytes = Math.floor(((length - rest) * 3) / 4)
  const empty = JSON.stringify({ ...plain, cnt: '' })
  return JSON.stringify({ ...plain, cnt: 'x'.repeat(bytes - empty.length) })
}

function toBytes(claims: Craft['claims'] = plain): Uint8Array {
  if (claims instanceof Uint8Array) return claims
  return Buffer.from(typeof claims === 'string' ? claims : JSON.stringify(claims))
}

// Fixed, so that the vectors are the same each time they are made; never twice for different inputs.
function vectorOf(craft: Craft, length = 12): Uint8Array {
  const seed = JSON.stringify([craft.key, craft.purpose, craft.header, encode(toBytes(craft.claims))])
  return createHash('sha256').update(seed).digest().subarray(0, length)
}

function testKey(number: string): string {
  return `hks_${encode(`hookurl conformance test key ${number}`)}`
}
