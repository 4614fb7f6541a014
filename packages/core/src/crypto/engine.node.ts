import { isUtf8 } from 'node:buffer'
import nodeCrypto, {
  type BinaryToTextEncoding,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { createIvPool } from './iv-pool.ts'
import type { JweSegments } from './jwe-segments.ts'

/** Whether signing and encrypting are synchronous on this runtime. */
export const synchronous: boolean = true

/** A key for signing: the inner and the outer padded key of HMAC (RFC 2104 §2). */
export interface MacKey {
  /** Followed by room for the message. */
  readonly inner: Buffer
  readonly outer: Buffer
}

/**
 * A key for encrypting, with its own initialization vectors. Node cannot store a `KeyObject` in a startup snapshot, and
 * so never stores the vectors, which every process that starts from the snapshot would draw again.
 */
export interface EncryptionKey {
  readonly key: KeyObject
  drawIv(): Buffer
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
// Claims are converted in here, which takes half as long as in a new buffer.
const scratch = Buffer.alloc(MESSAGE_LENGTH)
// Otherwise Node accepts a prefix of a tag.
const fullTag = { authTagLength: 16 }

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

/** Prepares a derived key for encrypting. */
export function importEncryptionKey(bytes: Uint8Array): EncryptionKey {
  return { key: createSecretKey(bytes), drawIv: createIvPool(randomBytes) }
}

/** Encrypts text as a compact JWE (RFC 7516 §5.1) with the given encoded header, `dir` with A256GCM. */
export function encrypt({ key, drawIv }: EncryptionKey, header: string, text: string): string {
  const iv = drawIv()
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header, 'latin1'))
  const ciphertext = cipher.update(text, 'utf8')
  cipher.final()
  const tag = cipher.getAuthTag()
  return `${header}..${iv.toString('base64url')}.${ciphertext.toString('base64url')}.${tag.toString('base64url')}`
}

/** Decrypts a JWE whose header has been checked. Returns `undefined` if the tag is invalid. */
export function decrypt({ key }: EncryptionKey, segments: JweSegments): Buffer | undefined {
  const { header, iv, ciphertext, tag } = segments
  const decipher = createDecipheriv('aes-256-gcm', key, decodeBytes(iv), fullTag)
  decipher.setAAD(Buffer.from(header, 'latin1')).setAuthTag(decodeBytes(tag))
  const plaintext = decipher.update(decodeBytes(ciphertext))
  // For an invalid tag, `final` throws. Recording the stack trace of that error would take longer than decrypting.
  const { stackTraceLimit } = Error
  Reflect.set(Error, 'stackTraceLimit', undefined)
  try {
    decipher.final()
    return plaintext
  } catch {
    return undefined
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

/** Returns the HMAC-SHA-256 of bytes, or of text in UTF-8 (RFC 2104). */
export function hmac(key: Uint8Array, data: string | Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(data).digest()
}

/** Returns the SHA-256 of a string or bytes as lowercase hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

export function encodeText(text: string): string {
  // No character takes more than three bytes of UTF-8.
  if (3 * text.length > scratch.length) return Buffer.from(text).toString('base64url')
  return scratch.toString('base64url', 0, scratch.write(text))
}

export function encodeBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

export function decodeBytes(segment: string): Uint8Array {
  return Buffer.from(segment, 'base64url')
}

/** Decodes a segment as UTF-8. Returns `undefined` if its bytes are not valid UTF-8. */
export function decodeText(segment: string): string | undefined {
  if (segment.length > scratch.length) return decodeUtf8(Buffer.from(segment, 'base64url'))
  const length = scratch.write(segment, 'base64url')
  const text = scratch.toString('utf8', 0, length)
  // Decoding replaces whatever is invalid with U+FFFD.
  return !text.includes('\ufffd') || isUtf8(scratch.subarray(0, length)) ? text : undefined
}

/** Decodes UTF-8. Returns `undefined` if the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString() : undefined
}

// Pads a key to one block, XORs it with `byte`, and leaves `room` bytes after it.
function xorPad(key: Uint8Array, byte: number, room: number): Buffer {
  const padded = Buffer.alloc(BLOCK_LENGTH + room)
  padded.set(key)
  for (let at = 0; at < BLOCK_LENGTH; at++) padded[at] = (padded[at] as number) ^ byte
  return padded
}
