import { createMinter, inspect, type ProblemCode } from '@hookurl/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { baseUrl, keyB, minterOptions, mintFormats, now } from './helpers.ts'

let full: string
let short: string
let encrypted: string
beforeAll(async () => {
  ;({ full, short, encrypted } = await mintFormats())
})

const encode = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const unsigned = (claims: string, header = '{"alg":"HS256"}'): string =>
  `${encode(header)}.${encode(claims)}.${'A'.repeat(43)}`
const codes = (input: string): ProblemCode[] => inspect(input, { now }).problems.map(({ code }) => code)

test('a valid URL has no problems and is decoded', () => {
  expect(inspect(`${baseUrl}/${full}?a=b`, { now })).toEqual({
    readable: true,
    token: full,
    tokenFormat: 'full',
    header: { alg: 'HS256' },
    claims: { cmd: '/onWebhook', sub: '42', cnt: 'Did you see the cat?', exp: 1_802_592_000 },
    lengths: {
      input: baseUrl.length + full.length + 5,
      token: full.length,
      header: 20,
      claims: full.length - 65,
      signature: 43,
      longestSegment: full.length,
    },
    problems: [],
  })
})

test('a short token has no header in its lengths', () => {
  expect(inspect(short, { now })).toMatchObject({
    readable: true,
    tokenFormat: 'short',
    header: { alg: 'HS256' },
    lengths: { header: 0, signature: 43, claims: short.length - 44 },
    problems: [],
  })
})

test('the claims of an encrypted token are not decoded', () => {
  const seen = inspect(`${baseUrl}?t=${encrypted}`, { now })
  expect(seen).toMatchObject({
    readable: true,
    tokenFormat: 'encrypted',
    header: { alg: 'dir', enc: 'A256GCM' },
    problems: [],
  })
  expect(seen.claims).toBeUndefined()
  expect(seen.lengths).toMatchObject({ signature: 22, longestSegment: 'hks'.length })
})

test.each([false, true])('an unknown key is not a problem of the token; encrypted: %s', async (encrypt) => {
  const url = await createMinter({ ...minterOptions, keys: `k9:${keyB}` }).mint({ command: 'x', encrypt })
  expect(codes(url)).toEqual([])
})

describe('damage is reported with its code:', () => {
  const rows: [ProblemCode, string, () => string, RegExp][] = [
    ['no_token', 'nothing', () => '', /it contains no token/],
    ['no_token', 'a URL without one', () => 'https://bot.example.com/hooks', /it contains no token/],
    ['ambiguous_token', 'two tokens', () => `${baseUrl}/${full}?t=${encrypted}`, /two different/],
    ['too_long', '8193 characters', () => 'e'.repeat(8193), /8193 characters.*at most 8192/],
    ['whitespace', 'a line break', () => `${full.slice(0, 20)}\n${full.slice(20)}`, /line break/],
    ['percent_encoded', 'a bare token with %2E', () => full.replaceAll('.', '%2E'), /percent/],
    ['padded', 'a padded signature', () => `${full}=`, /padded/],
    ['padded', 'padding inside', () => full.replace('.', '==.'), /padded/],
    ['not_base64url', 'base64', () => `${full.slice(0, -1)}+`, /neither base64url/],
    ['not_base64url', 'an ellipsis', () => `${full}\u2026`, /neither base64url/],
    ['lowercased', 'lower case', () => full.toLowerCase(), /lower case/],
    ['lowercased', 'lower case, short', () => short.toLowerCase(), /lower case/],
    ['lowercased', 'lower case, encrypted', () => encrypted.toLowerCase(), /lower case/],
    ['lowercased', 'a whole URL in lower case', () => `${baseUrl}/${full}`.toLowerCase(), /lower case/],
    ['uppercased', 'upper case', () => full.toUpperCase(), /upper case/],
    [
      'truncated',
      'a signature of 31 characters',
      () => full.slice(0, -12),
      /its signature has 31 characters instead of 43/,
    ],
    ['truncated', 'a signature of 31 characters, short', () => short.slice(0, -12), /its signature has 31 characters/],
    ['truncated', 'a tag of 20 characters', () => encrypted.slice(0, -2), /its tag has 20 characters instead of 22/],
    ['truncated', 'no signature', () => full.slice(0, -43), /its signature has 0 characters/],
    ['truncated', 'no signature and no dot', () => full.slice(0, -44), /in its claims: there is no signature/],
    ['truncated', 'in the claims', () => full.slice(0, 40), /in its claims/],
    ['truncated', 'after the header', () => full.slice(0, 20), /after its header/],
    ['truncated', 'in the header', () => full.slice(0, 15), /before its first dot/],
    ['truncated', 'encrypted, in the middle', () => encrypted.slice(0, 60), /in the middle/],
    ['extra_characters', 'an extra character', () => `${full}A`, /its signature has 44 characters instead of 43/],
    ['extra_characters', 'a tag of 23 characters', () => `${encrypted}A`, /its tag has 23 characters/],
    [
      'invalid_trailing_bits',
      'another last character',
      () => `${full.slice(0, -1)}${changeSpareBits(full)}`,
      /does not end with valid base64url/,
    ],
    ['not_a_token', 'a word', () => 'hello', /tokens start differently/],
  ]
  test.each(rows)('%s: %s', (code, _, makeInput, message) => {
    const { problems, readable } = inspect(makeInput(), { now })
    expect(problems[0]?.code).toBe(code)
    expect(problems[0]?.message).toMatch(message)
    expect(readable).toBe(false)
  })
})

