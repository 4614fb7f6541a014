import { isUtf8 } from 'node:buffer'
import nodeCrypto, { type BinaryToTextEncoding, createHash, hkdfSync } from 'node:crypto'

/** Whether signing is synchronous on this runtime. */
export const synchronous: boolean = true

/** A key for signing: the inner and the outer padded key of HMAC (RFC 2104 §2). */
export interface MacKey {
  /** Followed by room for the message. */
  readonly inner: Buffer
  readonly outer: Buffer
}

// Bun and Deno have supported `hash` only since early 2025. On older versions, a named import of it fails to load.
const hash: typeof nodeCrypto.hash =
  nodeCrypto.hash ??
  ((algorithm: string, data: string | Uint8Array, encoding: BinaryToTextEncoding) =>
    createHash(algorithm).update(data).digest(encoding))

const BLOCK_LENGTH = 64
const HASH_LENGTH = 32
// The maximum length of a token.
const MESSAGE_LENGTH = 8192

/** Derives 32 bytes with HKDF-SHA-256 (RFC 5869), without a salt. */
export function derive(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', info, 32))
}

/** Prepares a derived key for signing. */
export function importMacKey(bytes: Uint8Array): MacKey {
  return { inner: xorPad(bytes, 0x36, MESSAGE_LENGTH), outer: xorPad(bytes, 0x5c, HASH_LENGTH) }
}

/** Signs `header.claims` with HS256 and returns the signature as base64url (RFC 7515 §5.1). */
export function sign({ inner, outer }: MacKey, input: string): string {
  const length = BLOCK_LENGTH + input.length
  // Only minting can sign an input longer than any token; the URL is then rejected as too long.
  const message = length > inner.length ? Buffer.concat([inner.subarray(0, BLOCK_LENGTH)], length) : inner
  message.write(input, BLOCK_LENGTH, 'latin1')
  // `createHmac` would prepare the key again on every call, which costs more than both hashes.
  outer.write(hash('sha256', message.subarray(0, length), 'binary'), BLOCK_LENGTH, 'latin1')
  return hash('sha256', outer, 'base64url')
}

/** Returns the SHA-256 of a string or bytes as lowercase hex. */
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

/** Decodes a segment as UTF-8. Returns `undefined` if its bytes are not valid UTF-8. */
export function decodeText(segment: string): string | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return isUtf8(bytes) ? bytes.toString() : undefined
}

// Pads a key to one block, XORs it with `byte`, and leaves `room` bytes after it.
function xorPad(key: Uint8Array, byte: number, room: number): Buffer {
  const padded = Buffer.alloc(BLOCK_LENGTH + room)
  padded.set(key)
  for (let at = 0; at < BLOCK_LENGTH; at++) padded[at] = (padded[at] as number) ^ byte
  return padded
}
