import { checkValidityPeriod, toHook } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { type Claims, findClaimsProblem, parseClaims, parseJson, serializeClaims } from '../../src/token/claims.ts'
import { catchError } from '../helpers.ts'

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
  sta: 'aZ09-_aZ09-_',
} as const satisfies Claims
const lastSecond = 253_402_300_799

test('claims are serialized in the order of their definitions, without whitespace', () => {
  const json =
    '{"cmd":"/a","sub":"u","cnt":{"x":1},"rdr":"https://example.com/","exp":20,"nbf":10,"iat":5,"jti":"i","use":2,"get":1,"sta":"aZ09-_aZ09-_"}'
  expect(serializeClaims(all)).toBe(json)
  expect(serializeClaims(Object.fromEntries(Object.entries(all).reverse()) as never)).toBe(json)
})

test('serialized claims are parsed back', () => {
  expect(parseClaims(serializeClaims(all))).toEqual(all)
  expect(parseClaims(serializeClaims({ cmd: 'x', cnt: null }))).toEqual({ cmd: 'x', cnt: null })
})

test('sig and usr are serialized after sta', () => {
  const sta = 'AAAAAAAAAAAA'
  expect(serializeClaims({ sig: 1, sta, cmd: 'x' })).toBe(`{"cmd":"x","sta":"${sta}","sig":1}`)
  expect(serializeClaims({ usr: 1, sta, sub: 'u', cmd: 'x' })).toBe(`{"cmd":"x","sub":"u","sta":"${sta}","usr":1}`)
})

const conflicts: readonly [claims: Claims, message: string][] = [
  [{ cmd: 'x', usr: 1 }, 'requireUser requires a userId'],
  [{ cmd: 'x', sub: 'u', usr: 1, get: 1 }, 'requireUser and allowGet cannot be combined'],
  [{ cmd: 'x', sig: 1, get: 1 }, 'requireSignature and allowGet cannot be combined'],
  [{ cmd: 'x', sub: 'u', sig: 1, usr: 1 }, 'requireSignature and requireUser cannot be combined'],
]
for (const [claims, message] of conflicts) {
  test(`claims are neither serialized nor parsed if ${message}`, async () => {
    const error = await catchError(() => serializeClaims(claims))
    expect(error).toMatchObject({ code: 'invalid_option', message })
    expect(parseClaims(JSON.stringify(claims))).toBeUndefined()
    expect(findClaimsProblem({ ...claims })).toBe(message)
  })
}

test('an undefined claim is omitted', () => {
  expect(serializeClaims({ cmd: 'x', sub: undefined, cnt: undefined })).toBe('{"cmd":"x"}')
})

test('claims without a command are not serialized', async () => {
  expect(await catchError(() => serializeClaims({} as Claims))).toMatchObject({ code: 'invalid_option' })
})

test('claims without a command are not parsed', () => {
  expect(parseClaims('{}')).toBeUndefined()
})

describe('content that JSON cannot represent is rejected:', () => {
  const circular: unknown[] = []
  circular.push(circular)
  const rows: [string, unknown][] = [
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a circular array', circular],
    ['a lone surrogate', '\udfff'],
    ['a lone surrogate in a name', { '\ud800': 1 }],
    ['an object whose toJSON returns undefined', { toJSON: () => undefined }],
  ]
  test.each(rows)('%s', async (_, cnt) => {
    const error = await catchError(() => serializeClaims({ cmd: 'x', cnt }))
    expect(error).toMatchObject({ code: 'invalid_option', fix: expect.stringMatching(/^Pass /) })
  })
})

test('a string that only looks like an escaped surrogate is accepted as content', () => {
  const claims = { cmd: 'x', cnt: ['\\ud800', '\u{1f600}', { '\\udfff': 1 }] }
  expect(parseClaims(serializeClaims(claims))).toEqual(claims)
})

test('all claims together have no problem', () => {
  expect(findClaimsProblem(all)).toBeUndefined()
})

test('the message about an unknown claim has its name and not its value', () => {
  expect(findClaimsProblem({ cmd: 'x', secret: 'hunter2' })).toBe(
    'it has a claim that version 1 does not define: "secret"',
  )
})

test('the message about an invalid claim does not have its value', () => {
  expect(findClaimsProblem({ cmd: 'x', sub: 'hunter2\n' })).toBe('the claim "sub" is not a valid userId')
})

test('claims without a command have a problem', () => {
  expect(findClaimsProblem({ sub: 'x' })).toBe('it has no command (the claim "cmd")')
})

test('claims that expire when they become valid have a problem', () => {
  expect(findClaimsProblem({ ...all, exp: 10 })).toBe('it expires before it becomes valid')
})

