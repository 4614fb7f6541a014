import type { RequestSummary } from '@hookurl/presentation/protocol'
import { expect, test } from 'vitest'
import { matchesFilter } from '../../src/requests/filter.ts'

const request: RequestSummary = {
  id: 1,
  time: '',
  method: 'POST',
  target: '/hooks/[hook 000000]',
  status: 410,
  outcome: 'rejected',
  code: 'expired',
  command: '/onWebhook',
  userId: '42',
  bytes: 0,
  durationMs: 1,
}

test('an empty filter matches every request', () => {
  expect(matchesFilter(request, ' ')).toBe(true)
})

test('a request matches if it contains every word, in any letter case', () => {
  expect(matchesFilter(request, 'post EXPIRED onwebhook 42 410')).toBe(true)
})

test('a request does not match if it lacks a word', () => {
  expect(matchesFilter(request, 'post handled')).toBe(false)
})

test('a request does not match if it contains a word after a minus sign', () => {
  expect(matchesFilter(request, 'post -expired')).toBe(false)
})

test('a minus sign alone is ignored', () => {
  expect(matchesFilter(request, 'post -')).toBe(true)
})
