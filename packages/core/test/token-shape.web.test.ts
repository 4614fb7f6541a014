import { createRing, isSealed } from '@hookurl/core/internal'
import { CompactEncrypt } from 'jose'
import { expect, test } from 'vitest'
import { acceptedHeaders, hasStrangeId, sealedHeader } from '../src/header.ts'
import { maxTokenLength, readShape, sealToken } from '../src/token.ts'
import { mintForms, one, open } from './helpers.ts'

test('only a sealed token needs the asynchronous calls', async () => {
  const { full, short, sealed } = await mintForms()
  expect([full, short, sealed, ''].map(isSealed)).toEqual([false, false, true, false])
})

test('what is longer than a token may be is none, sealed or not', async () => {
  const { sealed } = await mintForms()
  const stretched = (length: number): string => `${'e'.repeat(length - sealed.length)}${sealed}`
  expect(isSealed(stretched(maxTokenLength))).toBe(true)
  expect(isSealed(stretched(maxTokenLength + 1))).toBe(false)
  expect(readShape(stretched(maxTokenLength))?.form).toBe('sealed')
  expect(readShape(stretched(maxTokenLength + 1))).toBeUndefined()
})

test('a token with anything before or behind it has not the shape of one', async () => {
  for (const token of Object.values(await mintForms())) {
    expect(readShape(token)).toBeDefined()
    for (const around of ['.', ' ', '=', '\n']) {
      expect(readShape(around + token), JSON.stringify(around)).toBeUndefined()
      expect(readShape(token + around), JSON.stringify(around)).toBeUndefined()
    }
  }
})

test('claims are sealed with the first key of the keyring', async () => {
  const token = await sealToken(await createRing(one)(), '{"cmd":"x"}')
  expect(await open(token)).toMatchObject({ ok: true, claims: { cmd: 'x' }, key: { index: 0 } })
})

test('what is sealed must be UTF-8, and JSON from its first byte on', async () => {
  const { first } = await createRing(one)()
  const seal = async (...bytes: number[]): Promise<string> =>
    new CompactEncrypt(Uint8Array.from(bytes))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(await first.sealing())
  const claims = (...name: number[]): number[] => [...Buffer.from('{"cmd":"'), ...name, ...Buffer.from('"}')]
  expect(await open(await seal(...claims(0xc3, 0xa9)))).toMatchObject({ ok: true, claims: { cmd: '\u00e9' } })
  expect(await open(await seal(...claims(0xe9)))).toEqual({ ok: false, code: 'claims_invalid' })
  expect(await open(await seal(0xef, 0xbb, 0xbf, ...claims(0x78)))).toEqual({ ok: false, code: 'claims_invalid' })
})

test('a header is strange for the id of a key that is missing, not for the lack of one', () => {
  for (const header of acceptedHeaders()) expect(hasStrangeId(header, 'signed')).toBe(false)
  for (const header of acceptedHeaders('k9')) expect(hasStrangeId(header, 'signed')).toBe(true)
  expect(hasStrangeId(sealedHeader(), 'sealed')).toBe(false)
  expect(hasStrangeId(sealedHeader('k9'), 'sealed')).toBe(true)
  expect(hasStrangeId(sealedHeader('k9'), 'signed')).toBe(false)
  expect(hasStrangeId(acceptedHeaders('k9')[0] as string, 'sealed')).toBe(false)
})

test('a header with the longest id is known for one in every spelling', () => {
  for (const header of acceptedHeaders('k'.repeat(16))) expect(hasStrangeId(header, 'signed')).toBe(true)
  expect(hasStrangeId(sealedHeader('k'.repeat(16)), 'sealed')).toBe(true)
})
