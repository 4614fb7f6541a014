import { gzipSync } from 'node:zlib'
import type { HeaderPair } from '@hookurl/presentation/protocol'
import { describe, expect, test } from 'vitest'
import { search } from '../../src/inspector/search.ts'
import { createTestEntry } from '../support/history-entry.ts'

const json: HeaderPair = ['content-type', 'application/json']
const never = new AbortController().signal
const entries = [
  createTestEntry({ id: 1, headers: [json], body: '{"name":"M\\u00fcller"}', record: { payload: { name: 'Müller' } } }),
  createTestEntry({ id: 2, headers: [['X-Event', 'Push']], body: 'Plain TEXT' }),
  createTestEntry({ id: 3, responseHeaders: [['location', 'https://a.example/thanks']], responseBody: 'Thank you' }),
  createTestEntry({
    id: 4,
    headers: [json, ['content-encoding', 'gzip']],
    body: gzipSync('{"secret":"inside"}'),
    record: { payload: { secret: 'inside' } },
  }),
  createTestEntry({ id: 5, headers: [['content-type', 'image/png']], body: 'needle' }),
]

describe('search', () => {
  test.each([
    ['müller', [1]],
    ['plain text', [2]],
    ['x-event', [2]],
    ['header:x-event=push', [2]],
    ['"thank you"', [3]],
    ['thanks', [3]],
    ['inside', [4]],
    ['needle', []],
    ['-"plain text" -thanks', [1, 4, 5]],
    ['type:json', [1, 4]],
    ['', [1, 2, 3, 4, 5]],
  ])('%s finds %j', async (filter, ids) => {
    expect(await search(entries, filter, never)).toEqual(ids)
  })

  test('takes pauses, so that hooks are received meanwhile', async () => {
    const large = createTestEntry({ body: 'x'.repeat(4_000_000) })
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await search(
      Array.from({ length: 40 }, () => large),
      'y',
      never,
    )
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
  })

  test('stops when the page has asked for something else', async () => {
    const large = createTestEntry({ body: 'x'.repeat(4_000_000) })
    const closed = AbortSignal.abort()
    expect(
      (
        await search(
          Array.from({ length: 100 }, () => large),
          'x',
          closed,
        )
      ).length,
    ).toBeLessThan(50)
  })
})
