import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { expect, onTestFinished, test, vi } from 'vitest'

test('signs the same where node:crypto has no one-shot hash', async () => {
  const { hash } = nodeCrypto
  onTestFinished(() => {
    nodeCrypto.hash = hash
    syncBuiltinESMExports()
  })
  Reflect.deleteProperty(nodeCrypto, 'hash')
  syncBuiltinESMExports()
  vi.resetModules()
  const { importMacKey, sign } = await import('../src/crypto/engine.node.ts')
  const key = new Uint8Array(32).fill(7)
  const expected = nodeCrypto.createHmac('sha256', key).update('header.claims').digest('base64url')
  expect(sign(importMacKey(key), 'header.claims')).toBe(expected)
})