test('content nested thousands deep is parsed or rejected without throwing', () => {
  for (const inner of ['1', '"\\ud83d"', '"\\ud83d\\ude00"']) {
    const json = `{"cmd":"x","cnt":${'['.repeat(3000)}${inner}${']'.repeat(3000)}}`
    const claims = parseClaims(json)
    expect(claims === undefined || claims.cmd === 'x').toBe(true)
  }
})

test.each([
  [9999, 'not_yet_valid'],
  [10_000, undefined],
  [19_999, undefined],
  [20_000, 'expired'],
])('a token that is valid from second 10 until second 20 is checked at %d ms: %s', (now, code) => {
  expect(checkValidityPeriod({ cmd: 'x', nbf: 10, exp: 20 }, now, 0)).toBe(code)
})

test.each([
  [7999, 'not_yet_valid'],
  [8000, undefined],
  [21_999, undefined],
  [22_000, 'expired'],
])('a tolerance of 2 seconds extends both ends: at %d ms: %s', (now, code) => {
  expect(checkValidityPeriod({ cmd: 'x', nbf: 10, exp: 20 }, now, 2)).toBe(code)
})

test('a clock that returns NaN rejects a token that expires', () => {
  expect(checkValidityPeriod({ cmd: 'x', exp: 20 }, Number.NaN, 0)).toBe('expired')
})

test('a clock that returns NaN rejects a token with a notBefore', () => {
  expect(checkValidityPeriod({ cmd: 'x', nbf: 20 }, Number.NaN, 0)).toBe('not_yet_valid')
})

test('a hook has the names of the options', () => {
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
    isStateBound: true,
    key: { index: 0 },
  })
})

test('a hook says whether it requires signed requests or its user', () => {
  expect(toHook({ cmd: 'x', sig: 1 }, { index: 0 }).requiresSignature).toBe(true)
  expect(toHook({ cmd: 'x', sub: 'u', usr: 1 }, { index: 0 }).requiresUser).toBe(true)
})

test('a hook is frozen', () => {
  expect(Object.isFrozen(toHook(all, { index: 0 }))).toBe(true)
})

test('a hook has no members for absent claims', () => {
  expect(Object.keys(toHook({ cmd: 'x' }, { index: 0 }))).toEqual(['command', 'content', 'allowGet', 'key'])
})

describe('the message about a claim of the wrong type has the name of its option:', () => {
  const rows: [claim: string, option: string, value: unknown][] = [
    ['cmd', 'command', 5],
    ['sub', 'userId', 42],
    ['rdr', 'redirectTo', 5],
    ['exp', 'expiresIn', '20'],
    ['nbf', 'notBefore', '20'],
    ['iat', 'issuedAt', true],
    ['jti', 'id', 'a b'],
    ['use', 'maxUses', 0],
    ['get', 'allowGet', true],
  ]
  test.each(rows)('%s: %s', (claim, option, value) => {
    const problem = `the claim "${claim}" is not a valid ${option}`
    expect(findClaimsProblem({ cmd: 'x', [claim]: value })).toBe(problem)
  })
})

describe.each(['exp', 'nbf', 'iat'])('the timestamp %s', (claim) => {
  test('may be the last second of the year 9999', () => {
    expect(findClaimsProblem({ cmd: 'x', [claim]: lastSecond })).toBeUndefined()
  })

  test.each([lastSecond + 1, lastSecond + 2, -1, 1.5])('must not be %d', (value) => {
    expect(findClaimsProblem({ cmd: 'x', [claim]: value })).toContain(claim)
  })
})

test('exp must not be 0', () => {
  expect(findClaimsProblem({ cmd: 'x', exp: 0 })).toContain('exp')
})

test('nbf and iat may be 0', () => {
  expect(findClaimsProblem({ cmd: 'x', nbf: 0, iat: 0 })).toBeUndefined()
})

test.each(['5', '"x"', 'true', 'null', '[]', '[{}]', '', '{'])('%j is not a JSON object', (text) => {
  expect(parseJson(text)).toBeUndefined()
  expect(parseClaims(text)).toBeUndefined()
})

test('an undefined string is not parsed', () => {
  expect(parseJson(undefined)).toBeUndefined()
})

test('an empty JSON object is parsed', () => {
  expect(parseJson('{}')).toEqual({})
})

const lossy: [string, unknown][] = [
  ['undefined', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['NaN', Number.NaN],
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
]
test.each(lossy)('an array with %s is rejected, because JSON would drop it', async (_, value) => {
  expect(await catchError(() => serializeClaims({ cmd: 'x', cnt: ['a', value] }))).toMatchObject({
    code: 'invalid_option',
  })
})

test.each([
  ['null', null],
  ['an empty object', {}],
  ['an empty string', ''],
  ['an array of them', [null, {}, '']],
])('content may be %s', (_, cnt) => {
  expect(parseClaims(serializeClaims({ cmd: 'x', cnt }))).toEqual({ cmd: 'x', cnt })
})
