import { describe, expect, test } from 'vitest'
import { type Claims, formatClaims, getHookClaims } from '../src/claim-labels.ts'

const now = Date.parse('2027-01-01T12:00:00Z')

function format(claims: Claims): Record<string, string> {
  const formatString = (value: string): string => `string ${value}`
  const formatJson = (value: unknown): string => `json ${JSON.stringify(value)}`
  return Object.fromEntries(formatClaims(claims, { now, formatString, formatJson }))
}

describe('formatClaims', () => {
  test('formats strings and JSON with the given functions', () => {
    expect(format({ cmd: '/a', cnt: 'b' })).toMatchObject({ command: 'string /a', content: 'json "b"' })
  })

  test('formats a string claim that is not a string as JSON', () => {
    expect(format({ cmd: 1 })).toHaveProperty('command', 'json 1')
  })

  test('formats a timestamp in UTC and relative to the current time', () => {
    expect(format({ exp: now / 1000 + 3600 })).toHaveProperty('expires', '2027-01-01 13:00:00 UTC, in 60 minutes')
  })

  test('formats a number that is not a valid time as it is', () => {
    expect(format({ exp: 1e18 })).toHaveProperty('expires', '1000000000000000000')
  })

  test('says which methods run the command', () => {
    expect(format({})).toHaveProperty('methods', 'POST')
    expect(format({ get: 1 })).toHaveProperty('methods', 'GET and POST')
  })

  test('says that a token without an expiration time never expires', () => {
    expect(format({})).toHaveProperty('expires', 'never')
  })

  test('says what each restriction means', () => {
    expect(format({ sta: 'AAAAAAAAAAAA' })).toHaveProperty('state', 'bound to a state')
    expect(format({ sig: 1 })).toHaveProperty('requests', 'must be signed')
    expect(format({ usr: 1 })).toHaveProperty('users', 'only its user')
    expect(Object.keys(format({}))).not.toContain('state')
  })

  test('formats a restriction of another type as JSON', () => {
    expect(format({ sta: 5, sig: 0, usr: 'x' })).toMatchObject({
      state: 'json 5',
      requests: 'json 0',
      users: 'json "x"',
    })
  })

  test('lists unknown claims last, under their own names', () => {
    expect(Object.keys(format({ aud: 'x', cmd: '/a' }))).toStrictEqual(['command', 'methods', 'expires', 'string aud'])
  })
})

describe('getHookClaims', () => {
  test('has the restrictions of a hook, as the token would have them', () => {
    const claims = getHookClaims({ isStateBound: true, requiresSignature: true, requiresUser: true })
    expect(format(claims)).toMatchObject({
      state: 'bound to a state',
      requests: 'must be signed',
      users: 'only its user',
    })
    expect(getHookClaims({})).toMatchObject({ sta: undefined, sig: undefined, usr: undefined })
  })

  test('converts times to epoch seconds, from dates and from JSON', () => {
    expect(getHookClaims({ expiresAt: new Date(now) })).toHaveProperty('exp', now / 1000)
    expect(getHookClaims({ expiresAt: '2027-01-01T12:00:00Z' })).toHaveProperty('exp', now / 1000)
  })

  test('leaves out the claim `get` of a hook that runs on POST only', () => {
    expect(getHookClaims({ allowGet: false }).get).toBeUndefined()
    expect(getHookClaims({ allowGet: true }).get).toBe(1)
  })
})
