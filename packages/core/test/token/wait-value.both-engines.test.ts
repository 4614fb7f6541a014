import { hkdfSync } from 'node:crypto'
import { compactDecrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import { generateKey } from '../../src/index.ts'
import { createKeyringLoader } from '../../src/token/keyring.ts'
import { openToken, parseToken, type TokenSegments } from '../../src/token/token.ts'
import { decryptWaitValue, encryptWaitValue } from '../../src/token/wait-value.ts'

const waitId = '0'.repeat(64)
const text = '{"payload":"grüße"}'
const [plain, named, otherNamed] = [generateKey(), generateKey({ id: 'a' }), generateKey({ id: 'b' })]

const load = async (keys: string, purpose = 'wait') => createKeyringLoader(keys, purpose)()
const encrypt = async (keys: string, purpose?: string) => encryptWaitValue(await load(keys, purpose), waitId, text)
const decrypt = async (keys: string, value: string, id: string = waitId, purpose?: string) =>
  decryptWaitValue(await load(keys, purpose), id, value)

describe('the value of a wait', () => {
  for (const [what, written, read] of [
    ['a key without an ID', plain, plain],
    ['a key with an ID', named, named],
    ['the second of two keys', plain, `${named},${plain}`],
    ['the second of two keys with IDs', named, `${otherNamed},${named}`],
  ] as const) {
    test(`opens with ${what}`, async () => {
      expect(await decrypt(read, await encrypt(written))).toBe(text)
    })
  }

  test('does not open with another key, for another purpose, or for another wait', async () => {
    expect(await decrypt(generateKey(), await encrypt(plain))).toBeUndefined()
    expect(await decrypt(otherNamed, await encrypt(named))).toBeUndefined()
    expect(await decrypt(plain, await encrypt(plain), waitId, 'other')).toBeUndefined()
    expect(await decrypt(plain, await encrypt(plain), '1'.repeat(64))).toBeUndefined()
  })

  test('does not open if any character is changed, or if it is not an encrypted value', async () => {
    const value = await encrypt(plain)
    for (let at = 0; at < value.length; at++) {
      // The last character of a segment may have unused bits.
      if (value[at] === '.' || value[at + 1] === '.' || at === value.length - 1) continue
      const changed = `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`
      expect(await decrypt(plain, changed), String(at)).toBeUndefined()
    }
    for (const other of ['', '.', '....', 'a..b.c.d', value.slice(1), `${value}A`, 'x'.repeat(100_000)]) {
      expect(await decrypt(plain, other)).toBeUndefined()
    }
  })

  test('is different each time, does not contain what it encrypts, and is no token', async () => {
    const [one, other] = [await encrypt(plain), await encrypt(plain)]
    expect(one).not.toBe(other)
    expect(Buffer.from(one, 'base64url').toString()).not.toContain('payload')
    const segments = parseToken(one) as TokenSegments
    expect(await openToken(await load(plain), segments)).toEqual({ ok: false, code: 'malformed_token' })
  })

  test('is a JWE with the documented key and header', async () => {
    const secret = Buffer.from(named.slice(named.indexOf('hks_') + 4), 'base64url')
    const derived = new Uint8Array(hkdfSync('sha256', secret, '', 'hookurl/1/wait/wait', 32))
    const { plaintext, protectedHeader } = await compactDecrypt(await encrypt(named), derived)
    expect(Buffer.from(plaintext).toString()).toBe(text)
    expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', typ: 'wait', wait: waitId, kid: 'a' })
  })

  test('may be as long as the largest payload', async () => {
    const keyring = await load(plain)
    const long = 'é'.repeat(2_000_000)
    expect(await decryptWaitValue(keyring, waitId, await encryptWaitValue(keyring, waitId, long))).toBe(long)
  })
})
