import { createMinter, findToken, inspect, isHookurlError, redact } from '@hookurl/core'
import { toHook } from '@hookurl/core/internal'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { findRedirectProblem, normalizeRedirect } from '../src/url/redirect-policy.ts'
import { baseUrl, minterOptions, mintFormats, now, open, seconds, withSafeIntegers } from './helpers.ts'

const minter = createMinter({ ...minterOptions, maxUrlLength: 100_000 })
const shortMinter = createMinter({ ...minterOptions, maxUrlLength: 100_000, tokenFormat: 'short', tokenIn: 'query' })
let tokens: string[]
beforeAll(async () => {
  tokens = Object.values(await mintFormats())
})

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && [...text].length <= 256 && text !== '*')
const hook = fc.record(
  {
    command: name,
    userId: fc.oneof(name, fc.maxSafeInteger(), fc.bigInt({ min: 0n, max: 2n ** 64n })),
    content: fc.jsonValue({ stringUnit: 'grapheme' }).map(withSafeIntegers),
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

test('every minted hook is found and opened unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(hook, fc.boolean(), async (options, isShort) => {
      const { mint } = isShort && options.encrypt !== true ? shortMinter : minter
      const opened = await open(findToken(await mint(options)))
      if (!opened.ok) throw new Error(opened.code)
      const actual = toHook(opened.claims, opened.key)
      expect(actual.command).toBe(options.command)
      expect(actual.userId).toBe(options.userId === undefined ? undefined : String(options.userId))
      expect(JSON.stringify(actual.content)).toBe(JSON.stringify(options.content))
      expect(actual.allowGet).toBe(options.allowGet === true)
      expect(actual.maxUses).toBe(options.maxUses)
      expect(actual.issuedAt?.getTime()).toBe(options.issuedAt === true ? seconds * 1000 : undefined)
      expect(actual.expiresAt?.getTime()).toBe((seconds + (options.expiresIn ?? 2_592_000)) * 1000)
      if (options.redirectTo !== undefined) {
        expect(actual.redirectTo).toBe(new URL(options.redirectTo).href.replaceAll('^', '%5E'))
      }
    }),
    { numRuns: 300 },
  )
})

// Strings that resemble URLs with tokens: parts of real tokens, and what surrounds them.
const similar = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(2), fc.nat(199), fc.nat(199)).map(([format, start, end]) => ({ format, start, end })),
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
      parts
        .map((part) => (typeof part === 'string' ? part : (all[part.format] ?? '').slice(part.start, part.end)))
        .join(''),
  )
const inputs = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => () => text),
  similar,
)

test('findToken throws only its own errors', () => {
  fc.assert(
    fc.property(inputs, (makeInput) => {
      try {
        expect(typeof findToken(makeInput(tokens))).toBe('string')
      } catch (error) {
        if (!isHookurlError(error)) throw error
        expect(['no_token', 'ambiguous_token']).toContain(error.code)
      }
    }),
    { numRuns: 3000 },
  )
})

test('inspect never throws, and reports a problem for every unreadable input', () => {
  fc.assert(
    fc.property(inputs, (makeInput) => {
      const seen = inspect(makeInput(tokens), { now })
      expect(seen.readable || seen.problems.length > 0).toBe(true)
      for (const { message } of seen.problems) expect(message).not.toBe('')
    }),
    { numRuns: 3000 },
  )
})

test('redact never throws, and leaves no token complete', () => {
  fc.assert(
    fc.property(inputs, fc.nat(2), (makeInput, format) => {
      const token = tokens[format] as string
      const text = redact(`${makeInput(tokens)} ${token} ${makeInput(tokens)}`)
      expect(text).not.toContain(token)
    }),
    { numRuns: 2000 },
  )
})

test('no string opens, except a minted token', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async (makeInput) => {
      const text = makeInput(tokens)
      const opened = await open(text)
      if (opened.ok) expect(tokens).toContain(text)
      else expect(['malformed_token', 'unknown_key', 'invalid_signature']).toContain(opened.code)
    }),
    { numRuns: 2000 },
  )
})

test('mint throws only its own errors', async () => {
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
    fc.tuple(hook, field, value).map(([valid, key, unusual]) => ({ ...valid, [key]: unusual })),
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

test('every signed redirect verifies, and is https or loopback', () => {
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
