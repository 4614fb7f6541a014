import { isUtf8 } from 'node:buffer'
import nodeCrypto, { type BinaryToTextEncoding, createHash, hkdfSync } from 'node:crypto'

/** Whether signing is synchronous here. */
export const synchronous: boolean = true

/** A key that signs: what HMAC hashes before the message, and before the hash of that (RFC 2104, section 2). */
export interface MacKey {
  /** With room for the message behind it. */
  readonly inner: Buffer
  readonly outer: Buffer
}

// Bun and Deno have `hash` since the beginning of 2025 only; an import of its name would end the module there.
const hash: typeof nodeCrypto.hash =
  nodeCrypto.hash ??
  ((algorithm: string, data: string | Uint8Array, encoding: BinaryToTextEncoding) =>
    createHash(algorithm).update(data).digest(encoding))

const blockLength = 64
const hashLength = 32
// As long as a token may be.
const room = 8192

/** HKDF-SHA-256 (RFC 5869) without salt, 32 bytes out. */
export function derive(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', info, 32))
}

/** Makes a derived key ready for signing. */
export function importMacKey(bytes: Uint8Array): MacKey {
  return { inner: xorPad(bytes, { byte: 0x36, room }), outer: xorPad(bytes, { byte: 0x5c, room: hashLength }) }
}

/** The signature of `header.claims` with HS256, in base64url (RFC 7515, section 5.1). */
export function sign({ inner, outer }: MacKey, input: string): string {
  const length = blockLength + input.length
  // Longer than any token: what is minted so is refused for the length of its URL afterwards.
  const message = length > inner.length ? Buffer.concat([inner.subarray(0, blockLength)], length) : inner
  message.write(input, blockLength, 'latin1')
  // `createHmac` would prepare the key anew each time, which costs more than both hashes.
  outer.write(hash('sha256', message.subarray(0, length), 'binary'), blockLength, 'latin1')
  return hash('sha256', outer, 'base64url')
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

function xorPad(bytes: Uint8Array, { byte, room }: { byte: number; room: number }): Buffer {
  const padded = Buffer.alloc(blockLength + room)
  padded.set(bytes)
  for (let at = 0; at < blockLength; at++) padded[at] = (padded[at] as number) ^ byte
  return padded
}