describe('a well-formed token that is not a hook:', () => {
  const rows: [ProblemCode, string, () => string, RegExp][] = [
    ['not_a_hook', 'a JWT without a command', () => unsigned('{"sub":"x","exp":1900000000}'), /no command/],
    ['not_a_hook', 'alg none', () => unsigned('{"cmd":"x"}', '{"alg":"none"}'), /its algorithm is "none"/],
    ['not_a_hook', 'alg RS256', () => unsigned('{"cmd":"x"}', '{"alg":"RS256","kid":"k"}'), /its algorithm is "RS256"/],
    ['not_a_hook', 'no alg', () => unsigned('{"cmd":"x"}', '{"typ":"JWT"}'), /its algorithm is missing/],
    [
      'not_a_hook',
      'crit',
      () => unsigned('{"cmd":"x"}', '{"alg":"HS256","crit":["a"]}'),
      /parameters that a hook does not have/,
    ],
    ['not_a_hook', 'a header that is an array', () => unsigned('{"cmd":"x"}', '[1]'), /not a JSON object/],
    [
      'not_a_hook',
      'the header of an encrypted token',
      () => unsigned('{"cmd":"x"}', '{"alg":"dir","enc":"A256GCM"}'),
      /its algorithm is "dir"/,
    ],
    ['not_a_hook', 'claims that are not JSON', () => unsigned('hello'), /claims are not a JSON object/],
    ['invalid_claims', 'an unknown claim', () => unsigned('{"cmd":"x","aud":"y"}'), /"aud"/],
    ['invalid_claims', 'a user that is a number', () => unsigned('{"cmd":"x","sub":1}'), /"sub"/],
    ['redirect_forbidden', 'a script', () => unsigned('{"cmd":"x","rdr":"javascript:1"}'), /its redirect is not https/],
  ]
  test.each(rows)('%s: %s', (code, _, makeInput, message) => {
    const [problem] = inspect(makeInput(), { now }).problems
    expect(problem?.code).toBe(code)
    expect(problem?.message).toMatch(message)
  })
})

test.each([
  [1_800_000_000 - 3 * 86_400, 'it expired 3 days ago'],
  [1_800_000_000 - 90, 'it expired 90 seconds ago'],
  [1_800_000_000, 'it expired just now'],
  [1, 'it expired 57 years ago'],
])('an expiry at %d: %s', (exp, message) => {
  expect(inspect(unsigned(`{"cmd":"x","exp":${exp}}`), { now }).problems).toEqual([{ code: 'expired', message }])
})

test('a token that is not valid yet and never expires has both problems', () => {
  expect(inspect(unsigned('{"cmd":"x","nbf":1800007200}'), { now }).problems).toEqual([
    { code: 'never_expires', message: 'it never expires' },
    { code: 'not_yet_valid', message: 'it becomes valid in 2 hours' },
  ])
})

test('a damaged token is decoded as far as possible', () => {
  const seen = inspect(full.slice(0, -12), { now })
  expect(seen.claims).toMatchObject({ cmd: '/onWebhook' })
  expect(seen.header).toEqual({ alg: 'HS256' })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'a clock that returns %d does not throw',
  (time) => {
    expect(inspect(unsigned('{"cmd":"x","exp":5,"nbf":1}'), { now: () => time }).token).toBeDefined()
  },
)

test('200,000 slashes are inspected', () => {
  expect(codes('/'.repeat(200_000))).toEqual(['no_token'])
})

test('a string of 300,000 characters is inspected', () => {
  expect(codes('eyJ'.repeat(100_000))).toEqual(['too_long'])
})

test('content nested 2000 deep is inspected', () => {
  expect(codes(unsigned(`{"cmd":"x","cnt":${'['.repeat(2000)}${']'.repeat(2000)}}`))).toEqual(['never_expires'])
})

// Changes only the unused bits of the last character.
function changeSpareBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(token.at(-1) as string) + 1] as string
}

test.each([
  ['RS256', 342],
  ['HS512', 86],
  ['none', 0],
])("another issuer's JWT is not reported as a damaged hook: %s", (alg, length) => {
  const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')
  const token = `${header}.eyJzdWIiOiIxIn0.${'A'.repeat(length)}`
  expect(inspect(token, { now }).problems).toMatchObject([{ code: 'not_a_hook' }, {}])
  expect(inspect(token, { now }).problems[0]?.message).toContain(alg)
})

test.each([Object.create(null), undefined, 5, { toString: () => 'x' }])(
  'a value that is not a string has no token',
  (value) => {
    expect(inspect(value as string).problems).toMatchObject([{ code: 'no_token' }])
  },
)

test('a URL object is inspected as a string', () => {
  const url = new URL(`https://bot.example.com/${unsigned('{"cmd":"x"}')}`)
  expect(inspect(url as unknown as string, { now }).claims).toEqual({ cmd: 'x' })
})
