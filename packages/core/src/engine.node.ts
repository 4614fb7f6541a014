import { isUtf8 } from 'node:buffer'
import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** Whether signing is synchronous here. */
export const synchronous: boolean = true

/** A key that signs. */
export type MacKey = KeyObject

/** HKDF-SHA-256 (RFC 5869) without salt, 32 bytes out. */
export function derive(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', info, 32))
}

/** Makes a derived key ready for signing. */
export function importMacKey(bytes: Uint8Array): MacKey {
  return createSecretKey(bytes)
}

/** The signature of `header.claims` with HS256, in base64url (RFC 7515, section 5.1). */
export function sign(key: MacKey, input: string): string {
  return createHmac('sha256', key).update(input).digest('base64url')
}

/** SHA-256 of a text or of bytes, in lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

export function encodeText(text: string): string {
  return Buffer.from(text).toString('base64url')
}

export function encodeBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

export function decodeBytes(segment: string): Uint8Array {
  return Buffer.from(segment, 'base64url')
}

/** Decodes strict UTF-8; undefined where it is not. */
export function decodeText(segment: string): string | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return isUtf8(bytes) ? bytes.toString() : undefined
}
