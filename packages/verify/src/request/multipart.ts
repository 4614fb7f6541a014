import { MaxPartsExceededError, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser'

/** The parts of a body by name and in their order, or how it fails. */
export type Parts =
  | { readonly ok: true; readonly pairs: readonly (readonly [name: string, value: string | File])[] }
  | { readonly ok: false; readonly code: 'malformed_body' | 'body_too_large' }

/** How many parts, or parameters of a form, one body may have. */
export const MAX_PARTS = 1000

// Longer than any name of a field and a file; in bytes, for all headers of a part.
const maxHeaderSize = 4096
const bytesType = 'application/octet-stream'
// The parser writes to the console where it does not know the charset of a file's name (RFC 8187, section 3.2).
const nameCharset = /filename\*\s*=\s*"?([\w-]*)'/gi
const charsets: ReadonlySet<string> = new Set(['utf-8', 'iso-8859-1'])
const [cr, lf] = [0x0d, 0x0a]
const malformed: Parts = { ok: false, code: 'malformed_body' }

/** Reads multipart/form-data (RFC 7578). A part with a file name, or of bytes, is a `File`; every other is text. */
export function readMultipart(bytes: Uint8Array, boundary: string | undefined): Parts {
  if (boundary === undefined || boundary === '') return malformed
  // The body is under its own limit already.
  const limits = { maxParts: MAX_PARTS, maxHeaderSize, maxFileSize: bytes.length, maxTotalSize: bytes.length }
  // Some senders begin with the line break that belongs to the boundary.
  const body = bytes[0] === cr && bytes[1] === lf ? bytes.subarray(2) : bytes
  try {
    const pairs = Array.from(parseMultipart(body, { boundary, ...limits }), toPair)
    return pairs.some(([name]) => name === '__proto__') ? malformed : { ok: true, pairs }
  } catch (error) {
    return error instanceof MaxPartsExceededError ? { ok: false, code: 'body_too_large' } : malformed
  }
}

function toPair(part: MultipartPart): readonly [string, string | File] {
  const disposition = part.headers['content-disposition'] ?? ''
  for (const [, charset = ''] of disposition.matchAll(nameCharset)) {
    if (!charsets.has(charset.toLowerCase())) throw new TypeError('the name of a file has a charset that nobody knows')
  }
  const { name, filename, mediaType } = part
  if (name === undefined) throw new TypeError('a part has no name')
  if (filename === undefined && mediaType !== bytesType) return [name, part.text]
  return [name, new File(part.content as Uint8Array<ArrayBuffer>[], filename ?? '', { type: mediaType ?? bytesType })]
}
