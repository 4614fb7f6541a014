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
  const actual = await first.getEncryptionKey()
  const iv = new Uint8Array(12)
  const raw = hkdf(secret, `hookurl/1/A256GCM/${purpose}`)
  const expected = await crypto.subtle.importKey('raw', raw as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt'])
  const [ciphertext, expectedCiphertext] = await Promise.all(
    [actual as typeof expected, expected].map((key) =>
      crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from('x')),
    ),
  )
  expect(Buffer.from(ciphertext as ArrayBuffer)).toEqual(Buffer.from(expectedCiphertext as ArrayBuffer))
})
