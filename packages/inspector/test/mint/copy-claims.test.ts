import { parseJson } from '@hookurl/presentation/json'
import { describe, expect, test } from 'vitest'
import { copyClaims } from '../../src/mint/copy-claims.ts'

const now = 1_800_000_000_000
const input = 'https://bot.example.com/hooks/a.b'
const copy = (claims: Record<string, unknown>, url = input): ReturnType<typeof copyClaims>['fields'] =>
  copyClaims({ claims, input: url, now }).fields

describe('copyClaims', () => {
  test('fills in every claim', () => {
    const claims = { cmd: '/a', sub: '42', cnt: 'x', rdr: 'https://a.example', get: 1, use: 3 }
    expect(copy(claims)).toMatchObject({
      command: '/a',
      userId: '42',
      content: 'x',
      contentIsJson: false,
      redirectTo: 'https://a.example',
      allowGet: true,
      requireSignature: false,
      requireUser: false,
      maxUses: '3',
      baseUrl: 'https://bot.example.com/hooks',
    })
  })

  test.each([
    [{ usr: 1 }, { requireUser: true, requireSignature: false }],
    [{ sig: 1 }, { requireUser: false, requireSignature: true }],
    [parseJson('{"usr":1}') as Record<string, unknown>, { requireUser: true }],
    [parseJson('{"get":1}') as Record<string, unknown>, { allowGet: true }],
  ])('keeps the restriction of %j', (claims, expected) => {
    expect(copy(claims)).toMatchObject(expected)
  })

  test('tells that a state, which the claims do not contain, is not copied', () => {
    expect(copyClaims({ claims: { sta: 'abcdefghijkl' }, input, now }).isStateBound).toBe(true)
    expect(copyClaims({ claims: {}, input, now }).isStateBound).toBe(false)
  })

  test('keeps content that is JSON, with its numbers as signed', () => {
    const claims = parseJson('{"cmd":"/a","cnt":{"id":1.0}}') as Record<string, unknown>
    expect(copy(claims)).toMatchObject({ content: '{"id":1.0}', contentIsJson: true })
  })

  test('keeps empty content, which an empty field would leave out', () => {
    expect(copy({ cnt: '' })).toMatchObject({ content: '""', contentIsJson: true })
    expect(copy({ cnt: null })).toMatchObject({ content: 'null', contentIsJson: true })
    expect(copy({})).toMatchObject({ content: '', contentIsJson: false })
  })

  test.each([
    [{ iat: 1000, exp: 1000 + 7 * 86_400 }, '7d'],
    [{ iat: 1000, exp: 1000 + 2 * 3600 }, '2h'],
    [{ iat: 1000, exp: 1000 + 90 * 60 }, '90m'],
    [{ iat: 1000, exp: 1007 }, '7s'],
    [{ exp: now / 1000 + 86_400 }, '1d'],
    [{ exp: 1000 }, '30d'],
    [{}, 'never'],
  ])('%j is valid for %s', (claims, expiresIn) => {
    expect(copy(claims)).toHaveProperty('expiresIn', expiresIn)
  })

  test.each(['eyJ.a.b', 'https://a.example/?token=a.b', 'not a URL'])('%s has no base URL to keep', (url) => {
    expect(copy({}, url)).not.toHaveProperty('baseUrl')
  })
})
