import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'

interface TextLimits extends BodyLimits {
  /** The header `Content-Length`. */
  readonly contentLength: string | undefined
}

/**
 * Adapts a body that a framework kept as a string. Decoding drops a byte order mark and replaces invalid bytes with
 * U+FFFD, so the string yields the exact bytes only if neither can have happened.
 */
export function fromText(text: string, { maxBodySize, contentLength }: TextLimits): Body | UnreadBody {
  const bytes = new TextEncoder().encode(text)
  if (bytes.byteLength > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  if (bytes.byteLength === 0) return { kind: 'none' }
  const isComplete = contentLength === undefined || Number(contentLength) === bytes.byteLength
  return isComplete && !text.includes('\ufffd') ? { kind: 'bytes', bytes, isKept: true } : { kind: 'text', text }
}
