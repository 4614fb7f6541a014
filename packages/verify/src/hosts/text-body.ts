import type { Body, BodyLimits, Unread } from '../request/incoming-request.ts'

interface Declared extends BodyLimits {
  /** The header of that name. */
  readonly contentLength: string | undefined
}

/**
 * A body that a framework kept as a text. It lost its byte order mark and has U+FFFD where bytes were no text: only
 * where neither can have happened does it stand for the exact bytes.
 */
export function fromText(text: string, { maxBodySize, contentLength }: Declared): Body | Unread {
  const bytes = new TextEncoder().encode(text)
  if (bytes.byteLength > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  if (bytes.byteLength === 0) return { kind: 'none' }
  const isWhole = contentLength === undefined || Number(contentLength) === bytes.byteLength
  return isWhole && !text.includes('\ufffd') ? { kind: 'bytes', bytes } : { kind: 'text', text }
}
