import type { Hook } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { createPolicy } from '../../src/verifier/policy.ts'
import { key, now } from '../support/fixtures.ts'

function createHook(times: Pick<Hook, 'expiresAt' | 'notBefore'>): Hook {
  return { command: '/a', content: undefined, allowGet: false, key: { index: 0 }, ...times }
}

test('a policy has an empty purpose by default', () => {
  expect(createPolicy({ keys: key }).purpose).toBe('')
})

test('a policy has its purpose unchanged', () => {
  expect(createPolicy({ keys: key, purpose: 'invoices' }).purpose).toBe('invoices')
})

describe('checkValidity', () => {
  const rows: readonly [
    what: string,
    clockTolerance: number,
    times: Parameters<typeof createHook>[0],
    code?: string,
  ][] = [
    ['a hook without times', 0, {}],
    ['a hook that expires later', 0, { expiresAt: new Date(now() + 1000) }],
    ['a hook in the second it expires', 0, { expiresAt: new Date(now()) }, 'expired'],
    ['a hook that expired within the tolerance', 90, { expiresAt: new Date(now() - 89_000) }],
    ['a hook that expired before the tolerance', 90, { expiresAt: new Date(now() - 90_000) }, 'expired'],
    ['a hook that is valid from now on', 0, { notBefore: new Date(now()) }],
    ['a hook that is not valid yet', 0, { notBefore: new Date(now() + 1000) }, 'not_yet_valid'],
    ['a hook that becomes valid within the tolerance', 90, { notBefore: new Date(now() + 90_000) }],
  ]
  for (const [what, clockTolerance, times, code] of rows) {
    test(`${what} is ${code ?? 'valid'} with a tolerance of ${clockTolerance} s`, () => {
      const policy = createPolicy({ keys: key, clockTolerance, now })
      expect(policy.checkValidity(createHook(times))).toBe(code)
    })
  }
})
