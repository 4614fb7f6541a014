import { BodyBuffer } from '../request/body-buffer.ts'
import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'
import { toBytes } from './bytes-body.ts'

/** Reads a web stream. If it is locked, or yields anything but bytes, the body counts as consumed. */
export async function readWebStream(
  stream: ReadableStream<unknown>,
  { maxBodySize, timeoutMs }: BodyLimits,
): Promise<Body | UnreadBody> {
  if (stream.locked) return { kind: 'unread', code: 'body_already_consumed' }
  const reader = stream.getReader()
  const buffer = new BodyBuffer(maxBodySize)
  let isTimeUp = false
  const timer = setTimeout(() => {
    isTimeUp = true
    // Ends the pending read.
    cancelReader(reader)
  }, timeoutMs)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (isTimeUp) return { kind: 'unread', code: 'body_timeout' }
      if (done) return buffer.length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: buffer.toBytes() }
      const bytes = toBytes(value)
      if (bytes !== undefined && buffer.append(bytes)) continue
      cancelReader(reader)
      return { kind: 'unread', code: bytes === undefined ? 'body_already_consumed' : 'body_too_large' }
    }
  } catch {
    return { kind: 'unread', code: isTimeUp ? 'body_timeout' : 'request_aborted' }
  } finally {
    clearTimeout(timer)
  }
}

function cancelReader(reader: ReadableStreamDefaultReader<unknown>): void {
  reader.cancel().catch(() => {})
}
