import { expect, test } from 'vitest'
import { createPolicy } from '../../src/verifier/policy.ts'
import { key } from '../support/fixtures.ts'

test('a policy has an empty purpose and no tolerance by default', () => {
  expect(createPolicy({ keys: key })).toMatchObject({ purpose: '', toleranceMs: 0 })
})

test('a policy has its purpose unchanged and its tolerance in milliseconds', () => {
  const policy = createPolicy({ keys: key, purpose: 'invoices', clockTolerance: '90s' })
  expect(policy).toMatchObject({ purpose: 'invoices', toleranceMs: 90_000 })
})
