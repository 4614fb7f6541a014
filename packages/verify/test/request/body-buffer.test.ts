import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodyBuffer } from '../../src/request/body-buffer.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 40 })

test('a buffer returns the chunks in order, whatever their sizes', () => {
  fc.assert(
    fc.property(chunks, (parts) => {
      const buffer = new BodyBuffer(1_000_000)
      for (const part of parts) expect(buffer.append(part)).toBe(true)
      expect(Buffer.from(buffer.toBytes())).toEqual(Buffer.concat(parts))
    }),
  )
})

test('a buffer rejects the chunk that exceeds the limit, and keeps what it has', () => {
  fc.assert(
    fc.property(chunks, fc.integer({ min: 0, max: 5000 }), (parts, limit) => {
      const buffer = new BodyBuffer(limit)
      for (const part of parts) {
        const fits = buffer.length + part.byteLength <= limit
        expect(buffer.append(part)).toBe(fits)
        expect(buffer.length).toBeLessThanOrEqual(limit)
      }
    }),
  )
})

test('a buffer never holds more memory than its limit, and at most twice what it contains', () => {
  const limit = 100_000
  const buffer = new BodyBuffer(limit)
  for (let index = 0; index < limit; index++) {
    buffer.append(new Uint8Array(1))
    const capacity = buffer.toBytes().buffer.byteLength
    expect(capacity).toBeLessThanOrEqual(Math.min(limit, Math.max(4096, 2 * buffer.length)))
  }
})
