import { inspect, redact } from '@hookurl/core'
import { locateToken } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { readVectors } from './read-vectors.ts'

const urls = readVectors().verify.flatMap(({ name, url, hook, now }) =>
  url === undefined ? [] : [{ name, url, isValid: hook !== undefined, now: () => now * 1000 }],
)
const valid = urls.filter(({ isValid }) => isValid)

test('there are at least 400 valid URLs', () => {
  expect(valid.length).toBeGreaterThan(400)
})

describe('what is a valid URL to a verifier', () => {
  test.each(valid)('has no problem to inspect: $name', ({ url, now }) => {
    expect(inspect(url, { now }).problems).toEqual([])
  })

  test.each(valid)('is redacted: $name', ({ url }) => {
    const located = locateToken(url)
    const token = located.kind === 'valid' ? located.token : ''
    const text = redact(`see ${url}, then`)
    expect(text).toMatch(/\[hook [0-9a-f]{6}\]/)
    expect(locateToken(redact(url)).kind).not.toBe('valid')
    for (let at = 0; at + 16 <= token.length; at++) expect(text).not.toContain(token.slice(at, at + 16))
  })
})

test.each(urls)('inspect finds the same token as a verifier: $name', ({ url, now }) => {
  const located = locateToken(url)
  const { token } = inspect(url, { now })
  if (located.kind === 'valid') expect(token).toBe(located.token)
})
