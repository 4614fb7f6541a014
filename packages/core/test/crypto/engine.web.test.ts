import { expect, test } from 'vitest'
import { importEncryptionKey } from '../../src/crypto/engine.web.ts'

test('the encryption key is not extractable', async () => {
  expect((await importEncryptionKey(new Uint8Array(32))).extractable).toBe(false)
})
