import { expect, test } from 'vitest'
import { constantTimeEqual } from '../src/crypto/constant-time-equal.ts'

const signature = 'VGhlIHNpZ25hdHVyZSBvZiBhIHRva2VuLCBlbmNvZGVk'

/** A text that notes which of its characters were looked at. */
function watched(text: string): { text: string; seen: Set<number> } {
  const seen = new Set<number>()
  const charCodeAt = (at: number): number => {
    seen.add(at)
    return text.charCodeAt(at)
  }
  return { text: { length: text.length, charCodeAt } as unknown as string, seen }
}

test('two texts are equal if each character is', () => {
  expect(constantTimeEqual(signature, signature)).toBe(true)
  expect(constantTimeEqual('', '')).toBe(true)
  for (let at = 0; at < signature.length; at++) {
    const other = `${signature.slice(0, at)}.${signature.slice(at + 1)}`
    expect(constantTimeEqual(other, signature)).toBe(false)
  }
})

test('a text equals neither its beginning nor what begins with it', () => {
  for (const other of ['', signature.slice(0, -1), `${signature}A`, `${signature}\0`]) {
    expect(constantTimeEqual(other, signature)).toBe(false)
    expect(constantTimeEqual(signature, other)).toBe(false)
  }
})

test.each([0, 20, signature.length - 1])('each character is compared, where the texts differ at %i too', (at) => {
  const given = watched(`${signature.slice(0, at)}.${signature.slice(at + 1)}`)
  const expected = watched(signature)
  expect(constantTimeEqual(given.text, expected.text)).toBe(false)
  expect([...given.seen]).toEqual([...signature].map((_, index) => index))
  expect([...expected.seen]).toEqual([...signature].map((_, index) => index))
})
