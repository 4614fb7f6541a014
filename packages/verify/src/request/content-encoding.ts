import { inflate } from '#inflate'
import type { Compression } from './compression.ts'
import type { Body, UnreadBody } from './incoming-request.ts'

// Content codings of RFC 9110, section 8.4.1, and RFC 7932.
const compressions: ReadonlyMap<string, Compression> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'zlib'],
  ['br', 'brotli'],
])

/** Whether a `Content-Encoding` header names anything but `identity`. */
export function isEncoded(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && toCoding(contentEncoding) !== ''
}

/**
 * Inflates a body according to its `Content-Encoding`, up to `maxSize` bytes. A body that a framework has already
 * inflated is used as is. Bodies with more than one coding are not supported.
 */
export async function decodeBody(
  body: Body,
  contentEncoding: string | undefined,
  maxSize: number,
): Promise<Body | UnreadBody> {
  // If compressed bytes were decoded as text, they are lost.
  if (body.kind === 'text' && body.text.includes('\ufffd')) return { kind: 'unread', code: 'body_already_consumed' }
  if (body.kind !== 'bytes') return body
  const compression = compressions.get(toCoding(contentEncoding))
  if (compression === undefined) return body.isKept === true ? body : { kind: 'unread', code: 'unsupported_encoding' }
  const inflated = await inflate(body.bytes, detectFormat(body.bytes, compression), maxSize)
  if (typeof inflated !== 'string') {
    const kind = inflated.byteLength === 0 ? 'none' : 'bytes'
    return { kind, bytes: inflated, encoded: body.bytes }
  }
  const wasInflated = inflated === 'malformed_body' && body.isKept === true && !isCompressed(body.bytes, compression)
  return wasInflated ? body : { kind: 'unread', code: inflated }
}

// A coding is case-insensitive; `identity` means none.
function toCoding(contentEncoding = ''): string {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
  return codings.filter((coding) => coding !== '' && coding !== 'identity').join(',')
}

// RFC 9110, section 8.4.1.2: some senders omit the zlib header.
function detectFormat(bytes: Uint8Array, compression: Compression): Compression {
  return compression === 'zlib' && !isCompressed(bytes, 'zlib') ? 'deflate' : compression
}

// Brotli has no signature.
function isCompressed([first = 0, second = 0]: Uint8Array, compression: Compression): boolean {
  if (compression === 'gzip') return first === 0x1f && second === 0x8b
  return compression === 'zlib' && (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
}
