import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { base64url, CompactEncrypt, CompactSign, type CryptoKey, flattenedDecrypt } from 'jose'
import type { JweSegments } from './jwe-segments.ts'

/** Whether signing and encrypting are synchronous on this runtime. */
export const synchronous: boolean = false

/** A key for signing. */
export type MacKey = CryptoKey

/** A key for encrypting. */
export type EncryptionKey = CryptoKey

const jweAlgorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }

/** Derives 32 bytes with HKDF-SHA-256 (RFC 5869), without a salt. */
export async function derive(secret: Uint8Array, info: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', asUnshared(secret), 'HKDF', false, ['deriveBits'])
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: toUtf8(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256))
}

/** Prepares a derived key for signing. */
export function importMacKey(bytes: Uint8Array): Promise<MacKey> {
  return crypto.subtle.importKey('raw', asUnshared(bytes), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

/** Signs `header.claims` with HS256 and returns the signature as base64url (RFC 7515 §5.1). */
export async function sign(key: MacKey, input: string): Promise<string> {
  const dot = input.indexOf('.')
  // Both segments are known to be canonical, so jose re-encodes them to the same input.
  const header = JSON.parse(decodeText(input.slice(0, dot)) as string)
  const jws = await new CompactSign(decodeBytes(input.slice(dot + 1))).setProtectedHeader(header).sign(key)
  return jws.slice(input.length + 1)
}

/** Prepares a derived key for encrypting. */
export function importEncryptionKey(bytes: Uint8Array): Promise<EncryptionKey> {
  return crypto.subtle.importKey('raw', asUnshared(bytes), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** Encrypts text as a compact JWE (RFC 7516 §5.1) with the given encoded header, `dir` with A256GCM. */
export function encrypt(key: EncryptionKey, header: string, text: string): Promise<string> {
  const jwe = new CompactEncrypt(toUtf8(text))
  return jwe.setProtectedHeader(JSON.parse(decodeText(header) as string)).encrypt(key)
}

/** Decrypts a JWE whose header has been checked. Returns `undefined` if the tag is invalid. */
export async function decrypt(key: EncryptionKey, segments: JweSegments): Promise<Uint8Array | undefined> {
  const { header, ...rest } = segments
  try {
    return (await flattenedDecrypt({ ...rest, protected: header }, key, jweAlgorithms)).plaintext
  } catch {
    return undefined
  }
}

/** Returns the HMAC-SHA-256 of bytes, or of text in UTF-8 (RFC 2104). */
export async function hmac(bytes: Uint8Array, data: string | Uint8Array): Promise<Uint8Array> {
  const message = typeof data === 'string' ? toUtf8(data) : asUnshared(data)
  return new Uint8Array(await crypto.subtle.sign('HMAC', await importMacKey(bytes), message))
}

/** Returns the SHA-256 of a string or bytes as lowercase hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return bytesToHex(sha256(typeof data === 'string' ? toUtf8(data) : data))
}

export function encodeText(text: string): string {
  return base64url.encode(text)
}

export function encodeBytes(bytes: Uint8Array): string {
  return base64url.encode(bytes)
}

export function decodeBytes(segment: string): Uint8Array {
  return base64url.decode(segment)
}

/** Decodes a segment as UTF-8. Returns `undefined` if its bytes are not valid UTF-8. */
export function decodeText(segment: string): string | undefined {
  try {
    return decodeUtf8(base64url.decode(segment))
  } catch {
    return undefined
  }
}

/** Decodes UTF-8. Returns `undefined` if the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

// Web Crypto's types require bytes that are not shared between threads.
function asUnshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}
