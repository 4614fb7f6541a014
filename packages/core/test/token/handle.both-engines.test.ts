import { describe, expect, test } from 'vitest'
import { findToken, HookurlError, inspect, redact } from '../../src/index.ts'
import { createHandle, isHandle, openHandle } from '../../src/token/handle.ts'
import { createKeyringLoader, generateKey } from '../../src/token/keyring.ts'
import { type EncryptedSegments, encryptToken, openToken, parseToken } from '../../src/token/token.ts'

const now = 1_800_000_000_000
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiIvYSJ9.c2lnbmF0dXJl'
const [plain, named, otherNamed] = [generateKey(), generateKey({ id: 'a' }), generateKey({ id: 'b' })]

const load = async (keys: string, purpose?: string) => createKeyringLoader(keys, purpose)()
const create = async (keys: string, purpose?: string) => createHandle(await load(keys, purpose), token, now)
const parse = (handle: string): EncryptedSegments => parseToken(handle) as EncryptedSegments
const open = async (keys: string, handle: string, at: number = now, purpose?: string) =>
  openHandle(await load(keys, purpose), parse(handle), at)

describe('a handle', () => {
  for (const [what, minted, read] of [
    ['a key without an ID', plain, plain],
    ['a key with an ID', named, named],
    ['the second of two keys', plain, `${named},${plain}`],
    ['the second of two keys with IDs', named, `${otherNamed},${named}`],
  ] as const) {
    test(`opens with ${what}`, async () => {
      expect(await open(read, await create(minted))).toEqual({ ok: true, token, isExpired: false })
    })
  }

  for (const [what, code, minted, read, purpose] of [
    ['another key', 'invalid_signature', plain, generateKey(), undefined],
    ['a key with another ID', 'unknown_key', named, otherNamed, undefined],
    ['another purpose', 'invalid_signature', plain, plain, 'mail'],
  ] as const) {
    test(`does not open with ${what}`, async () => {
      expect(await open(read, await create(minted), now, purpose)).toEqual({ ok: false, code })
    })
  }

  test('expires 10 minutes after its creation', async () => {
    const handle = await create(plain)
    expect(await open(plain, handle, now + 599_999)).toMatchObject({ isExpired: false })
    expect(await open(plain, handle, now + 600_000)).toMatchObject({ isExpired: true })
    expect(await open(plain, handle, Number.NaN)).toMatchObject({ isExpired: true })
  })

  test('does not open if any character is changed', async () => {
    const handle = await create(plain)
    const header = handle.indexOf('.')
    for (let at = header + 2; at < handle.length; at++) {
      if (handle[at] === '.') continue
      const changed = `${handle.slice(0, at)}${handle[at] === 'A' ? 'B' : 'A'}${handle.slice(at + 1)}`
      const segments = parseToken(changed)
      if (segments === undefined) continue
      expect(await open(plain, changed), String(at)).toEqual({ ok: false, code: 'invalid_signature' })
    }
  })

  test('is different each time, and does not contain the token', async () => {
    const [one, other] = [await create(plain), await create(plain)]
    expect(one).not.toBe(other)
    for (const part of token.split('.')) expect(one).not.toContain(part)
  })

  test('is no token: openToken rejects it', async () => {
    for (const key of [plain, named]) {
      expect(await openToken(await load(key), parse(await create(key)))).toEqual({ ok: false, code: 'malformed_token' })
    }
  })

  test('with the header of a token is not decrypted as one', async () => {
    const keyring = await load(plain)
    const { iv, ciphertext, tag } = parse(await create(plain))
    const { header } = parse(await encryptToken(keyring, '{"cmd":"/a"}'))
    expect(await openToken(keyring, parse(`${header}..${iv}.${ciphertext}.${tag}`))).toMatchObject({
      code: 'invalid_signature',
    })
  })

  test('an encrypted token with the header of a handle does not open as one', async () => {
    const keyring = await load(plain)
    const { iv, ciphertext, tag } = parse(await encryptToken(keyring, '{"cmd":"/a"}'))
    const { header } = parse(await create(plain))
    expect(await open(plain, `${header}..${iv}.${ciphertext}.${tag}`)).toMatchObject({ code: 'invalid_signature' })
  })

  test('is recognized by its header, and tokens are not', async () => {
    for (const key of [plain, named]) {
      expect(isHandle(parse(await create(key)))).toBe(true)
      expect(isHandle(parse(await encryptToken(await load(key), '{"cmd":"/a"}')))).toBe(false)
    }
  })

  test('is redacted in a log line', async () => {
    for (const key of [plain, named]) {
      expect(redact(`GET /hooks/${await create(key)} 303`)).toMatch(/^GET \/hooks\/\[hook [0-9a-f]{6}\] 303$/)
    }
  })

  test('is not a token for findToken', async () => {
    const url = `https://bot.example.com/hooks/${await create(plain)}`
    expect(() => findToken(url)).toThrow(HookurlError)
    expect(() => findToken(url)).toThrow('no token found')
  })

  test('is described by inspect', async () => {
    const { problems, readable } = inspect(`https://bot.example.com/hooks/${await create(named)}`)
    expect(problems).toEqual([{ code: 'not_a_hook', message: expect.stringMatching(/^a handle, not a hook/) }])
    expect(readable).toBe(true)
  })
})
