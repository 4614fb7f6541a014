import { createMinter, inspect, type ProblemCode } from '@hookurl/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { baseUrl, minterOptions, mintForms, now, two } from './helpers.ts'

let full: string
let short: string
let sealed: string
beforeAll(async () => {
  ;({ full, short, sealed } = await mintForms())
})

const encode = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const unsigned = (claims: string, header = '{"alg":"HS256"}'): string =>
  `${encode(header)}.${encode(claims)}.${'A'.repeat(43)}`
const codes = (text: string): ProblemCode[] => inspect(text, { now }).problems.map(({ code }) => code)

test('a good URL has no problems, and shows what it says', () => {
  expect(inspect(`${baseUrl}/${full}?a=b`, { now })).toEqual({
    readable: true,
    token: full,
    tokenFormat: 'full',
    header: { alg: 'HS256' },
    claims: { cmd: '/onWebhook', sub: '42', cnt: 'Did you see the cat?', exp: 1_802_592_000 },
    lengths: {
      whole: baseUrl.length + full.length + 5,
      token: full.length,
      header: 20,
      claims: full.length - 65,
      signature: 43,
      segment: full.length,
    },
    problems: [],
  })
})

test('the short form has no header of its own', () => {
  expect(inspect(short, { now })).toMatchObject({
    readable: true,
    tokenFormat: 'short',
    header: { alg: 'HS256' },
    lengths: { header: 0, signature: 43, claims: short.length - 44 },
    problems: [],
  })
})

test('of a sealed token the claims stay hidden', () => {
  const seen = inspect(`${baseUrl}?t=${sealed}`, { now })
  expect(seen).toMatchObject({
    readable: true,
    tokenFormat: 'encrypted',
    header: { alg: 'dir', enc: 'A256GCM' },
    problems: [],
  })
  expect(seen.claims).toBeUndefined()
  expect(seen.lengths).toMatchObject({ signature: 22, segment: 'hks'.length })
})

test('a key that nobody has is no problem of the token', async () => {
  const url = await createMinter({ ...minterOptions, keys: `k9:${two}` }).mint({ command: 'x' })
  expect(codes(url)).toEqual([])
  expect(
    codes(await createMinter({ ...minterOptions, keys: `k9:${two}` }).mint({ command: 'x', encrypt: true })),
  ).toEqual([])
})

describe('each damage is told by its name:', () => {
  const rows: [ProblemCode, string, () => string, RegExp][] = [
    ['no_token', 'nothing', () => '', /nothing like a token/],
    ['no_token', 'a URL without one', () => 'https://bot.example.com/hooks', /nothing like a token/],
    ['ambiguous_token', 'two tokens', () => `${baseUrl}/${full}?t=${sealed}`, /two different/],
    ['too_long', '8193 characters', () => 'e'.repeat(8193), /8193 characters.*at most 8192/],
    ['whitespace', 'a line break', () => `${full.slice(0, 20)}\n${full.slice(20)}`, /line break/],
    ['percent_encoded', 'a bare token with %2E', () => full.replaceAll('.', '%2E'), /percent/],
    ['padded', 'a padded signature', () => `${full}=`, /padded/],
    ['padded', 'padding inside', () => full.replace('.', '==.'), /padded/],
    ['not_base64url', 'base64', () => `${full.slice(0, -1)}+`, /neither base64url/],
    ['not_base64url', 'an ellipsis', () => `${full}\u2026`, /neither base64url/],
    ['lowercased', 'lower case', () => full.toLowerCase(), /lower case/],
    ['lowercased', 'lower case, short', () => short.toLowerCase(), /lower case/],
    ['lowercased', 'lower case, sealed', () => sealed.toLowerCase(), /lower case/],
    ['lowercased', 'a whole URL in lower case', () => `${baseUrl}/${full}`.toLowerCase(), /lower case/],
    ['uppercased', 'upper case', () => full.toUpperCase(), /upper case/],
    [
      'truncated',
      'a signature of 31 characters',
      () => full.slice(0, -12),
      /a signature of 31 characters where 43 belong/,
    ],
    ['truncated', 'a signature of 31 characters, short', () => short.slice(0, -12), /a signature of 31 characters/],
    ['truncated', 'a tag of 20 characters', () => sealed.slice(0, -2), /a tag of 20 characters where 22 belong/],
    ['truncated', 'no signature', () => full.slice(0, -43), /a signature of 0 characters/],
    ['truncated', 'no signature and no dot', () => full.slice(0, -44), /in its claims: there is no signature/],
    ['truncated', 'in the claims', () => full.slice(0, 40), /in its claims/],
    ['truncated', 'after the header', () => full.slice(0, 20), /after its header/],
    ['truncated', 'in the header', () => full.slice(0, 15), /before its first dot/],
    ['truncated', 'sealed, in the middle', () => sealed.slice(0, 60), /in the middle/],
    ['extra_characters', 'a character too many', () => `${full}A`, /a signature of 44 characters where 43 belong/],
    ['extra_characters', 'a tag of 23 characters', () => `${sealed}A`, /a tag of 23 characters/],
    [
      'invalid_trailing_bits',
      'another last character',
      () => `${full.slice(0, -1)}${next(full)}`,
      /does not end as base64url/,
    ],
    ['not_a_token', 'a word', () => 'hello', /does not begin/],
  ]
  test.each(rows)('%s: %s', (code, _, text, message) => {
    const { problems, readable } = inspect(text(), { now })
    expect(problems[0]?.code).toBe(code)
    expect(problems[0]?.message).toMatch(message)
    expect(readable).toBe(false)
  })
})

