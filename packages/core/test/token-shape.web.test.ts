import { createKeyringLoader, isEncrypted } from '@hookurl/core/internal'
import { CompactEncrypt } from 'jose'
import { expect, test } from 'vitest'
import { acceptedHeaders, hasUnknownKeyId, jweHeader } from '../src/token/header.ts'
import { encryptToken, maxTokenLength, parseToken } from '../src/token/token.ts'
import { mintForms, one, open } from './helpers.ts'

test('only a sealed token needs the asynchronous calls', async () => {
  const { full, short, sealed } = await mintForms()
  expect([full, short, sealed, ''].map(isEncrypted)).toEqual([false, false, true, false])
})

test('what is longer than a token may be is none, sealed or not', async () => {
  const { sealed } = await mintForms()
  const stretched = (length: number): string => `${'e'.repeat(length - sealed.length)}${sealed}`
  expect(isEncrypted(stretched(maxTokenLength))).toBe(true)
  expect(isEncrypted(stretched(maxTokenLength + 1))).toBe(false)
  expect(parseToken(stretched(maxTokenLength))?.tokenFormat).toBe('encrypted')
  expect(parseToken(stretched(maxTokenLength + 1))).toBeUndefined()
})

test('a token with anything before or behind it has not the shape of one', async () => {
  for (const token of Object.values(await mintForms())) {
    expect(parseToken(token)).toBeDefined()
    for (const around of ['.', ' ', '=', '\n']) {
      expect(parseToken(around + token), JSON.stringify(around)).toBeUndefined()
      expect(parseToken(token + around), JSON.stringify(around)).toBeUndefined()
    }
  }
})

test('claims are sealed with the first key of the keyring', async () => {
  const token = await encryptToken(await createKeyringLoader(one)(), '{"cmd":"x"}')
  expect(await open(token)).toMatchObject({ ok: true, claims: { cmd: 'x' }, key: { index: 0 } })
})

test('what is sealed must be UTF-8, and JSON from its first byte on', async () => {
  const { first } = await createKeyringLoader(one)()
  const seal = async (...bytes: number[]): Promise<string> =>
    new CompactEncrypt(Uint8Array.from(bytes))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(await first.sealing())
  const claims = (...name: number[]): number[] => [...Buffer.from('{"cmd":"'), ...name, ...Buffer.from('"}')]
  expect(await open(await seal(...claims(0xc3, 0xa9)))).toMatchObject({ ok: true, claims: { cmd: '\u00e9' } })
  expect(await open(await seal(...claims(0xe9)))).toEqual({ ok: false, code: 'invalid_claims' })
  expect(await open(await seal(0xef, 0xbb, 0xbf, ...claims(0x78)))).toEqual({ ok: false, code: 'invalid_claims' })
})

test('a header is strange for the id of a key that is missing, not for the lack of one', () => {
  for (const header of acceptedHeaders()) expect(hasUnknownKeyId(header, 'signed')).toBe(false)
  for (const header of acceptedHeaders('k9')) expect(hasUnknownKeyId(header, 'signed')).toBe(true)
  expect(hasUnknownKeyId(jweHeader(), 'encrypted')).toBe(false)
  expect(hasUnknownKeyId(jweHeader('k9'), 'encrypted')).toBe(true)
  expect(hasUnknownKeyId(jweHeader('k9'), 'signed')).toBe(false)
  expect(hasUnknownKeyId(acceptedHeaders('k9')[0] as string, 'encrypted')).toBe(false)
})

test('a header with the longest id is known for one in every spelling', () => {
  for (const header of acceptedHeaders('k'.repeat(16))) expect(hasUnknownKeyId(header, 'signed')).toBe(true)
  expect(hasUnknownKeyId(jweHeader('k'.repeat(16)), 'encrypted')).toBe(true)
})
