import { deriveJwk, generateKey, isHookurlError, parseKeys } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { one, refusal, two } from './helpers.ts'

test('a new key is hks_ and 43 characters, and no two are the same', () => {
  const keys = new Set(Array.from({ length: 100 }, () => generateKey()))
  expect(keys.size).toBe(100)
  for (const key of keys) expect(key).toMatch(/^hks_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
  expect(parseKeys([...keys])).toHaveLength(100)
})

test('a new key bears its id in front', () => {
  expect(generateKey({ id: 'k2' })).toMatch(/^k2:hks_[\w-]{43}$/)
})

test.each(['', 'a b', 'k:1', 'k.1', 'abcdefghijklmnopq', '\u00e4'])('refuses %j as the id of a new key', async (id) => {
  expect(await refusal(() => generateKey({ id }))).toMatchObject({ code: 'invalid_option', fix: expect.any(String) })
})

test('keys are separated by commas and white space, and stay in their order', () => {
  const three = generateKey()
  for (const text of [
    `${one},k2:${two} ${three}`,
    `\n${one}\t,\r\n k2:${two},,${three},`,
    [one, `k2:${two},${three}`],
  ]) {
    expect(parseKeys(text).map(({ index, id }) => [index, id])).toEqual([
      [0, undefined],
      [1, 'k2'],
      [2, undefined],
    ])
  }
})

test('the bytes of a key are there but not enumerable', () => {
  const [key] = parseKeys(`k1:${one}`)
  expect(new TextDecoder().decode(key?.secret)).toBe('hookurl conformance test key 001')
  expect(Object.keys(key ?? {})).toEqual(['index', 'id'])
  expect(JSON.stringify(key)).toBe('{"index":0,"id":"k1"}')
})

describe('refuses as a keyring, without showing it,', () => {
  const secret = one.slice(4)
  const rows: [string, unknown][] = [
    ['nothing', ''],
    ['separators alone', ' ,\n'],
    ['an empty array', []],
    ['a number', 5],
    ['an array with a number', [one, 5]],
    ['an object', { key: one }],
    ['a passphrase', 'correct-horse-battery-staple'],
    ['a key without its prefix', secret],
    ['another prefix', `whsec_${secret}`],
    ['an upper-case prefix', `HKS_${secret}`],
    ['a PEM text', '-----BEGIN PRIVATE KEY-----'],
    ['a JWK', '{"kty":"oct","k":"AAAA"}'],
    ['the prefix alone', 'hks_'],
    ['a character less', one.slice(0, -1)],
    ['a character more', `${one}A`],
    ['padding', `${one}=`],
    ['base64 that is not base64url', `hks_+${secret.slice(1)}`],
    ['another spelling of the same bytes', `${one.slice(0, -1)}F`],
    ['an empty id', `:${one}`],
    ['an id of 17 characters', `abcdefghijklmnopq:${one}`],
    ['an id with a dot', `k.1:${one}`],
    ['two ids', `a:b:${one}`],
    ['the same key twice', `${one} ${one}`],
    ['the same key twice, once with an id', `${one} k1:${one}`],
    ['the same id twice', `k1:${one} k1:${two}`],
  ]
  test.each(rows)('%s', async (_, keys) => {
    const error = await refusal(() => parseKeys(keys as string))
    expect(error).toMatchObject({ code: 'invalid_key', exit: 6, status: undefined })
    expect(error.fix).not.toBe('')
    for (const text of [error.message, error.fix, String(error.stack).split('\n')[0]]) {
      expect(text).not.toContain(secret.slice(0, 8))
      expect(text).not.toContain('horse')
    }
  })
})

test('the message says which key is wrong, and how', async () => {
  expect((await refusal(() => parseKeys([one, 'hks_abc']))).message).toBe(
    'key 2 of 2 has 3 characters after hks_ where 43 belong',
  )
})

test('the JWK of a purpose bears the id, and differs from purpose to purpose', async () => {
  const jwk = await deriveJwk(`k1:${one} ${two}`)
  expect(jwk).toMatchObject({ kty: 'oct', alg: 'HS256', use: 'sig', kid: 'k1' })
  expect(await deriveJwk(parseKeys(`k1:${one}`)[0] as never)).toEqual(jwk)
  const others = await Promise.all(['a', 'A', 'a ', ''].map((purpose) => deriveJwk(one, purpose)))
  expect(new Set(others.map(({ k }) => k)).size).toBe(4)
})

test.each(['x'.repeat(65), 'a\n', '\ud800', 5, null])('refuses %j as a purpose', async (purpose) => {
  expect(await refusal(() => deriveJwk(one, purpose as string))).toMatchObject({ code: 'invalid_option' })
  expect(await refusal(() => createKeyringLoader(one, purpose as string))).toMatchObject({ code: 'invalid_option' })
})

test('a purpose may have 64 characters, of any alphabet', async () => {
  expect((await deriveJwk(one, '\u{1f600}'.repeat(64))).k).toHaveLength(43)
})

test('a keyring is derived once', async () => {
  const ring = createKeyringLoader(one)
  expect(await ring()).toBe(await ring())
  const late = createKeyringLoader(one)
  const [first, second] = await Promise.all([late(), late()])
  expect(first).toBe(second)
})

test('a function that gives the keys is called at first use, and once', async () => {
  let calls = 0
  const ring = createKeyringLoader(() => {
    calls++
    return `${one} ${two}`
  })
  expect(calls).toBe(0)
  expect((await ring()).all).toHaveLength(2)
  await ring()
  expect(calls).toBe(1)
})

test('a function that failed to give the keys is called again', async () => {
  const answers = [undefined, 'nonsense', one]
  const ring = createKeyringLoader(() => answers.shift())
  expect(await refusal(() => ring())).toMatchObject({ code: 'invalid_key', message: 'there is no key' })
  expect(await refusal(() => ring())).toMatchObject({ code: 'invalid_key' })
  expect((await ring()).all).toHaveLength(1)
  expect(answers).toEqual([])
})

test('a promise of keys is refused, not waited for', async () => {
  const ring = createKeyringLoader((async () => one) as never)
  expect(isHookurlError(await refusal(() => ring()))).toBe(true)
})

test('a header is looked up: three spellings for a keyring, eight more for an id', async () => {
  expect((await createKeyringLoader(one)()).bySignedHeader.size).toBe(3)
  expect((await createKeyringLoader(`k1:${one}`)()).bySignedHeader.size).toBe(11)
  expect((await createKeyringLoader(`k1:${one} k2:${two}`)()).bySignedHeader.size).toBe(19)
  expect((await createKeyringLoader(`k1:${one} k2:${two}`)()).bySealedHeader.size).toBe(3)
})

test('what a hook says of its key holds no secret', async () => {
  const { first } = await createKeyringLoader(`k1:${one}`)()
  expect(Reflect.ownKeys(first.ref)).toEqual(['index', 'id'])
  expect(Object.isFrozen(first.ref)).toBe(true)
})
