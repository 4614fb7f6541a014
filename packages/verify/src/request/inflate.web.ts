import { BodyBuffer } from './body-buffer.ts'
import type { Compression, InflateResult } from './compression.ts'

// The format names of the Compression standard; TypeScript's types lack `brotli`.
const formats = { gzip: 'gzip', zlib: 'deflate', deflate: 'deflate-raw', brotli: 'brotli' } as const

/** Inflates a body, up to `maxSize` bytes. */
export async function inflate(bytes: Uint8Array, compression: Compression, maxSize: number): Promise<InflateResult> {
  const stream = createStream(compression)
  if (stream === undefined) return 'unsupported_encoding'
  const writer = stream.writable.getWriter()
  // The reader receives the same error.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {})
  writer.close().catch(() => {})
  const reader = stream.readable.getReader()
  const buffer = new BodyBuffer(maxSize)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return buffer.toBytes()
      if (buffer.append(value)) continue
      reader.cancel().catch(() => {})
      return 'body_too_large'
    }
  } catch {
    return 'malformed_body'
  }
}

// Some runtimes do not support Brotli.
function createStream(compression: Compression): DecompressionStream | undefined {
  try {
    return new DecompressionStream(formats[compression] as 'gzip')
  } catch {
    return undefined
  }
}
