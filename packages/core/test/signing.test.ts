import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importMacKey, sign } from '../src/crypto/engine.node.ts'

// What tokens are written with; long enough to be longer than any token, too.
const base64url = fc.stringMatching(/^[\w.-]+$/)
const inputs = fc.oneof(
  base64url,
  fc.tuple(base64url, fc.integer({ min: 1, max: 9000 })).map(([text, length]) => text.repeat(length).slice(0, length)),
)
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('signs what createHmac signs, one text after another of any length', () => {
  fc.assert(
    fc.property(keys, fc.array(inputs, { minLength: 1, maxLength: 5 }), (bytes, texts) => {
      const key = importMacKey(bytes)
      const expected = texts.map((text) => createHmac('sha256', bytes).update(text).digest('base64url'))
      expect(texts.map((text) => sign(key, text))).toEqual(expected)
    }),
  )
})

test.each([0, 1, 55, 56, 63, 64, 8191, 8192, 8193, 100_000])('signs a text of %i characters', (length) => {
  const bytes = new Uint8Array(32).fill(7)
  const text = 'a'.repeat(length)
  expect(sign(importMacKey(bytes), text)).toBe(createHmac('sha256', bytes).update(text).digest('base64url'))
})
