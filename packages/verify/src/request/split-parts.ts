import { MAX_PART_HEADER_SIZE, MAX_PARTS } from './body-limits.ts'

/** A part of a multipart body, as received. */
export interface RawPart {
  readonly header: Uint8Array
  readonly content: Uint8Array
}

export type RawPartsResult =
  | { readonly ok: true; readonly parts: readonly RawPart[] }
  | { readonly ok: false; readonly code: 'malformed_body' | 'body_too_large' }

/** A boundary line: where it starts, including the line break before it, and where the next line starts. */
interface Delimiter {
  readonly start: number
  readonly end: number
  readonly isLast: boolean
}

const [tab, lf, cr, space, hyphen] = [0x09, 0x0a, 0x0d, 0x20, 0x2d]
const malformed: RawPartsResult = { ok: false, code: 'malformed_body' }

/**
 * Splits a multipart body (RFC 2046, section 5.1.1). Skips a preamble, an epilogue and whitespace after a boundary. The
 * first boundary determines whether lines end with CRLF or LF.
 */
export function splitParts(bytes: Uint8Array, boundary: string): RawPartsResult {
  const marker = Uint8Array.from(`--${boundary}`, (character) => character.charCodeAt(0))
  const findDelimiter = (from: number, lineBreak: number): Delimiter | undefined => {
    for (let at = bytes.indexOf(lf, from); at >= 0; at = bytes.indexOf(lf, at + 1)) {
      const start = at + 1 - lineBreak
      if (start < from || (lineBreak === 2 && bytes[start] !== cr)) continue
      const delimiter = matchDelimiter(bytes, marker, at + 1)
      if (delimiter !== undefined) return { ...delimiter, start }
    }
    return undefined
  }
  let delimiter = matchDelimiter(bytes, marker, 0) ?? findDelimiter(0, 1)
  const lineBreak = bytes[(delimiter?.end ?? 0) - 2] === cr ? 2 : 1
  const parts: RawPart[] = []
  while (delimiter?.isLast === false) {
    if (parts.length === MAX_PARTS) return { ok: false, code: 'body_too_large' }
    const headerStart = delimiter.end
    const contentStart = findContent(bytes, headerStart)
    if (contentStart === undefined) return malformed
    delimiter = findDelimiter(contentStart, lineBreak)
    const content = bytes.subarray(contentStart, delimiter?.start)
    parts.push({ header: bytes.subarray(headerStart, contentStart), content })
  }
  return delimiter === undefined ? malformed : { ok: true, parts }
}

function matchDelimiter(bytes: Uint8Array, marker: Uint8Array, start: number): Delimiter | undefined {
  if (!marker.every((byte, index) => bytes[start + index] === byte)) return undefined
  let at = start + marker.length
  if (bytes[at] === hyphen && bytes[at + 1] === hyphen) return { start, end: at + 2, isLast: true }
  while (bytes[at] === space || bytes[at] === tab) at++
  if (bytes[at] === cr) at++
  return bytes[at] === lf ? { start, end: at + 1, isLast: false } : undefined
}

// The content follows the first empty line. Headers that are too large count as missing.
function findContent(bytes: Uint8Array, from: number): number | undefined {
  for (let line = from; line - from <= MAX_PART_HEADER_SIZE; ) {
    const end = bytes.indexOf(lf, line)
    if (end < 0) return undefined
    if (end === line || (end === line + 1 && bytes[line] === cr)) return end + 1
    line = end + 1
  }
  return undefined
}
