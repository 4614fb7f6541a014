import { createKeyringLoader, parseToken } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { encrypt } from '../../../../conformance/generate/craft.ts'
import { encryptToken, MAX_TOKEN_LENGTH } from '../../src/token/token.ts'
import { keyA, mintFormats, open } from '../helpers.ts'

test.each(['full', 'short', 'encrypted'] as const)('the format of a parsed %s token is recognized', async (format) => {
  const tokens = await mintFormats()
  expect(parseToken(tokens[format])?.tokenFormat).toBe(format)
})

test('an empty string is not parsed', () => {
  expect(parseToken('')).toBeUndefined()
})

test('a token of the maximum length is parsed', async () => {
  const { encrypted } = await mintFormats()
  expect(parseToken(stretch(encrypted, MAX_TOKEN_LENGTH))?.tokenFormat).toBe('encrypted')
})

test('a token over the maximum length is not parsed', async () => {
  const { encrypted } = await mintFormats()
  expect(parseToken(stretch(encrypted, MAX_TOKEN_LENGTH + 1))).toBeUndefined()
})

test.each(['.', ' ', '=', '\n'])('a token with %j before or after it is not parsed', async (character) => {
  for (const token of Object.values(await mintFormats())) {
    expect(parseToken(token)).toBeDefined()
    expect(parseToken(character + token)).toBeUndefined()
    expect(parseToken(token + character)).toBeUndefined()
  }
})

test('an encrypted token is parsed for ciphertext of any length', async () => {
  const keyring = await createKeyringLoader(keyA)()
  for (let length = 1; length <= 64; length++) {
    const token = await encryptToken(keyring, 'x'.repeat(length))
    expect(parseToken(token)?.tokenFormat, `${length} bytes`).toBe('encrypted')
  }
})

test('claims are encrypted with the first key of the keyring', async () => {
  const token = await encryptToken(await createKeyringLoader(keyA)(), '{"cmd":"x"}')
  expect(await open(token)).toMatchObject({ ok: true, claims: { cmd: 'x' }, key: { index: 0 } })
})

test('encrypted claims in UTF-8 are opened', async () => {
  expect(await open(await encryptBytes(nameCommand(0xc3, 0xa9)))).toMatchObject({ ok: true, claims: { cmd: '\u00e9' } })
})

test('encrypted claims that are not UTF-8 are rejected', async () => {
  expect(await open(await encryptBytes(nameCommand(0xe9)))).toEqual({ ok: false, code: 'invalid_claims' })
})

test('encrypted claims after a byte order mark are rejected', async () => {
  const bytes = [0xef, 0xbb, 0xbf, ...nameCommand(0x78)]
  expect(await open(await encryptBytes(bytes))).toEqual({ ok: false, code: 'invalid_claims' })
})

function stretch(token: string, length: number): string {
  return `${'e'.repeat(length - token.length)}${token}`
}

/** The bytes of claims whose command has the given bytes. */
function nameCommand(...name: number[]): number[] {
  return [...Buffer.from('{"cmd":"'), ...name, ...Buffer.from('"}')]
}

async function encryptBytes(bytes: number[]): Promise<string> {
  return encrypt({ key: keyA, claims: Uint8Array.from(bytes) })
}
