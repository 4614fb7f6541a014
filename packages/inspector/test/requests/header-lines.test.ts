import { expect, test } from 'vitest'
import { formatHeaderLines, parseHeaderLines } from '../../src/requests/header-lines.ts'

test('lines are formatted and parsed without a loss', () => {
  const headers = [
    ['Content-Type', 'application/json'],
    ['x-empty', ''],
    ['x-twice', 'a: b'],
    ['x-twice', 'c'],
  ] as const
  expect(parseHeaderLines(formatHeaderLines(headers))).toEqual({ ok: true, headers })
})

test('headers of the connection are left out', () => {
  expect(
    formatHeaderLines([
      ['Connection', 'close'],
      ['content-length', '3'],
      ['Transfer-Encoding', 'chunked'],
    ]),
  ).toBe('')
})

test('empty lines are ignored', () => {
  expect(parseHeaderLines('\n a: b \r\n\n')).toEqual({ ok: true, headers: [['a', 'b']] })
})

test.each([
  ['no colon', 'line 1'],
  ['a: b\n: c', 'line 2'],
  ['a b: c', 'line 1'],
  ['a: b\u0000', 'line 1'],
  ['a: \u20ac', 'line 1'],
])('%j is rejected with its line', (text, line) => {
  const result = parseHeaderLines(text)
  expect(result.ok).toBe(false)
  expect(result).toHaveProperty('message', expect.stringContaining(line))
})
