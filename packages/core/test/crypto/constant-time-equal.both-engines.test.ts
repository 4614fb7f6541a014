import { expect, test } from 'vitest'
import { constantTimeEqual } from '../../src/crypto/constant-time-equal.ts'

const signature = 'VGhlIHNpZ25hdHVyZSBvZiBhIHRva2VuLCBlbmNvZGVk'

/** Makes a string that records which of its characters are read. */
function recordReads(text: string): { text: string; seen: Set<number> } {
  const seen = new Set<number>()
  const charCodeAt = (at: number): number => {
    seen.add(at)
    return text.charCodeAt(at)
  }
  return { text: { length: text.length, charCodeAt } as unknown as string, seen }
}

test('equal strings are equal', () => {
  expect(constantTimeEqual(signature, signature)).toBe(true)
  expect(constantTimeEqual('', '')).toBe(true)
})

test('strings that differ in any one character are not equal', () => {
  for (let at = 0; at < signature.length; at++) {
    const other = `${signature.slice(0, at)}.${signature.slice(at + 1)}`
    expect(constantTimeEqual(other, signature)).toBe(false)
  }
})

test('a string equals neither its prefixes nor its extensions', () => {
  for (const other of ['', signature.slice(0, -1), `${signature}A`, `${signature}\0`]) {
    expect(constantTimeEqual(other, signature)).toBe(false)
    expect(constantTimeEqual(signature, other)).toBe(false)
  }
})

test.each([0, 20, signature.length - 1])('every character is compared if the strings differ at %i', (at) => {
  const given = recordReads(`${signature.slice(0, at)}.${signature.slice(at + 1)}`)
  const expected = recordReads(signature)
  expect(constantTimeEqual(given.text, expected.text)).toBe(false)
  expect([...given.seen]).toEqual([...signature].map((_, index) => index))
  expect([...expected.seen]).toEqual([...signature].map((_, index) => index))
})
