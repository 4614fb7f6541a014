import { createMinter, findToken, inspect, isHookurlError, type MintOptions, redact } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseSeed } from '../../conformance/fuzz/fuzz.ts'
import { encryptRaw, keyA, keyB, keyC, now, plainClaims, signRaw } from '../../conformance/generate/craft.ts'
import { withSafeIntegers } from '../../packages/core/test/helpers.ts'

const clock = (): number => now * 1000
const seed = chooseSeed(process.env.HOOKURL_SEED)
console.log(`properties: seed ${seed} (HOOKURL_SEED=${seed} repeats the run)`)

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value))
const hook: fc.Arbitrary<MintOptions> = fc
  .record(
    {
      // `*` stands for any command and cannot be minted.
      command: text.filter((command) => command !== '*'),
      userId: fc.oneof(text, fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 70n })),
      content: fc.jsonValue({ stringUnit: 'grapheme' }).map(withSafeIntegers),
      redirectTo: fc.webUrl({ validSchemes: ['https'], withFragments: true, withQueryParameters: true }),
      allowGet: fc.boolean(),
      expiresIn: fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.constantFrom('15m', '30d')),
      expiresAt: fc.date({ min: new Date((now + 1) * 1000), max: new Date((now + 1e6) * 1000), noInvalidDate: true }),
      notBefore: fc.date({ min: new Date(0), max: new Date(now * 1000), noInvalidDate: true }),
      issuedAt: fc.boolean(),
      id: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      maxUses: fc.integer({ min: 1, max: 1000 }),
      encrypt: fc.boolean(),
    },
    { requiredKeys: ['command'] },
  )
  // `expiresIn` and `expiresAt` cannot be combined.
  .map(({ expiresAt, ...rest }) => (rest.expiresIn === undefined && expiresAt ? { ...rest, expiresAt } : rest))
const minterOptions = fc.record({
  tokenFormat: fc.constantFrom('full', 'short'),
  tokenIn: fc.constantFrom('path', 'query'),
  purpose: fc.constantFrom(undefined, 'mail', 'Gr\u00f6\u00dfe \u{1f600}'),
  key: fc.constantFrom(keyA, `k1:${keyA}`),
  baseUrl: fc.constantFrom('https://bot.example.com/hooks', 'http://localhost:3000', 'https://a.example/b?c=d'),
})
const keyring: fc.Arbitrary<(key: string) => string> = fc.constantFrom(
  (key) => key,
  (key) => `k2:${keyB},${key}`,
  (key) => `${keyC} ${keyB} ${key}`,
)
const transit: fc.Arbitrary<(url: string) => string> = fc.constantFrom(
  (url) => url,
  (url) => `${url}${url.includes('?') ? '&' : '?'}utm_source=mail&utm_term=a#top`,
  (url) => url.replaceAll('.', '%2E'),
  (url) => `${url}>`,
  (url) => url.replace(/.{70}/g, '$&\r\n '),
)

test('every minted URL verifies to its options, also after what email does to it', async () => {
  const property = fc.asyncProperty(
    hook,
    minterOptions,
    keyring,
    transit,
    async (given, { key, tokenFormat, ...options }, toKeyring, send) => {
      const tokenIn = options.tokenIn as 'path' | 'query'
      const minter = createMinter({
        ...options,
        tokenIn,
        tokenFormat: given.encrypt === true ? 'full' : (tokenFormat as 'full' | 'short'),
        keys: key,
        expiresIn: 60,
        maxUrlLength: 100_000,
        now: clock,
      })
      const url = send(await minter.mint(given))
      const verifier = createVerifier({ keys: toKeyring(key), purpose: options.purpose, now: clock })
      const verified = await verifier.verify(url, { ignore: ['uses'], command: given.command })
      expect(verified.userId).toBe(given.userId === undefined ? undefined : String(given.userId))
      expect(JSON.stringify(verified.content)).toBe(JSON.stringify(given.content))
      expect(verified.allowGet).toBe(given.allowGet === true)
      expect(verified.maxUses).toBe(given.maxUses)
      expect(verified.issuedAt?.getTime()).toBe(given.issuedAt === true ? now * 1000 : undefined)
      expect(verified.redirectTo === undefined).toBe(given.redirectTo === undefined)
      if (given.id !== undefined) expect(verified.id).toBe(given.id)
      if (typeof given.expiresIn === 'number')
        expect(verified.expiresAt?.getTime()).toBe((now + given.expiresIn) * 1000)
      // A verifier with another purpose or another keyring rejects the URL.
      const otherVerifiers = [
        { keys: toKeyring(key), purpose: 'other' },
        { keys: keyC, purpose: options.purpose },
      ]
      for (const other of otherVerifiers.slice(0, toKeyring(key).includes(keyC) ? 1 : 2)) {
        const rejection = createVerifier({ ...other, now: clock }).verify(url, { ignore: ['uses'] })
        await expect(rejection).rejects.toMatchObject({
          code: expect.stringMatching(/^(invalid_signature|unknown_key)$/),
        })
      }
    },
  )
  await fc.assert(property, { numRuns: 300, seed })
})

const tokens = [signRaw(), encryptRaw(), signRaw({ claims: { ...plainClaims, use: 1, jti: 'i' } })]
const pieces = fc.oneof(
  fc.tuple(fc.constantFrom(...tokens), fc.nat(200), fc.nat(200)).map(([token, from, to]) => token.slice(from, to)),
  fc.constantFrom(
    ...tokens,
    '/',
    '?',
    '&',
    '&amp;',
    't=',
    '.',
    '..',
    '%2E',
    '%',
    '\n',
    ' ',
    '#',
    'https://',
    'eyJhbGci',
    '"',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const tokenLikeText = fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join(''))
const anyInput = fc.oneof(
  { weight: 4, arbitrary: tokenLikeText },
  { weight: 1, arbitrary: fc.anything({ withBigInt: true }) },
)
const verifier = createVerifier({ keys: `k1:${keyA}`, now: clock })

const calls: [name: string, call: (given: never) => unknown, codes: RegExp | undefined][] = [
  ['verify', (given) => verifier.verify(given), /./],
  ['verifySync', (given) => verifier.verifySync(given), /./],
  ['findToken', findToken, /^(no_token|ambiguous_token)$/],
  ['inspect', inspect, undefined],
]
for (const [name, call, codes] of calls) {
  test(`${name} throws only HookurlErrors, which contain no part of a token`, async () => {
    const property = fc.asyncProperty(anyInput, async (given) => {
      const error = await catchAny(() => call(given as never))
      if (error === undefined) return
      if (!isHookurlError(error) || codes === undefined) throw error
      expect(error.code).toMatch(codes)
      const message = `${error.message} ${error.fix}`
      for (const token of tokens)
        for (const part of token.split('.')) if (part !== '') expect(message).not.toContain(part)
    })
    await fc.assert(property, { numRuns: 1500, seed })
  })
}

test('redact accepts any string, and its result contains no valid token', async () => {
  const property = fc.asyncProperty(tokenLikeText, async (given) => {
    const redacted = redact(given)
    for (const token of tokens) expect(redacted).not.toContain(token)
    expect(isHookurlError(await catchAny(() => verifier.verify(redacted)))).toBe(true)
  })
  await fc.assert(property, { numRuns: 1500, seed })
})

async function catchAny(call: () => unknown): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error
  }
}
