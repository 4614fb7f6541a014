import { createMinter, findToken, inspect, isHookurlError, type MintOptions, redact } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseSeed } from '../../conformance/fuzz/fuzz.ts'
import { encryptRaw, keyA, keyB, keyC, now, plainClaims, signRaw } from '../../conformance/generate/craft.ts'

const clock = (): number => now * 1000
const seed = chooseSeed(process.env.HOOKURL_SEED)
console.log(`properties: seed ${seed} (HOOKURL_SEED=${seed} does it again)`)

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((given) => !/[\p{Cc}\p{Cs}]/u.test(given))
const hook: fc.Arbitrary<MintOptions> = fc
  .record(
    {
      command: text,
      userId: fc.oneof(text, fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 70n })),
      content: fc.jsonValue({ stringUnit: 'grapheme' }),
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
  // One lifetime or the other, not both.
  .map(({ expiresAt, ...rest }) => (rest.expiresIn === undefined && expiresAt ? { ...rest, expiresAt } : rest))
const place = fc.record({
  tokenFormat: fc.constantFrom('full', 'short'),
  tokenIn: fc.constantFrom('path', 'query'),
  purpose: fc.constantFrom(undefined, 'mail', 'Gr\u00f6\u00dfe \u{1f600}'),
  key: fc.constantFrom(keyA, `k1:${keyA}`),
  baseUrl: fc.constantFrom('https://bot.example.com/hooks', 'http://localhost:3000', 'https://a.example/b?c=d'),
})
const ring: fc.Arbitrary<(key: string) => string> = fc.constantFrom(
  (key) => key,
  (key) => `k2:${keyB},${key}`,
  (key) => `${keyC} ${keyB} ${key}`,
)
const around: fc.Arbitrary<(url: string) => string> = fc.constantFrom(
  (url) => url,
  (url) => `${url}${url.includes('?') ? '&' : '?'}utm_source=mail&utm_term=a#top`,
  (url) => url.replaceAll('.', '%2E'),
  (url) => `${url}>`,
  (url) => url.replace(/.{70}/g, '$&\r\n '),
)

test('whatever is minted verifies as it was given, under every option, key and purpose, through what mail does', async () => {
  const property = fc.asyncProperty(
    hook,
    place,
    ring,
    around,
    async (given, { key, form, ...options }, toRing, damage) => {
      const inForm = given.encrypt === true ? 'full' : (form as 'full' | 'short')
      const tokenIn = options.tokenIn as 'path' | 'query'
      const minter = createMinter({
        ...options,
        tokenIn,
        tokenFormat: inForm,
        keys: key,
        expiresIn: 60,
        maxUrlLength: 100_000,
        now: clock,
      })
      const url = damage(await minter.mint(given))
      const verifier = createVerifier({ keys: toRing(key), purpose: options.purpose, now: clock })
      const out = await verifier.verify(url, { ignore: ['maxUses'], command: given.command })
      expect(out.userId).toBe(given.userId === undefined ? undefined : String(given.userId))
      expect(JSON.stringify(out.content)).toBe(JSON.stringify(given.content))
      expect([out.allowGet, out.uses]).toEqual([given.allowGet === true, given.maxUses])
      expect(out.issuedAt?.getTime()).toBe(given.issuedAt === true ? now * 1000 : undefined)
      expect(out.redirectTo === undefined).toBe(given.redirectTo === undefined)
      if (given.id !== undefined) expect(out.id).toBe(given.id)
      if (typeof given.expiresIn === 'number') expect(out.expiresAt?.getTime()).toBe((now + given.expiresIn) * 1000)
      // Another purpose, or another keyring, opens none of it.
      const strangers = [
        { keys: toRing(key), purpose: 'other' },
        { keys: keyC, purpose: options.purpose },
      ]
      for (const stranger of strangers.slice(0, toRing(key).includes(keyC) ? 1 : 2)) {
        const refused = createVerifier({ ...stranger, now: clock }).verify(url, { ignore: ['maxUses'] })
        await expect(refused).rejects.toMatchObject({
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
const texts = fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join(''))
const anything = fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: fc.anything({ withBigInt: true }) })
const verifier = createVerifier({ keys: `k1:${keyA}`, now: clock })

const calls: [name: string, call: (given: never) => unknown, codes: RegExp | undefined][] = [
  ['verify', (given) => verifier.verify(given), /./],
  ['verifySync', (given) => verifier.verifySync(given), /./],
  ['findToken', findToken, /^(no_token|ambiguous_token)$/],
  ['inspect', inspect, undefined],
]
for (const [name, call, codes] of calls) {
  test(`nothing but a HookurlError comes out of ${name}, and it holds nothing of what was given`, async () => {
    const property = fc.asyncProperty(anything, async (given) => {
      const error = await settle(() => call(given as never))
      if (error === undefined) return
      if (!isHookurlError(error) || codes === undefined) throw error
      expect(error.code).toMatch(codes)
      const said = `${error.message} ${error.fix}`
      for (const token of tokens) for (const part of token.split('.')) if (part !== '') expect(said).not.toContain(part)
    })
    await fc.assert(property, { numRuns: 1500, seed })
  })
}

test('redact throws for no text, and what it leaves verifies nowhere', async () => {
  const property = fc.asyncProperty(texts, async (given) => {
    const left = redact(given)
    for (const token of tokens) expect(left).not.toContain(token)
    expect(isHookurlError(await settle(() => verifier.verify(left)))).toBe(true)
  })
  await fc.assert(property, { numRuns: 1500, seed })
})

async function settle(call: () => unknown): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error
  }
}
