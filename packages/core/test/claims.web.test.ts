import { checkValidityPeriod, toHook } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { type Claims, findClaimsProblem, parseClaims, serializeClaims } from '../src/token/claims.ts'
import { refusal } from './helpers.ts'

const all = {
  cmd: '/a',
  sub: 'u',
  cnt: { x: 1 },
  rdr: 'https://example.com/',
  exp: 20,
  nbf: 10,
  iat: 5,
  jti: 'i',
  use: 2,
  get: 1,
} as const satisfies Claims

test('claims are written in the order of the table, without white space', () => {
  const text =
    '{"cmd":"/a","sub":"u","cnt":{"x":1},"rdr":"https://example.com/","exp":20,"nbf":10,"iat":5,"jti":"i","use":2,"get":1}'
  expect(serializeClaims(all)).toBe(text)
  expect(serializeClaims(Object.fromEntries(Object.entries(all).reverse()) as never)).toBe(text)
})

test('what was written is read back', () => {
  expect(parseClaims(serializeClaims(all))).toEqual(all)
  expect(parseClaims(serializeClaims({ cmd: 'x', cnt: null }))).toEqual({ cmd: 'x', cnt: null })
})

test('an absent claim is not written', () => {
  expect(serializeClaims({ cmd: 'x', sub: undefined, cnt: undefined })).toBe('{"cmd":"x"}')
})

test('there are no claims without a command', async () => {
  expect(await refusal(() => serializeClaims({} as Claims))).toMatchObject({ code: 'invalid_option' })
  expect(parseClaims('{}')).toBeUndefined()
})

describe('content that JSON cannot say is refused:', () => {
  const circular: unknown[] = []
  circular.push(circular)
  const rows: [string, unknown][] = [
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a circle', circular],
    ['a lone surrogate', '\udfff'],
    ['a lone surrogate as a name', { '\ud800': 1 }],
    ['what turns itself into nothing', { toJSON: () => undefined }],
  ]
  test.each(rows)('%s', async (_, cnt) => {
    const error = await refusal(() => serializeClaims({ cmd: 'x', cnt }))
    expect(error).toMatchObject({ code: 'invalid_option', fix: 'Correct content.' })
  })
})

test('a text that only looks like an escaped surrogate is content like any other', () => {
  const claims = { cmd: 'x', cnt: ['\\ud800', '\u{1f600}', { '\\udfff': 1 }] }
  expect(parseClaims(serializeClaims(claims))).toEqual(claims)
})

test('what is wrong with claims is said without a value of them', () => {
  expect(findClaimsProblem({ cmd: 'x', secret: 'hunter2' })).toBe('it has a claim that is not in version 1: "secret"')
  expect(findClaimsProblem({ cmd: 'x', sub: 'hunter2\n' })).toBe('the claim "sub" is not what userId can be')
  expect(findClaimsProblem({ sub: 'x' })).toBe('it has no command (the claim "cmd")')
  expect(findClaimsProblem({ ...all, exp: 10 })).toBe('it expires before it becomes valid')
  expect(findClaimsProblem(all)).toBeUndefined()
})

test('content nested thousands deep is read or refused, but nothing else', () => {
  for (const inner of ['1', '"\\ud83d"', '"\\ud83d\\ude00"']) {
    const text = `{"cmd":"x","cnt":${'['.repeat(3000)}${inner}${']'.repeat(3000)}}`
    const claims = parseClaims(text)
    expect(claims === undefined || claims.cmd === 'x').toBe(true)
  }
})

test('a token lives from its nbf to just before its exp', () => {
  const claims: Claims = { cmd: 'x', nbf: 10, exp: 20 }
  expect([9999, 10_000, 19_999, 20_000].map((now) => checkValidityPeriod(claims, now, 0))).toEqual([
    'not_yet_valid',
    undefined,
    undefined,
    'expired',
  ])
  expect([7999, 8000, 21_999, 22_000].map((now) => checkValidityPeriod(claims, now, 2))).toEqual([
    'not_yet_valid',
    undefined,
    undefined,
    'expired',
  ])
})

test('a clock that gives no number lets nothing live that expires', () => {
  expect(checkValidityPeriod({ cmd: 'x', exp: 20 }, Number.NaN, 0)).toBe('expired')
  expect(checkValidityPeriod({ cmd: 'x', nbf: 20 }, Number.NaN, 0)).toBe('not_yet_valid')
})

test('a hook has the names of the options, and is frozen', () => {
  const hook = toHook(all, { index: 0 })
  expect(hook).toEqual({
    command: '/a',
    userId: 'u',
    content: { x: 1 },
    redirectTo: 'https://example.com/',
    allowGet: true,
    expiresAt: new Date(20_000),
    notBefore: new Date(10_000),
    issuedAt: new Date(5000),
    id: 'i',
    maxUses: 2,
    key: { index: 0 },
  })
  expect(Object.isFrozen(hook)).toBe(true)
  expect(Object.keys(toHook({ cmd: 'x' }, { index: 0 }))).toEqual(['command', 'content', 'allowGet', 'key'])
})
