import { createMinter, findToken, inspect, isHookurlError, redact } from '@hookurl/core'
import { createKeyringLoader, openToken, toHook } from '@hookurl/core/internal'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { findRedirectProblem, normalizeRedirect } from '../src/url/redirect-policy.ts'
import { baseUrl, minterOptions, mintForms, now, one, seconds } from './helpers.ts'

const ring = createKeyringLoader(one)
const minter = createMinter({ ...minterOptions, maxUrlLength: 100_000 })
const short = createMinter({ ...minterOptions, maxUrlLength: 100_000, tokenFormat: 'short', tokenIn: 'query' })
let tokens: string[]
beforeAll(async () => {
  tokens = Object.values(await mintForms())
})

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && [...text].length <= 256)
const hook = fc.record(
  {
    command: name,
    userId: fc.oneof(name, fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 64n })),
    content: fc.jsonValue({ stringUnit: 'grapheme' }),
    redirectTo: fc.webUrl({ validSchemes: ['https'], withFragments: true, withQueryParameters: true }),
    allowGet: fc.boolean(),
    expiresIn: fc.integer({ min: 1, max: 10_000_000 }),
    notBefore: fc.date({ min: new Date(0), max: new Date(seconds * 1000), noInvalidDate: true }),
    issuedAt: fc.boolean(),
    id: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
    maxUses: fc.integer({ min: 1, max: 1000 }),
    encrypt: fc.boolean(),
  },
  { requiredKeys: ['command'] },
)

test('whatever is minted is found, opened, and the same', async () => {
  await fc.assert(
    fc.asyncProperty(hook, fc.boolean(), async (given, inShort) => {
      const use = inShort && given.seal !== true ? short : minter
      const token = findToken(await use.mint(given))
      const opened = await openToken(await ring(), token)
      if (!opened.ok) throw new Error(opened.code)
      const out = toHook(opened.claims, opened.key)
      expect(out.command).toBe(given.command)
      expect(out.userId).toBe(given.userId === undefined ? undefined : String(given.userId))
      expect(JSON.stringify(out.content)).toBe(JSON.stringify(given.content))
      expect(out.allowGet).toBe(given.allowGet === true)
      expect(out.maxUses).toBe(given.uses)
      expect(out.issuedAt?.getTime()).toBe(given.issuedAt === true ? seconds * 1000 : undefined)
      expect(out.expiresAt?.getTime()).toBe((seconds + (given.expiresIn ?? 2_592_000)) * 1000)
      if (given.redirectTo !== undefined) {
        expect(out.redirectTo).toBe(new URL(given.redirectTo).href.replaceAll('^', '%5E'))
      }
    }),
    { numRuns: 300 },
  )
})

// Texts that come near to a token: pieces of real ones, and what surrounds them.
const near = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(2), fc.nat(199), fc.nat(199)).map(([form, a, b]) => ({ form, a, b })),
      fc.constantFrom(
        '/',
        '?',
        '&',
        '&amp;',
        't=',
        '.',
        '..',
        '%2E',
        '%252E',
        '%',
        '=',
        '\n',
        ' ',
        '#',
        'https://',
        'eyJ',
        'e30',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .map(
    (parts) => (all: string[]) =>
      parts.map((part) => (typeof part === 'string' ? part : (all[part.form] ?? '').slice(part.a, part.b))).join(''),
  )
const texts = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => () => text),
  near,
)

test('no text makes findToken throw anything but its own error', () => {
  fc.assert(
    fc.property(texts, (write) => {
      try {
        expect(typeof findToken(write(tokens))).toBe('string')
      } catch (error) {
        if (!isHookurlError(error)) throw error
        expect(['no_token', 'ambiguous_token']).toContain(error.code)
      }
    }),
    { numRuns: 3000 },
  )
})

test('no text makes inspect throw, and what is unreadable has a problem', () => {
  fc.assert(
    fc.property(texts, (write) => {
      const seen = inspect(write(tokens), { now })
      expect(seen.readable || seen.problems.length > 0).toBe(true)
      for (const { message } of seen.problems) expect(message).not.toBe('')
    }),
    { numRuns: 3000 },
  )
})

test('no text makes redact throw, and none of the three tokens is left whole', () => {
  fc.assert(
    fc.property(texts, fc.nat(2), (write, form) => {
      const token = tokens[form] as string
      const text = redact(`${write(tokens)} ${token} ${write(tokens)}`)
      expect(text).not.toContain(token)
    }),
    { numRuns: 2000 },
  )
})

test('no text opens, unless it is a token that was minted', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (write) => {
      const text = write(tokens)
      const opened = await openToken(await ring(), text)
      if (opened.ok) expect(tokens).toContain(text)
      else expect(['malformed_token', 'unknown_key', 'invalid_signature']).toContain(opened.code)
    }),
    { numRuns: 2000 },
  )
})

test('no options make mint throw anything but its own error', async () => {
  const value = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true })
  const field = fc.constantFrom(
    'command',
    'userId',
    'content',
    'redirectTo',
    'allowGet',
    'expiresIn',
    'expiresAt',
    'notBefore',
    'issuedAt',
    'maxUses',
    'id',
    'encrypt',
    'other',
  )
  const options = fc.oneof(
    value,
    fc.dictionary(field, value),
    fc.tuple(hook, field, value).map(([good, key, odd]) => ({ ...good, [key]: odd })),
  )
  await fc.assert(
    fc.asyncProperty(options, async (given) => {
      try {
        expect(await minter.mint(given as never)).toContain(baseUrl)
      } catch (error) {
        if (!isHookurlError(error)) throw error
        expect(error.message).not.toBe('')
        expect(error.fix).not.toBe('')
      }
    }),
    { numRuns: 3000 },
  )
})

test('a redirect that is signed is one that verifies, and only https or loopback', () => {
  const url = fc.oneof(
    fc.webUrl(),
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom('https://', 'http://localhost', 'https:'), fc.string()).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(url, (given) => {
      let signed: string
      try {
        signed = normalizeRedirect(given, () => true)
      } catch (error) {
        if (isHookurlError(error)) return
        throw error
      }
      expect(findRedirectProblem(signed, () => true)).toBeUndefined()
      expect(signed).toMatch(/^(https:\/\/|http:\/\/(localhost|127\.|\[::1\]))[!-~]+$/)
    }),
    { numRuns: 3000 },
  )
})
