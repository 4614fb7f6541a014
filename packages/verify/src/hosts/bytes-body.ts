import type { BodyLimits } from '../request/body-limits.ts'
import type { Body, UnreadBody } from '../request/incoming-request.ts'

const bufferTags: ReadonlySet<string> = new Set(['[object ArrayBuffer]', '[object SharedArrayBuffer]'])

/** Returns the bytes of a buffer or view of any kind and realm, without copying them, or `undefined`. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return bufferTags.has(Object.prototype.toString.call(value)) ? new Uint8Array(value as ArrayBuffer) : undefined
}

/** Adapts a body whose exact bytes are known. */
export function fromBytes(bytes: Uint8Array, { maxBodySize }: BodyLimits): Body | UnreadBody {
  if (bytes.byteLength > maxBodySize) return { kind: 'unread', code: 'body_too_large' }
  return bytes.byteLength === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: toOwnBytes(bytes) }
}

// `Request` rejects shared and resizable memory, and `instanceof` fails for a buffer of another realm.
function toOwnBytes(bytes: Uint8Array): Uint8Array {
  const { buffer } = bytes
  const isPlain = buffer instanceof ArrayBuffer && Reflect.get(buffer, 'resizable') !== true
  return isPlain && bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)
}