describe('a token of the right shape that is no hook:', () => {
  const rows: [ProblemCode, string, () => string, RegExp][] = [
    ['not_a_hook', 'a JWT without a command', () => unsigned('{"sub":"x","exp":1900000000}'), /no command/],
    ['not_a_hook', 'alg none', () => unsigned('{"cmd":"x"}', '{"alg":"none"}'), /its algorithm is "none"/],
    ['not_a_hook', 'alg RS256', () => unsigned('{"cmd":"x"}', '{"alg":"RS256","kid":"k"}'), /its algorithm is "RS256"/],
    ['not_a_hook', 'no alg', () => unsigned('{"cmd":"x"}', '{"typ":"JWT"}'), /its algorithm is missing/],
    ['not_a_hook', 'crit', () => unsigned('{"cmd":"x"}', '{"alg":"HS256","crit":["a"]}'), /members that no hook has/],
    ['not_a_hook', 'a header that is an array', () => unsigned('{"cmd":"x"}', '[1]'), /not a JSON object/],
    [
      'not_a_hook',
      'the header of a sealed token',
      () => unsigned('{"cmd":"x"}', '{"alg":"dir","enc":"A256GCM"}'),
      /its algorithm is "dir"/,
    ],
    ['not_a_hook', 'claims that are no JSON', () => unsigned('hello'), /claims are not a JSON object/],
    ['invalid_claims', 'a claim that nobody knows', () => unsigned('{"cmd":"x","aud":"y"}'), /"aud"/],
    ['invalid_claims', 'a user that is a number', () => unsigned('{"cmd":"x","sub":1}'), /"sub"/],
    ['redirect_forbidden', 'a script', () => unsigned('{"cmd":"x","rdr":"javascript:1"}'), /its redirect is not https/],
  ]
  test.each(rows)('%s: %s', (code, _, text, message) => {
    const [problem] = inspect(text(), { now }).problems
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

test('a token that begins later, and one that never ends, say so', () => {
  expect(inspect(unsigned('{"cmd":"x","nbf":1800007200}'), { now }).problems).toEqual([
    { code: 'never_expires', message: 'it never expires' },
    { code: 'not_yet_valid', message: 'it becomes valid in 2 hours' },
  ])
})

test('of a damaged token as much is read as can be', () => {
  const seen = inspect(full.slice(0, -12), { now })
  expect(seen.claims).toMatchObject({ cmd: '/onWebhook' })
  expect(seen.header).toEqual({ alg: 'HS256' })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'a clock that says %d breaks nothing',
  (time) => {
    expect(inspect(unsigned('{"cmd":"x","exp":5,"nbf":1}'), { now: () => time }).token).toBeDefined()
  },
)

test('texts of any size are inspected', () => {
  expect(codes('/'.repeat(200_000))).toEqual(['no_token'])
  expect(codes('eyJ'.repeat(100_000))).toEqual(['too_long'])
  expect(codes(unsigned(`{"cmd":"x","cnt":${'['.repeat(2000)}${']'.repeat(2000)}}`))).toEqual(['never_expires'])
})

// Another last character that keeps the bits which count and changes those that don't.
function next(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(token.at(-1) as string) + 1] as string
}

test.each([
  ['RS256', 342],
  ['HS512', 86],
  ['none', 0],
])('a JWT of another system is not taken for a damaged hook: %s', (alg, length) => {
  const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')
  const token = `${header}.eyJzdWIiOiIxIn0.${'A'.repeat(length)}`
  expect(inspect(token, { now }).problems).toMatchObject([{ code: 'not_a_hook' }, {}])
  expect(inspect(token, { now }).problems[0]?.message).toContain(alg)
})

test.each([Object.create(null), undefined, 5, { toString: () => 'x' }])('what is no text is no token', (given) => {
  expect(inspect(given as string).problems).toMatchObject([{ code: 'no_token' }])
})

test('a URL object is read as its text', () => {
  const url = new URL(`https://bot.example.com/${unsigned('{"cmd":"x"}')}`)
  expect(inspect(url as unknown as string, { now }).claims).toEqual({ cmd: 'x' })
})
