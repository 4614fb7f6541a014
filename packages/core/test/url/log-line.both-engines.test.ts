import { generateKey } from '@hookurl/core'
import { sanitizeLogLine, sanitizeLogLines } from '@hookurl/core/internal'
import { expect, test } from 'vitest'

test('a sanitized log line has no key, no token and no control characters', () => {
  const line = sanitizeLogLine(`bad \u001b[2J ${generateKey({ id: 'k1' })} eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiJ4In0`)
  expect(line).toMatch(/^bad \\u001b\[2J k1:hks_… \[hook [0-9a-f]{6}\]$/)
})

test('the line breaks of a stack trace are kept', () => {
  expect(sanitizeLogLines('Error: a\u0007\n    at b')).toBe('Error: a\\u0007\n    at b')
})
