import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'
import { hasUtf8Text } from '../request/payload.ts'

/** The headers of a body, and its limits. */
export interface TextLimits extends BodyLimits {
  readonly contentLength: string | undefined
  readonly contentType: string | undefined
}

/**
 * Adapts a body that a framework kept as a string. Decoding may have removed a byte order mark, replaced invalid bytes
 * with U+FFFD or used another charset, so the exact bytes can be restored only if none of this can have happened.
 */
export function fromText(text: string, { maxBodySize, contentLength, contentType }: TextLimits): Body | UnreadBody {
  const bytes = new TextEncoder().encode(text)
  if (bytes.byteLength > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  if (bytes.byteLength === 0) return { kind: 'none' }
  const hasLength = contentLength === undefined || Number(contentLength) === bytes.byteLength
  const isExact =
    hasLength && !text.includes('\ufffd') && (bytes.byteLength === text.length || hasUtf8Text(contentType))
  return isExact ? { kind: 'bytes', bytes, isKept: true } : { kind: 'text', text }
}
