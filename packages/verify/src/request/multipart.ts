import { MaxPartsExceededError, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser'
import { MAX_BOUNDARY_LENGTH, MAX_PART_HEADER_SIZE, MAX_PARTS } from './body-limits.ts'

/** The parts of a body in order, as pairs of name and value, or why the body is rejected. */
export type MultipartResult =
  | { readonly ok: true; readonly pairs: readonly (readonly [name: string, value: string | File])[] }
  | { readonly ok: false; readonly code: 'malformed_body' | 'body_too_large' }

const octetStream = 'application/octet-stream'
// The parser logs to the console when it does not know the charset of a file name (RFC 8187, section 3.2).
const fileNameCharset = /filename\*\s*=\s*"?([\w-]*)'/gi
const knownCharsets: ReadonlySet<string> = new Set(['utf-8', 'iso-8859-1'])
const [cr, lf] = [0x0d, 0x0a]
const malformed: MultipartResult = { ok: false, code: 'malformed_body' }

/** Parses multipart/form-data (RFC 7578). Parts with a file name or of type `application/octet-stream` become files. */
export function parseParts(bytes: Uint8Array, boundary: string | undefined): MultipartResult {
  if (boundary === undefined || boundary === '' || boundary.length > MAX_BOUNDARY_LENGTH) return malformed
  const limits = {
    maxParts: MAX_PARTS,
    maxHeaderSize: MAX_PART_HEADER_SIZE,
    // The body is already known to be within its own limit.
    maxFileSize: bytes.length,
    maxTotalSize: bytes.length,
  }
  // Some senders begin with the line break that precedes every other boundary.
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
  for (const [, charset = ''] of disposition.matchAll(fileNameCharset)) {
    if (!knownCharsets.has(charset.toLowerCase())) throw new TypeError('a file name has an unknown charset')
  }
  const { name, filename, mediaType } = part
  if (name === undefined) throw new TypeError('a part has no name')
  if (filename === undefined && mediaType !== octetStream) return [name, part.text]
  return [name, new File(part.content as Uint8Array<ArrayBuffer>[], filename ?? '', { type: mediaType ?? octetStream })]
}
