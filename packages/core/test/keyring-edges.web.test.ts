import { createMinter, deriveJwk, parseKeys } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import { expect, test } from 'vitest'
import { plainHeader } from '../src/token/token.ts'
import { minterOptions, one, open, refusal, tokenOf, two } from './helpers.ts'

test.each([undefined, '', ' ,\n', []])('%j is no key', async (keys) => {
  expect(await refusal(() => createKeyringLoader(keys))).toMatchObject({
    code: 'invalid_key',
    message: 'there is no key',
  })
})

test('what the function that gives the keys throws is the cause of a refusal', async () => {
  const cause = new Error('the vault is shut')
  const ring = createKeyringLoader(() => {
    throw cause
  })
  expect(await refusal(() => ring())).toMatchObject({
    code: 'invalid_key',
    message: 'the function that gives the keys threw',
    cause,
  })
})

test('a text without the prefix of a key is told so', async () => {
  const text = `sk_${one.slice(3)}`
  expect(await refusal(() => parseKeys(text))).toMatchObject({ message: 'key 1 of 1 does not start with hks_' })
})

test('without a purpose the JWK is that of the empty one', async () => {
  expect(await deriveJwk(one)).toEqual(await deriveJwk(one, ''))
})

test('what has no id does not say so', async () => {
  expect(Object.keys(parseKeys(one)[0] as object)).toEqual(['index'])
  expect(Object.keys(await deriveJwk(one))).toEqual(['kty', 'alg', 'use', 'k'])
  expect(Object.keys((await createKeyringLoader(one)()).first.ref)).toEqual(['index'])
})

test('the key that seals cannot be taken out again', async () => {
  const { first } = await createKeyringLoader(one)()
  expect((await first.sealing()).extractable).toBe(false)
})

test('of keys without an id each opens what it minted', async () => {
  const keys = `${one} ${two}`
  const ring = await createKeyringLoader(keys)()
  expect(ring.bySignedHeader.get(plainHeader)).toEqual(ring.all)
  for (const [index, key] of [one, two].entries()) {
    const minter = createMinter({ ...minterOptions, keys: key })
    for (const seal of [false, true]) {
      const token = tokenOf(await minter.mint({ command: 'x', seal }))
      expect(await open(token, keys)).toMatchObject({ ok: true, key: { index } })
    }
  }
})
