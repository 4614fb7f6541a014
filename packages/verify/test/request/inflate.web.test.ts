import { afterEach, expect, test, vi } from 'vitest'
import { inflate } from '../../src/request/inflate.web.ts'

// Like the stream of workerd, it makes a thousand times as much of what is written, without waiting for the reader.
class EagerStream {
  static written = 0
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>

  constructor() {
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: Number.POSITIVE_INFINITY })
    const transform = new TransformStream<Uint8Array, Uint8Array>(
      {
        transform: (chunk, controller) => {
          EagerStream.written += chunk.byteLength
          for (let at = 0; at < chunk.byteLength; at++) controller.enqueue(new Uint8Array(1000))
        },
      },
      undefined,
      strategy,
    )
    this.readable = transform.readable
    this.writable = transform.writable
  }
}

afterEach(() => vi.unstubAllGlobals())

test('a bomb is inflated only up to the limit, even by a stream that does not wait for its reader', async () => {
  EagerStream.written = 0
  vi.stubGlobal('DecompressionStream', EagerStream)
  expect(await inflate(new Uint8Array(1_000_000), 'gzip', 1_000_000)).toBe('body_too_large')
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(EagerStream.written).toBeLessThan(10_000)
})

test('a body of many slices is inflated by a stream that does not wait for its reader', async () => {
  vi.stubGlobal('DecompressionStream', EagerStream)
  const inflated = await inflate(new Uint8Array(20_000), 'gzip', 20_000_000)
  expect(inflated).toHaveLength(20_000_000)
})
