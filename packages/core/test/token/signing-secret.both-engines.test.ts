import { createMinter } from '@hookurl/core'
import { synchronous } from '@hookurl/core/internal'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { baseUrl, catchError, getClaims, getToken, keyA, keyB, minter, minterOptions } from '../helpers.ts'

const signed = { command: '/onIncident', userId: 42, requireSignature: true } as const

function deriveByNoble(claims: string): Uint8Array {
  const secret = Uint8Array.from(atob(keyA.slice(4).replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  const utf8 = new TextEncoder()
  const callerKey = hkdf(sha256, secret, undefined, utf8.encode('hookurl/1/caller/'), 32)
  return hmac(sha256, callerKey, utf8.encode(claims))
}

describe('a signing secret', () => {
  test('is the HMAC of the exact claims, in base64 after whsec_ or as base64url', async () => {
    const url = await minter.mint(signed)
    const base64 = btoa(String.fromCharCode(...deriveByNoble(await getClaims(url))))
    expect(await minter.signingSecret(url)).toBe(`whsec_${base64}`)
    const plain = base64.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')
    expect(await minter.signingSecret(url, { encoding: 'plain' })).toBe(plain)
  })

  test('differs between two URLs with the same options, because each has a new id', async () => {
    const secrets = [
      await minter.signingSecret(await minter.mint(signed)),
      await minter.signingSecret(await minter.mint(signed)),
    ]
    expect(new Set(secrets).size).toBe(2)
  })

  test('is the same for the full, short and encrypted token of the same claims', async () => {
    const options = { ...signed, id: 'i' }
    const short = createMinter({ ...minterOptions, tokenFormat: 'short' })
    const urls = [
      await minter.mint(options),
      await short.mint(options),
      await minter.mint({ ...options, encrypt: true }),
    ]
    const secrets = await Promise.all(urls.map((url) => minter.signingSecret(url)))
    expect(new Set(secrets).size).toBe(1)
  })

  test('is the same after the key was rotated', async () => {
    const url = await minter.mint(signed)
    const rotated = createMinter({ ...minterOptions, keys: `${keyB} ${keyA}` })
    expect(await rotated.signingSecret(url)).toBe(await minter.signingSecret(url))
  })

  test('of an expired URL is derived too', async () => {
    const url = await minter.mint({ ...signed, expiresAt: new Date(1000) })
    expect(await minter.signingSecret(url)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  })

  const rejected: readonly [what: string, mintUrl: () => Promise<string>, code: string][] = [
    ['a URL without requireSignature', () => minter.mint({ command: 'x' }), 'invalid_option'],
    ['a URL of another key', () => createMinter({ ...minterOptions, keys: keyB }).mint(signed), 'invalid_signature'],
    [
      'a URL for another purpose',
      () => createMinter({ ...minterOptions, purpose: 'p' }).mint(signed),
      'invalid_signature',
    ],
    ['a URL that is cut short', async () => (await minter.mint(signed)).slice(0, -1), 'malformed_token'],
    ['a URL without a token', async () => `${baseUrl}/x`, 'no_token'],
    [
      'a URL with two tokens',
      async () => `${await minter.mint(signed)}?t=${getToken(await minter.mint(signed))}`,
      'ambiguous_token',
    ],
  ]
  for (const [what, mintUrl, code] of rejected) {
    test(`is not derived for ${what}`, async () => {
      const url = await mintUrl()
      expect((await catchError(() => minter.signingSecret(url))).code).toBe(code)
    })
  }

  for (const [what, options] of [
    ['an unknown encoding', { encoding: 'hex' }],
    ['an unknown option', { format: 'plain' }],
    ['options that are not an object', 'plain'],
  ] as const) {
    test(`is not derived with ${what}`, async () => {
      const url = await minter.mint(signed)
      const error = await catchError(() => minter.signingSecret(url, options as never))
      expect(error).toMatchObject({ code: 'invalid_option', exit: 2 })
    })
  }

  test('is derived synchronously where node:crypto is available', async () => {
    const url = await minter.mint(signed)
    if (synchronous) expect(minter.signingSecretSync(url)).toBe(await minter.signingSecret(url))
    else expect((await catchError(() => minter.signingSecretSync(url))).code).toBe('sync_unsupported')
  })
})

describe('restrictions at mint', () => {
  test('requireSignature mints an id unless one is given', async () => {
    expect(JSON.parse(await getClaims(await minter.mint(signed))).jti).toMatch(/^[A-Za-z0-9_-]{16}$/)
    expect(JSON.parse(await getClaims(await minter.mint({ ...signed, id: 'i' }))).jti).toBe('i')
  })

  test('requireUser mints no id', async () => {
    const claims = await getClaims(await minter.mint({ command: 'x', userId: 42, requireUser: true }))
    expect(Object.keys(JSON.parse(claims))).toEqual(['cmd', 'sub', 'exp', 'usr'])
  })

  for (const [what, options] of [
    ['requireUser without userId', { requireUser: true }],
    ['requireUser with allowGet', { userId: 1, requireUser: true, allowGet: true }],
    ['requireSignature with allowGet', { requireSignature: true, allowGet: true }],
    ['requireSignature with requireUser', { userId: 1, requireSignature: true, requireUser: true }],
    ['a requireUser that is not a boolean', { userId: 1, requireUser: 1 }],
    ['a requireSignature that is not a boolean', { requireSignature: 'yes' }],
    ['a state that is explicitly undefined', { state: undefined }],
  ] as const) {
    test(`${what} is rejected`, async () => {
      const error = await catchError(() => minter.mint({ command: 'x', ...options } as never))
      expect(error).toMatchObject({ code: 'invalid_option', exit: 2 })
      expect(error.fix).toMatch(/^[A-Z].*\.$/)
    })
  }
})
