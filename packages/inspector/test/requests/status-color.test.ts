import { expect, test } from 'vitest'
import { getStatusColor } from '../../src/requests/status-color.ts'

test('a request that the handler processed is green', () => {
  expect(getStatusColor({ outcome: 'handled', status: 200 })).toBe('green')
  expect(getStatusColor({ outcome: 'accepted', status: 202 })).toBe('green')
})

test('a request whose handler failed is red', () => {
  expect(getStatusColor({ outcome: 'handled', status: 500 })).toBe('red')
  expect(getStatusColor({ outcome: 'handled', status: 422 })).toBe('red')
})

test('a valid request that ran no handler is gray', () => {
  expect(getStatusColor({ outcome: 'confirm_page', status: 200 })).toBe('gray')
  expect(getStatusColor({ outcome: 'duplicate', status: 200 })).toBe('gray')
})

test('a rejected request is red', () => {
  expect(getStatusColor({ outcome: 'rejected', code: 'expired', status: 410 })).toBe('red')
})

test('a request without a token is gray, although it is rejected', () => {
  expect(getStatusColor({ outcome: 'rejected', code: 'no_token', status: 404 })).toBe('gray')
})
