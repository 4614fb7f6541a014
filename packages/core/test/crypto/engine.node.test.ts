import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { importMacKey, sign } from '../../src/crypto/engine.node.ts'

// The alphabet of tokens; some inputs are longer than any token.
const base64url = fc.stringMatching(/^[\w.-]+$/)
const inputs = fc.oneof(
  base64url,
  fc.tuple(base64url, fc.integer({ min: 1, max: 9000 })).map(([text, length]) => text.repeat(length).slice(0, length)),
)
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('signs like createHmac, several strings of any length in a row', () => {
  fc.assert(
    fc.property(keys, fc.array(inputs, { minLength: 1, maxLength: 5 }), (bytes, messages) => {
      const key = importMacKey(bytes)
      const expected = messages.map((text) => nodeCrypto.createHmac('sha256', bytes).update(text).digest('base64url'))
      expect(messages.map((text) => sign(key, text))).toEqual(expected)
    }),
  )
})

test.each([0, 1, 55, 56, 63, 64, 8191, 8192, 8193, 100_000])('signs a string of %i characters', (length) => {
  const bytes = new Uint8Array(32).fill(7)
  const text = 'a'.repeat(length)
  expect(sign(importMacKey(bytes), text)).toBe(nodeCrypto.createHmac('sha256', bytes).update(text).digest('base64url'))
})

test('signs the same on runtimes without a one-shot hash', async () => {
  const { hash } = nodeCrypto
  onTestFinished(() => {
    nodeCrypto.hash = hash
    syncBuiltinESMExports()
  })
  Reflect.deleteProperty(nodeCrypto, 'hash')
  syncBuiltinESMExports()
  vi.resetModules()
  const { importMacKey, sign } = await import('../../src/crypto/engine.node.ts')
  const key = new Uint8Array(32).fill(7)
  const expected = nodeCrypto.createHmac('sha256', key).update('header.claims').digest('base64url')
  expect(sign(importMacKey(key), 'header.claims')).toBe(expected)
})
