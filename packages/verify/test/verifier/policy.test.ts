import { expect, test } from 'vitest'
import { createPolicy } from '../../src/verifier/policy.ts'
import { key } from '../support/fixtures.ts'

test('a policy without a purpose and a tolerance has the empty one and none', () => {
  expect(createPolicy({ keys: key })).toMatchObject({ purpose: '', toleranceMs: 0 })
})

test('a policy says its purpose as it was given, and its tolerance in milliseconds', () => {
  const policy = createPolicy({ keys: key, purpose: 'invoices', clockTolerance: '90s' })
  expect(policy).toMatchObject({ purpose: 'invoices', toleranceMs: 90_000 })
})
