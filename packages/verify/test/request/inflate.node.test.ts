import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeBody } from '../../src/request/content-encoding.ts'
import { inflate } from '../../src/request/inflate.node.ts'

const limit = 1_048_576
// At the default quality, Brotli takes 6 seconds for it, and compresses it less.
const params = {
  [constants.BROTLI_PARAM_QUALITY]: 5,
  [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
}
const bomb = brotliCompressSync(Buffer.alloc(64 * limit), { params })

describe.each([
  ['gzip', gzipSync],
  ['zlib', deflateSync],
  ['deflate', deflateRawSync],
  ['brotli', brotliCompressSync],
] as const)('%s', (compression, compress) => {
  test.each([[Buffer.from('x')], [Buffer.from([0])]])(
    'a body with data after its end is malformed: %s',
    async (rest) => {
      const body = Buffer.concat([compress('cat'), rest])
      expect(await inflate(body, compression, limit)).toBe('malformed_body')
    },
  )

  test('a body is inflated if there is no limit', async () => {
    expect(await inflate(compress('cat'), compression, Number.MAX_SAFE_INTEGER)).toEqual(Buffer.from('cat'))
  })
})

test('a gzipped body of two members is inflated', async () => {
  expect(await inflate(Buffer.concat([gzipSync('a'), gzipSync('b')]), 'gzip', limit)).toEqual(Buffer.from('ab'))
})

// Each begins with a complete compressed body, although it is text.
test.each([
  ['br', '=1,2'],
  ['br', '7,cat'],
  ['deflate', '{"k":"pcq0 "}'],
])('with Content-Encoding: %s, the inflated text %j that a framework kept is used as is', async (header, text) => {
  const kept = { kind: 'bytes', bytes: new TextEncoder().encode(text), isKept: true } as const
  expect(await decodeBody(kept, header, limit)).toBe(kept)
})

test('Brotli bodies that are inflated at the same time use little memory', async () => {
  const start = process.memoryUsage.rss()
  let peak = start
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 1)
  const results = await Promise.all(Array.from({ length: 50 }, () => inflate(bomb, 'brotli', limit)))
  clearInterval(timer)
  expect(new Set(results)).toEqual(new Set(['body_too_large']))
  expect(peak - start).toBeLessThan(200 * limit)
})

test('a gzipped body does not wait for Brotli bodies', async () => {
  const ended: string[] = []
  const bombs = Array.from({ length: 20 }, () => inflate(bomb, 'brotli', limit).then(() => ended.push('brotli')))
  await inflate(gzipSync('cat'), 'gzip', limit)
  expect(ended.length).toBeLessThan(10)
  await Promise.all(bombs)
})
