import { expect, test } from 'vitest'
import { getStatusColor } from '../../src/requests/status-color.ts'

test('a request that the handler processed is green', () => {
  expect(getStatusColor({ outcome: 'handled' })).toBe('green')
  expect(getStatusColor({ outcome: 'accepted' })).toBe('green')
})

test('a valid request that ran no handler is gray', () => {
  expect(getStatusColor({ outcome: 'confirm_page' })).toBe('gray')
  expect(getStatusColor({ outcome: 'duplicate' })).toBe('gray')
})

test('a rejected request is red', () => {
  expect(getStatusColor({ outcome: 'rejected', code: 'expired' })).toBe('red')
})

test('a request without a token is gray, although it is rejected', () => {
  expect(getStatusColor({ outcome: 'rejected', code: 'no_token' })).toBe('gray')
})
