import { generateKey } from '@hookurl/core'
import { sanitizeLogLine, sanitizeLogLines } from '@hookurl/core/internal'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyA } from '../helpers.ts'
import { ambiguousSeparators, breakText, separators } from './break-token.ts'

test('a sanitized log line has no key, no token and no control characters', () => {
  const line = sanitizeLogLine(`bad \u001b[2J ${generateKey({ id: 'k1' })} eyJhbGciOiJIUzI1NiJ9.eyJjbWQiOiJ4In0`)
  expect(line).toMatch(/^bad \\u001b\[2J k1:hks_… \[hook [0-9a-f]{6}\]$/)
})

test.each([...'\u034f\u115f\u17b4\u2065\u3164\uffa0\ufff0\u{e0fff}'])(
  'the invisible character %j is escaped',
  (character) => {
    expect(sanitizeLogLine(`a${character}b`)).toMatch(/^a(?:\\u[0-9a-f]{4}){1,2}b$/)
  },
)

test.each(['\u2764\ufe0f', '\u{1f469}\u200d\u{1f680}', '\u845b\u{e0100}'])(
  'the text %j keeps its joiners and selectors',
  (text) => {
    expect(sanitizeLogLine(text)).toBe(text)
  },
)

test('the line breaks of a stack trace are kept', () => {
  expect(sanitizeLogLines('Error: a\u0007\n    at b')).toBe('Error: a\\u0007\n    at b')
})

test.each([...separators, ...ambiguousSeparators])('a key broken once by %j is replaced', (separator) => {
  for (let at = 1; at < keyA.length; at++) {
    const text = sanitizeLogLines(`key ${breakText(keyA, [at], [separator])}, then`)
    if (text !== 'key hks_…, then') expect.fail(`broken at ${at}: ${text}`)
  }
})

test('a key that is broken any number of times leaves no 16 characters, and the text around it is unchanged', () => {
  const positions = fc.array(fc.nat(47), { minLength: 1, maxLength: 12 })
  const used = fc.array(fc.constantFrom(...separators), { minLength: 1, maxLength: 4 })
  const property = fc.property(positions, used, (at, by) => {
    const key = generateKey()
    const text = sanitizeLogLines(
      `wrong key k1:${breakText(key, at, by)}\n    at Object.<anonymous> (/app/index.js:1:1)`,
    )
    expect(text.startsWith('wrong key k1:'), text).toBe(true)
    expect(text.endsWith('\n    at Object.<anonymous> (/app/index.js:1:1)'), text).toBe(true)
    const parts = Array.from({ length: key.length - 15 }, (_, from) => key.slice(from, from + 16))
    expect(parts.filter((part) => text.includes(part))).toEqual([])
  })
  fc.assert(property, { numRuns: 2000 })
})

test.each([
  'it does not start with hks_',
  'it has 12 characters after hks_ instead of 43',
  'keys start with hks_, then 43 characters of base64url follow, which encode 32 bytes that are random.',
  'hks_\n    at Object.<anonymous> (/app/node_modules/a/index.js:1:1)',
  'thanks_to_everyone',
])('%j is unchanged', (text) => {
  expect(sanitizeLogLines(text)).toBe(text)
})

test('several keys in one string are replaced', () => {
  expect(sanitizeLogLine(`k1:${keyA}, k2:${keyA} ${keyA}.`)).toBe('k1:hks_…, k2:hks_… hks_….')
})
