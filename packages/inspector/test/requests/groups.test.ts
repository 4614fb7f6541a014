import type { RequestSummary } from '@hookurl/presentation/protocol'
import { expect, test } from 'vitest'
import { groupRequests, matchesOutcome } from '../../src/requests/groups.ts'

const request = (id: number, deliveryKey: string): RequestSummary => ({
  id,
  deliveryKey,
  time: '',
  method: 'POST',
  target: '/',
  status: 200,
  outcome: 'handled',
  bytes: 0,
  durationMs: 1,
})

test('attempts of one delivery are one group, at the place of the newest', () => {
  const requests = [request(4, 'a'), request(3, 'b'), request(2, 'a'), request(1, 'c')]
  const groups = groupRequests(requests).map(({ newest, attempts }) => [newest.id, attempts.map(({ id }) => id)])
  expect(groups).toEqual([
    [4, [4, 2]],
    [3, [3]],
    [1, [1]],
  ])
})

test.each([
  ['rejected', 'rejected', true],
  ['rejected', 'handled', false],
  ['not_run', 'confirm_page', true],
  ['not_run', 'handshake', true],
  ['not_run', 'duplicate', true],
  ['not_run', 'rejected', false],
  ['not_run', 'handled', false],
  ['not_run', 'accepted', false],
  ['all', 'handled', true],
] as const)('the chip %s and the outcome %s: %s', (chip, outcome, expected) => {
  expect(matchesOutcome(chip, { outcome })).toBe(expected)
})
