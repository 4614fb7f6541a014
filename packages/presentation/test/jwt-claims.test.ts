import { expect, test } from 'vitest'
import { describeJwtClaims } from '../src/jwt-claims.ts'

const options = {
  now: Date.parse('2027-01-01T12:00:00Z'),
  formatString: (value: string) => value,
  formatJson: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
}

test("another issuer's claims keep their names and order, and registered ones have a meaning", () => {
  expect(describeJwtClaims({ sub: '1', iss: 'x', cmd: '/a' }, options)).toEqual([
    { claim: 'sub', label: 'sub', value: '1', meaning: 'Subject: who or what the token is about.' },
    { claim: 'iss', label: 'iss', value: 'x', meaning: 'Issuer: who issued the token.' },
    { claim: 'cmd', label: 'cmd', value: '/a', meaning: '' },
  ])
})

test('times are shown as dates', () => {
  const [claim] = describeJwtClaims({ exp: options.now / 1000 + 3600 }, options)
  expect(claim?.value).toBe('2027-01-01 13:00:00 UTC, in 60 minutes')
})

test('a claim named like a member of every object has no meaning', () => {
  expect(describeJwtClaims({ toString: 1 }, options)[0]?.meaning).toBe('')
})
