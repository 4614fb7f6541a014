import { BodyBuffer } from './body-buffer.ts'
import type { Compression, InflateResult } from './compression.ts'

// The format names of the Compression standard; TypeScript's types lack `brotli`.
const formats = { gzip: 'gzip', zlib: 'deflate', deflate: 'deflate-raw', brotli: 'brotli' } as const

// Runtimes inflate what is written at once without waiting for the reader, up to a thousand times its size.
const SLICE_SIZE = 4096

/** Inflates a body, up to `maxSize` bytes. */
export async function inflate(bytes: Uint8Array, compression: Compression, maxSize: number): Promise<InflateResult> {
  const stream = createStream(compression)
  if (stream === undefined) return 'unsupported_encoding'
  const writer = stream.writable.getWriter()
  const reader = stream.readable.getReader()
  const buffer = new BodyBuffer(maxSize)
  // The reader receives the same error.
  writeSlices(writer, bytes, buffer).catch(() => {})
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return buffer.toBytes()
      if (buffer.append(value)) continue
      writer.abort().catch(() => {})
      return 'body_too_large'
    }
  } catch {
    return 'malformed_body'
  }
}

// The writer of workerd does not wait for the reader, so a slice is only written once the reader makes no progress.
async function writeSlices(writer: WritableStreamDefaultWriter, bytes: Uint8Array, read: BodyBuffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += SLICE_SIZE) {
    await writer.write(bytes.slice(at, at + SLICE_SIZE))
    for (let length = -1; length < read.length; ) {
      length = read.length
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  await writer.close()
}

// Some runtimes have no Brotli.
function createStream(compression: Compression): DecompressionStream | undefined {
  try {
    return new DecompressionStream(formats[compression] as 'gzip')
  } catch {
    return undefined
  }
}
