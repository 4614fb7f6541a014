import { describe, expect, test } from 'vitest'
import { findClaimsProblem, parseClaims, parseJson, serializeClaims } from '../src/token/claims.ts'
import { refusal } from './helpers.ts'

const lastSecond = 253_402_300_799

describe('a claim of another kind is named by its option:', () => {
  const rows: [claim: string, option: string, value: unknown][] = [
    ['cmd', 'command', 5],
    ['sub', 'userId', 42],
    ['rdr', 'redirectTo', 5],
    ['exp', 'expiresIn', '20'],
    ['nbf', 'notBefore', '20'],
    ['iat', 'issuedAt', true],
    ['jti', 'id', 'a b'],
    ['use', 'uses', 0],
    ['get', 'allowGet', true],
  ]
  test.each(rows)('%s is what %s can be', (claim, option, value) => {
    const problem = `the claim "${claim}" is not what ${option} can be`
    expect(findClaimsProblem({ cmd: 'x', [claim]: value })).toBe(problem)
  })
})

test('a moment is before the year 10000, and whole', () => {
  for (const claim of ['exp', 'nbf', 'iat']) {
    expect(findClaimsProblem({ cmd: 'x', [claim]: lastSecond }), claim).toBeUndefined()
    for (const value of [lastSecond + 1, lastSecond + 2, -1, 1.5]) {
      expect(findClaimsProblem({ cmd: 'x', [claim]: value }), `${claim} ${value}`).toContain(claim)
    }
  }
  expect(findClaimsProblem({ cmd: 'x', exp: 0 })).toContain('exp')
  expect(findClaimsProblem({ cmd: 'x', nbf: 0, iat: 0 })).toBeUndefined()
})

test.each(['5', '"x"', 'true', 'null', '[]', '[{}]', '', '{'])('the JSON %s is no object', (text) => {
  expect(parseJson(text)).toBeUndefined()
  expect(parseClaims(text)).toBeUndefined()
})

test('no text is no object', () => {
  expect(parseJson(undefined)).toBeUndefined()
  expect(parseJson('{}')).toEqual({})
})

const lost: [string, unknown][] = [
  ['undefined', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['not a number', Number.NaN],
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
]
test.each(lost)('a list that holds %s is refused: JSON would say null or nothing', async (_, value) => {
  expect(await refusal(() => serializeClaims({ cmd: 'x', cnt: ['a', value] }))).toMatchObject({
    code: 'invalid_option',
  })
})

test.each([
  ['null', null],
  ['an empty object', {}],
  ['an empty text', ''],
  ['a list of them', [null, {}, '']],
])('content may be %s', (_, cnt) => {
  expect(parseClaims(serializeClaims({ cmd: 'x', cnt }))).toEqual({ cmd: 'x', cnt })
})
