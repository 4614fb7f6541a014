import { afterAll, expect, test } from 'vitest'
import { recordCheck } from '../../support/record-check.ts'
import type { Credit } from '../commands.ts'
import type { DeliveryResult } from '../load-test/deliver.ts'
import type { Kind } from '../load-test/plan.ts'
import { findViolations, tally } from '../load-test/tally.ts'

type Outcome = DeliveryResult['outcome']

afterAll(() => recordCheck('cluster', 'the tally finds what is lost, duplicated or done unexpectedly'))

const a: Credit = { userId: 'u', points: 5, order: 'a' }
const b: Credit = { ...a, order: 'b' }

test('a hook that was accepted and done once violates nothing', () => {
  expect(findViolationsOf('one use', { a: 'accepted' }, [a])).toEqual([])
})

test('a hook for one use that one of two callers used violates nothing', () => {
  expect(findViolationsOf('one use, two callers', { a: 'accepted', b: 'rejected' }, [a])).toEqual([])
})

test('a rejected forged hook violates nothing', () => {
  expect(findViolationsOf('forged', { a: 'rejected' }, [])).toEqual([])
})

test('an accepted hook without an entry is lost', () => {
  expect(findViolationsOf('one use', { a: 'accepted' }, []).join()).toContain('1 accepted and lost')
})

test('an accepted hook whose entry has other points is lost', () => {
  expect(findViolationsOf('one use', { a: 'accepted' }, [{ ...a, points: 99 }]).join()).toContain('1 accepted and lost')
})

test('an accepted order is lost if the other one is in the ledger', () => {
  const violations = findViolationsOf('one use, two callers', { a: 'accepted', b: 'rejected' }, [b])
  expect(violations.join()).toContain('1 accepted and lost')
})

test('one of two accepted orders is lost if only the other one is in the ledger', () => {
  const violations = findViolationsOf('one use, two callers', { a: 'accepted', b: 'accepted' }, [a])
  expect(violations.join()).toContain('1 accepted and lost')
})

test('a hook with two entries is duplicated', () => {
  expect(findViolationsOf('one use', { a: 'accepted' }, [a, a]).join()).toContain('1 duplicated')
})

test('a valid hook that was rejected is a violation', () => {
  expect(findViolationsOf('one use', { a: 'rejected' }, []).join()).toContain('1 valid and not accepted')
})

test('a hook that was given up is a violation', () => {
  expect(findViolationsOf('one use', { a: 'given up' }, []).join()).toContain('1 neither accepted nor rejected')
})

test('an entry of a rejected hook is a violation', () => {
  expect(findViolationsOf('forged', { a: 'rejected' }, [a]).join()).toContain('1 done unexpectedly')
})

test('a forged hook that was accepted is a violation', () => {
  expect(findViolationsOf('forged', { a: 'accepted' }, []).join()).toContain('1 forged and not rejected')
})

function findViolationsOf(
  kind: Kind,
  outcomes: Readonly<Record<string, Outcome>>,
  entries: readonly Credit[],
): string[] {
  const planned = { kind, userId: 'u', points: 5, url: '', headers: {}, orders: Object.keys(outcomes) }
  const deliveries = Object.entries(outcomes).map(([order, outcome]) => ({ order, outcome, attempts: 1 }))
  return findViolations(tally({ calls: [{ planned, deliveries }], ledger: new Map([['u', entries]]) }))
}
