import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { deriveJwk, parseKeys } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { keyA } from '../helpers.ts'

// RFC 5869 §2: extract with a salt of zeros, expand to one block.
function hkdf(secret: Uint8Array, info: string): Buffer {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(secret).digest()
  return createHmac('sha256', extracted)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
}

const secret = parseKeys(keyA)[0]?.secret as Uint8Array
const purposes = ['', 'mail', '\u{1f600}']

test.each(purposes)('the signing key of the purpose %j is derived as in RFC 5869', async (purpose) => {
  expect((await deriveJwk(keyA, purpose)).k).toBe(hkdf(secret, `hookurl/1/HS256/${purpose}`).toString('base64url'))
})

test.each(purposes)('the encryption key of the purpose %j is derived as in RFC 5869', async (purpose) => {
  const { first } = await createKeyringLoader(keyA, purpose)()
  const { key } = await first.getEncryptionKey()
  expect(key.export()).toEqual(hkdf(secret, `hookurl/1/A256GCM/${purpose}`))
})
