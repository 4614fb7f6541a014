import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { deriveJwk, parseKeys } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { one } from './helpers.ts'

// RFC 5869, section 2: extract with a salt of zeros, expand to one block.
function hkdf(secret: Uint8Array, info: string): Buffer {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(secret).digest()
  return createHmac('sha256', extracted)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
}

test.each(['', 'mail', '\u{1f600}'])('the keys of the purpose %j are those of RFC 5869', async (purpose) => {
  const secret = parseKeys(one)[0]?.secret as Uint8Array
  expect((await deriveJwk(one, purpose)).k).toBe(hkdf(secret, `hookurl/1/HS256/${purpose}`).toString('base64url'))

  const { first } = await createKeyringLoader(one, purpose)()
  const sealing = await first.sealing()
  const iv = new Uint8Array(12)
  const raw = hkdf(secret, `hookurl/1/A256GCM/${purpose}`)
  const same = await crypto.subtle.importKey('raw', raw as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt'])
  const [ours, theirs] = await Promise.all(
    [sealing as typeof same, same].map((key) => crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from('x'))),
  )
  expect(Buffer.from(ours as ArrayBuffer)).toEqual(Buffer.from(theirs as ArrayBuffer))
})
