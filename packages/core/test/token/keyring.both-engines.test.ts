import { createMinter, deriveJwk, generateKey, parseKeys } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { plainHeader } from '../../src/token/token.ts'
import { catchError, getToken, keyA, keyB, minterOptions, open } from '../helpers.ts'

test('generated keys are hks_ and 43 characters, all different', () => {
  const keys = new Set(Array.from({ length: 100 }, () => generateKey()))
  expect(keys.size).toBe(100)
  for (const key of keys) expect(key).toMatch(/^hks_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
  expect(parseKeys([...keys])).toHaveLength(100)
})

test('a generated key starts with its id', () => {
  expect(generateKey({ id: 'k2' })).toMatch(/^k2:hks_[\w-]{43}$/)
})

test.each(['', 'a b', 'k:1', 'k.1', 'abcdefghijklmnopq', '\u00e4'])('%j is rejected as the id of a key', async (id) => {
  expect(await catchError(() => generateKey({ id }))).toMatchObject({ code: 'invalid_option', fix: expect.any(String) })
})

test('keys are separated by commas and whitespace, and keep their order', () => {
  const keyC = generateKey()
  for (const keys of [
    `${keyA},k2:${keyB} ${keyC}`,
    `\n${keyA}\t,\r\n k2:${keyB},,${keyC},`,
    [keyA, `k2:${keyB},${keyC}`],
  ]) {
    expect(parseKeys(keys).map(({ index, id }) => [index, id])).toEqual([
      [0, undefined],
      [1, 'k2'],
      [2, undefined],
    ])
  }
})

test('the bytes of a key are not enumerable', () => {
  const [key] = parseKeys(`k1:${keyA}`)
  expect(new TextDecoder().decode(key?.secret)).toBe('hookurl conformance test key 001')
  expect(Object.keys(key ?? {})).toEqual(['index', 'id'])
  expect(JSON.stringify(key)).toBe('{"index":0,"id":"k1"}')
})

describe('parseKeys rejects, without repeating it,', () => {
  const secret = keyA.slice(4)
  const rows: [string, unknown][] = [
    ['nothing', ''],
    ['only separators', ' ,\n'],
    ['an empty array', []],
    ['a number', 5],
    ['an array with a number', [keyA, 5]],
    ['an object', { key: keyA }],
    ['a passphrase', 'correct-horse-battery-staple'],
    ['a key without its prefix', secret],
    ['another prefix', `whsec_${secret}`],
    ['an upper-case prefix', `HKS_${secret}`],
    ['a PEM key', '-----BEGIN PRIVATE KEY-----'],
    ['a JWK', '{"kty":"oct","k":"AAAA"}'],
    ['only the prefix', 'hks_'],
    ['a missing character', keyA.slice(0, -1)],
    ['an extra character', `${keyA}A`],
    ['padding', `${keyA}=`],
    ['base64 that is not base64url', `hks_+${secret.slice(1)}`],
    ['another encoding of the same bytes', `${keyA.slice(0, -1)}F`],
    ['an empty id', `:${keyA}`],
    ['an id of 17 characters', `abcdefghijklmnopq:${keyA}`],
    ['an id with a dot', `k.1:${keyA}`],
    ['two ids', `a:b:${keyA}`],
    ['the same key twice', `${keyA} ${keyA}`],
    ['the same key twice, once with an id', `${keyA} k1:${keyA}`],
    ['the same id twice', `k1:${keyA} k1:${keyB}`],
  ]
  test.each(rows)('%s', async (_, keys) => {
    const error = await catchError(() => parseKeys(keys as string))
    expect(error).toMatchObject({ code: 'invalid_key', exit: 6, status: undefined })
    expect(error.fix).not.toBe('')
    for (const text of [error.message, error.fix, String(error.stack).split('\n')[0]]) {
      expect(text).not.toContain(secret.slice(0, 8))
      expect(text).not.toContain('horse')
    }
  })
})

test('the message names the position of the key and its problem', async () => {
  expect((await catchError(() => parseKeys([keyA, 'hks_abc']))).message).toBe(
    'key 2 of 2 has 3 characters after hks_ instead of 43',
  )
})

test('the JWK of a keyring is that of its first key, with its id', async () => {
  const jwk = await deriveJwk(`k1:${keyA} ${keyB}`)
  expect(jwk).toMatchObject({ kty: 'oct', alg: 'HS256', use: 'sig', kid: 'k1' })
  expect(await deriveJwk(parseKeys(`k1:${keyA}`)[0] as never)).toEqual(jwk)
})

test('the JWK is different for each purpose', async () => {
  const jwks = await Promise.all(['a', 'A', 'a ', ''].map((purpose) => deriveJwk(keyA, purpose)))
  expect(new Set(jwks.map(({ k }) => k)).size).toBe(4)
})

test.each(['x'.repeat(65), 'a\n', '\ud800', 5, null])('%j is rejected as a purpose', async (purpose) => {
  expect(await catchError(() => deriveJwk(keyA, purpose as string))).toMatchObject({ code: 'invalid_option' })
  expect(await catchError(() => createKeyringLoader(keyA, purpose as string))).toMatchObject({ code: 'invalid_option' })
})

test('a purpose may have 64 characters of any alphabet', async () => {
  expect((await deriveJwk(keyA, '\u{1f600}'.repeat(64))).k).toHaveLength(43)
})

test('a keyring is derived once', async () => {
  const loadKeyring = createKeyringLoader(keyA)
  expect(await loadKeyring()).toBe(await loadKeyring())
})

test('a keyring is derived once for concurrent calls', async () => {
  const loadKeyring = createKeyringLoader(keyA)
  const [first, second] = await Promise.all([loadKeyring(), loadKeyring()])
  expect(first).toBe(second)
})

test('a keys function is called once, at first use', async () => {
  let calls = 0
  const loadKeyring = createKeyringLoader(() => {
    calls++
    return `${keyA} ${keyB}`
  })
  expect(calls).toBe(0)
  expect((await loadKeyring()).all).toHaveLength(2)
  await loadKeyring()
  expect(calls).toBe(1)
})

test('a keys function whose result was rejected is called again', async () => {
  const results = [undefined, 'nonsense', keyA]
  const loadKeyring = createKeyringLoader(() => results.shift())
  expect(await catchError(() => loadKeyring())).toMatchObject({ code: 'invalid_key', message: 'there is no key' })
  expect(await catchError(() => loadKeyring())).toMatchObject({ code: 'invalid_key' })
  expect((await loadKeyring()).all).toHaveLength(1)
  expect(results).toEqual([])
})

test('an asynchronous keys function is called once by many calls at once', async () => {
  let calls = 0
  const loadKeyring = createKeyringLoader(async () => {
    calls++
    await new Promise((resolve) => setTimeout(resolve, 5))
    return [keyA, keyB]
  })
  expect(loadKeyring.isAsync()).toBe(false)
  const keyrings = await Promise.all(Array.from({ length: 100 }, () => loadKeyring()))
  expect(new Set(keyrings).size).toBe(1)
  expect((await loadKeyring()).all).toHaveLength(2)
  expect([calls, loadKeyring.isAsync()]).toEqual([1, true])
})

test('an asynchronous keys function that rejects is called again by the next call', async () => {
  const cause = new Error('the vault is locked')
  const results = [Promise.reject(cause), Promise.resolve(undefined), Promise.resolve(keyA)]
  results[0]?.catch(() => {})
  const loadKeyring = createKeyringLoader(() => results.shift())
  const failures = await Promise.allSettled([loadKeyring(), loadKeyring()])
  expect(failures).toMatchObject([{ reason: { code: 'keys_unavailable', cause } }, { reason: { cause } }])
  expect(await catchError(() => loadKeyring())).toMatchObject({ code: 'invalid_key', message: 'there is no key' })
  expect((await loadKeyring()).all).toHaveLength(1)
})

describe('an asynchronous keys function that hangs', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  function createHanging() {
    const pending: ((keys: string) => void)[] = []
    const load = createKeyringLoader(() => new Promise<string>((resolve) => pending.push(resolve)))
    return { pending, load: () => Promise.resolve(load()) }
  }

  test('fails after 10 seconds, for every call at its own time, and is then called again', async () => {
    const { pending, load } = createHanging()
    const first = catchError(load)
    await vi.advanceTimersByTimeAsync(4000)
    const second = catchError(load)
    await vi.advanceTimersByTimeAsync(6000)
    expect(await first).toMatchObject({
      code: 'keys_unavailable',
      message: 'the keys function did not return within 10 seconds',
    })
    const third = load()
    expect(pending).toHaveLength(2)
    pending[1]?.(keyA)
    expect((await third).all).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(4000)
    expect((await second).code).toBe('keys_unavailable')
  })

  test('is used after all if it returns late', async () => {
    const { pending, load } = createHanging()
    const first = catchError(load)
    await vi.advanceTimersByTimeAsync(5000)
    const second = load()
    await vi.advanceTimersByTimeAsync(5000)
    await first
    pending[0]?.(keyA)
    await second
    expect((await load()).all).toHaveLength(1)
    expect(pending).toHaveLength(1)
  })

  test('leaves no timer once it has returned', async () => {
    const { pending, load } = createHanging()
    const loads = [load(), load()]
    pending[0]?.(keyA)
    await Promise.all(loads)
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

test.each([
  [keyA, 3],
  [`k1:${keyA}`, 11],
  [`k1:${keyA} k2:${keyB}`, 19],
])('a keyring accepts three headers of signed tokens, and eight more for each id: %s', async (keys, count) => {
  expect((await createKeyringLoader(keys)()).byJwsHeader.size).toBe(count)
})

test('a keyring accepts one header of encrypted tokens, and one more for each id', async () => {
  expect((await createKeyringLoader(`k1:${keyA} k2:${keyB}`)()).byJweHeader.size).toBe(3)
})

test('the key reference of a hook has no secret', async () => {
  const { first } = await createKeyringLoader(`k1:${keyA}`)()
  expect(Reflect.ownKeys(first.ref)).toEqual(['index', 'id'])
  expect(Object.isFrozen(first.ref)).toBe(true)
})

test.each([undefined, '', ' ,\n', []])('%j is rejected as a keyring without keys', async (keys) => {
  expect(await catchError(() => createKeyringLoader(keys))).toMatchObject({
    code: 'invalid_key',
    message: 'there is no key',
  })
})

test('an error of the keys function becomes the cause', async () => {
  const cause = new Error('the vault is locked')
  const loadKeyring = createKeyringLoader(() => {
    throw cause
  })
  expect(await catchError(() => loadKeyring())).toMatchObject({
    code: 'keys_unavailable',
    message: 'the keys function threw',
    cause,
  })
})

test('the message about a key without the prefix names the prefix', async () => {
  const key = `sk_${keyA.slice(3)}`
  expect(await catchError(() => parseKeys(key))).toMatchObject({ message: 'key 1 of 1 does not start with hks_' })
})

test('the default purpose of a JWK is the empty one', async () => {
  expect(await deriveJwk(keyA)).toEqual(await deriveJwk(keyA, ''))
})

test('a key without an id has no member id', () => {
  expect(Object.keys(parseKeys(keyA)[0] as object)).toEqual(['index'])
})

test('the JWK of a key without an id has no kid', async () => {
  expect(Object.keys(await deriveJwk(keyA))).toEqual(['kty', 'alg', 'use', 'k'])
})

test('the reference of a key without an id has no member id', async () => {
  expect(Object.keys((await createKeyringLoader(keyA)()).first.ref)).toEqual(['index'])
})

test('the encryption key of a keyring is derived once', async () => {
  const { first } = await createKeyringLoader(keyA)()
  expect(await first.getEncryptionKey()).toBe(await first.getEncryptionKey())
})

test('the encryption key does not show its bytes', async () => {
  const { first } = await createKeyringLoader(keyA)()
  const key = await first.getEncryptionKey()
  expect(JSON.stringify(key)).toMatch(/^\{("key":\{\})?\}$/)
})

test('keys without an id each open the tokens that they minted', async () => {
  const keys = `${keyA} ${keyB}`
  const keyring = await createKeyringLoader(keys)()
  expect(keyring.byJwsHeader.get(plainHeader)).toEqual(keyring.all)
  for (const [index, key] of [keyA, keyB].entries()) {
    const minter = createMinter({ ...minterOptions, keys: key })
    for (const encrypt of [false, true]) {
      const token = getToken(await minter.mint({ command: 'x', encrypt }))
      expect(await open(token, keys)).toMatchObject({ ok: true, key: { index } })
    }
  }
})

test('a key is derived for tokens, for states and for signing secrets', async () => {
  const uses = [undefined, 'token', 'state', 'signature'] as const
  const [byDefault, ...others] = await Promise.all(uses.map(async (use) => (await deriveJwk(keyA, '', { for: use })).k))
  expect(byDefault).toBe(others[0])
  expect(new Set(others).size).toBe(3)
})

test.each([[{ for: 'encryption' }], [{ for: '__proto__' }], [{ use: 'state' }], ['state']])(
  'no key is derived with the options %j',
  async (options) => {
    const error = await catchError(() => deriveJwk(keyA, '', options as never))
    expect(error).toMatchObject({ code: 'invalid_option' })
  },
)
