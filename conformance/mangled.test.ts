import { inspect, redact } from '@hookurl/core'
import { locateToken } from '@hookurl/core/internal'
import { createReceiver, type ResultEvent } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { readVectors } from './read-vectors.ts'

const urls = readVectors().verify.flatMap(({ name, url, hook, now, keys }) =>
  url === undefined ? [] : [{ name, url, isValid: hook !== undefined, now: () => now * 1000, keys }],
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
    const text = redact(`see ${url}, then`)
    expect(text).toMatch(/\[hook [0-9a-f]{6}\]/)
    expect(locateToken(redact(url)).kind).not.toBe('valid')
    expectNoPart(text, getToken(url))
  })

  test.each(valid)('is redacted in the target of a result event: $name', async ({ url, now, keys }) => {
    const targets: string[] = []
    const onResult = ({ target }: ResultEvent): void => void targets.push(target)
    const receiver = createReceiver({ keys, now, onResult, handlers: { '*': () => {} } })
    const path = url.replace(/^https?:\/\/[^/]+/, '')
    await receiver.fetch(new Request(`https://bot.example.com/${path}`, { method: 'POST' }))
    expect(targets).toHaveLength(1)
    expectNoPart(targets[0] as string, getToken(url))
  })
})

const located = urls.filter(({ url }) => locateToken(url).kind === 'valid')

test.each(located)('inspect finds the same token as a verifier: $name', ({ url, now }) => {
  expect(inspect(url, { now }).token).toBe(getToken(url))
})

function getToken(url: string): string {
  const result = locateToken(url)
  if (result.kind !== 'valid') throw new Error('the URL has no valid token')
  return result.token
}

/** Expects a string to contain no 16 characters of a token in a row. */
function expectNoPart(text: string, token: string): void {
  const parts = Array.from({ length: Math.max(token.length - 15, 0) }, (_, at) => token.slice(at, at + 16))
  expect(parts.filter((part) => text.includes(part))).toEqual([])
}
