import { afterAll, expect, test } from 'vitest'
import { recordCheck } from '../../support/record-check.ts'
import type { Credit } from '../queue.ts'
import type { DeliveryResult } from '../load-test/deliver.ts'
import type { Kind } from '../load-test/plan.ts'
import { findViolations, tally } from '../load-test/tally.ts'

type End = DeliveryResult['end']

afterAll(() => recordCheck('cluster', 'the tally finds what is lost, doubled or done unasked'))

const a: Credit = { userId: 'u', points: 5, order: 'a' }
const b: Credit = { ...a, order: 'b' }

test('what was accepted and done once is no breach, nor is a forged hook that was refused', () => {
  expect(judge('one use', { a: 'accepted' }, [a])).toEqual([])
  expect(judge('one use, two callers', { a: 'accepted', b: 'refused' }, [a])).toEqual([])
  expect(judge('forged', { a: 'refused' }, [])).toEqual([])
})

test('what was lost, doubled, done unasked or never answered is one', () => {
  expect(judge('one use', { a: 'accepted' }, []).join()).toContain('1 accepted and lost')
  expect(judge('one use', { a: 'accepted' }, [{ ...a, points: 99 }]).join()).toContain('1 accepted and lost')
  expect(judge('one use, two callers', { a: 'accepted', b: 'refused' }, [b]).join()).toContain('1 accepted and lost')
  expect(judge('one use, two callers', { a: 'accepted', b: 'accepted' }, [a]).join()).toContain('1 accepted and lost')
  expect(judge('one use', { a: 'accepted' }, [a, a]).join()).toContain('1 doubled')
  expect(judge('one use', { a: 'refused' }, []).join()).toContain('1 good and not accepted')
  expect(judge('one use', { a: 'given up' }, []).join()).toContain('1 neither accepted nor refused')
  expect(judge('forged', { a: 'refused' }, [a]).join()).toContain('1 done unasked')
  expect(judge('forged', { a: 'accepted' }, []).join()).toContain('1 forged and not refused')
})

function judge(kind: Kind, ends: Readonly<Record<string, End>>, entries: readonly Credit[]): string[] {
  const planned = { kind, userId: 'u', points: 5, url: '', headers: {}, orders: Object.keys(ends) }
  const deliveries = Object.entries(ends).map(([order, end]) => ({ order, end, attempts: 1 }))
  return findViolations(tally({ calls: [{ planned, deliveries }], ledger: new Map([['u', entries]]) }))
}
