import { isUtf8 } from 'node:buffer'
import nodeCrypto, { type BinaryToTextEncoding, createHash, hkdfSync } from 'node:crypto'

/** Whether signing is synchronous on this runtime. */
export const synchronous: boolean = true

/** A key for signing: the inner and the outer padded key of HMAC (RFC 2104 §2). */
export interface MacKey {
  /** With room for the message after it. */
  readonly inner: Buffer
  readonly outer: Buffer
}

// Bun and Deno support `hash` only since the beginning of 2025; a named import of it would fail to load before that.
const hash: typeof nodeCrypto.hash =
  nodeCrypto.hash ??
  ((algorithm: string, data: string | Uint8Array, encoding: BinaryToTextEncoding) =>
    createHash(algorithm).update(data).digest(encoding))

const BLOCK_LENGTH = 64
const HASH_LENGTH = 32
// The maximum length of a token.
const MESSAGE_LENGTH = 8192

/** HKDF-SHA-256 (RFC 5869) without salt, 32 bytes of output. */
export function derive(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', info, 32))
}

/** Prepares a derived key for signing. */
export function importMacKey(bytes: Uint8Array): MacKey {
  return { inner: xorPad(bytes, 0x36, MESSAGE_LENGTH), outer: xorPad(bytes, 0x5c, HASH_LENGTH) }
}

/** Signs `header.claims` with HS256; the signature is in base64url (RFC 7515 §5.1). */
export function sign({ inner, outer }: MacKey, input: string): string {
  const length = BLOCK_LENGTH + input.length
  // Only minting signs an input longer than any token; its URL is rejected afterwards for its length.
  const message = length > inner.length ? Buffer.concat([inner.subarray(0, BLOCK_LENGTH)], length) : inner
  message.write(input, BLOCK_LENGTH, 'latin1')
  // `createHmac` would prepare the key again for each signature, which costs more than both hashes.
  outer.write(hash('sha256', message.subarray(0, length), 'binary'), BLOCK_LENGTH, 'latin1')
  return hash('sha256', outer, 'base64url')
}

/** SHA-256 of a string or of bytes, in lower-case hex. */
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

/** Decodes a segment as UTF-8; undefined: its bytes are not valid UTF-8. */
export function decodeText(segment: string): string | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return isUtf8(bytes) ? bytes.toString() : undefined
}

// A key, padded to a block and XORed with `byte`, with `room` bytes after it.
function xorPad(key: Uint8Array, byte: number, room: number): Buffer {
  const padded = Buffer.alloc(BLOCK_LENGTH + room)
  padded.set(key)
  for (let at = 0; at < BLOCK_LENGTH; at++) padded[at] = (padded[at] as number) ^ byte
  return padded
}
