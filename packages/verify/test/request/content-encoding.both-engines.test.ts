import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { inflate } from '#inflate'
import { decodeBody, isEncoded } from '../../src/request/content-encoding.ts'

const text = '{"cat":"Grüße"} '.repeat(50)
const bytes = new TextEncoder().encode(text)
const limit = 10_000
const hasBrotli = (await inflate(brotliCompressSync('a'), 'brotli', 10)) !== 'unsupported_encoding'

const codings: readonly (readonly [header: string, compress: (data: Uint8Array) => Uint8Array])[] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZip', gzipSync],
  [' gzip ', gzipSync],
  ['identity, gzip', gzipSync],
  ['gzip,', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ...(hasBrotli ? ([['br', brotliCompressSync]] as const) : []),
]

test('a body with Brotli is not supported on a runtime without it', async (context) => {
  if (hasBrotli) context.skip('this runtime has Brotli')
  const body = { kind: 'bytes', bytes: brotliCompressSync(bytes) } as const
  expect(await decodeBody(body, 'br', limit)).toEqual({ kind: 'unread', code: 'unsupported_encoding' })
})

describe.each(codings)('Content-Encoding: %s', (header, compress) => {
  const encoded = new Uint8Array(compress(bytes))
  const decode = (data: Uint8Array, maxSize = limit) => decodeBody({ kind: 'bytes', bytes: data }, header, maxSize)

  test('a body is inflated, and the bytes as received are kept', async () => {
    const body = await decode(encoded)
    expect(body).toMatchObject({ kind: 'bytes', encoded })
    expect(new TextDecoder().decode((body as { bytes: Uint8Array }).bytes)).toBe(text)
  })

  test('a body of exactly maxBodySize is inflated', async () => {
    expect(await decode(encoded, bytes.length)).toMatchObject({ kind: 'bytes' })
  })

  test('a body of one byte more is too large', async () => {
    expect(await decode(encoded, bytes.length - 1)).toEqual({ kind: 'unread', code: 'body_too_large' })
  })

  test('a compressed empty body counts as no body', async () => {
    expect(await decode(new Uint8Array(compress(new Uint8Array())))).toMatchObject({ kind: 'none' })
  })

  test('a decompression bomb is too large', async () => {
    const bomb = new Uint8Array(compress(new Uint8Array(16 * 1024 * 1024)))
    expect(await decode(bomb)).toEqual({ kind: 'unread', code: 'body_too_large' })
  })

  test.each([
    ['truncated', encoded.subarray(0, encoded.length - 10)],
    ['not compressed', bytes],
  ])('a body that is %s is malformed', async (_what, data) => {
    expect(await decode(data)).toEqual({ kind: 'unread', code: 'malformed_body' })
  })

  test('a body that a framework has inflated is used as is', async () => {
    const kept = { kind: 'bytes', bytes, isKept: true } as const
    expect(await decodeBody(kept, header, limit)).toBe(kept)
  })

  test('a body that a framework kept compressed is inflated', async () => {
    const kept = { kind: 'bytes', bytes: encoded, isKept: true } as const
    expect(await decodeBody(kept, header, limit)).toMatchObject({ kind: 'bytes', encoded })
  })

  test('a body that a framework has decoded as text is lost', async () => {
    const kept = { kind: 'text', text: new TextDecoder().decode(encoded) } as const
    expect(await decodeBody(kept, header, limit)).toEqual({ kind: 'unread', code: 'body_already_consumed' })
  })

  test('a body that a framework has parsed is used as is', async () => {
    const parsed = { kind: 'parsed', value: { a: 1 } } as const
    expect(await decodeBody(parsed, header, limit)).toBe(parsed)
  })
})

// Deflate without a header, and Brotli, have no checksum.
test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
] as const)('with Content-Encoding: %s, a body with an altered byte is malformed', async (header, compress) => {
  const encoded = new Uint8Array(compress(bytes))
  const middle = encoded.length >> 1
  const altered = encoded.with(middle, (encoded[middle] ?? 0) ^ 0xff)
  const body = await decodeBody({ kind: 'bytes', bytes: altered }, header, limit)
  expect(body).toEqual({ kind: 'unread', code: 'malformed_body' })
})

describe.each(['zstd', 'compress', 'utf-8', 'gzip, br', 'gzip, gzip', 'aws-chunked', '__proto__', 'toString'])(
  'Content-Encoding: %s',
  (header) => {
    test('a body is not supported', async () => {
      const body = { kind: 'bytes', bytes } as const
      expect(await decodeBody(body, header, limit)).toEqual({ kind: 'unread', code: 'unsupported_encoding' })
    })

    test('a body that a framework kept is used as is', async () => {
      const kept = { kind: 'bytes', bytes, isKept: true } as const
      expect(await decodeBody(kept, header, limit)).toBe(kept)
    })
  },
)

test.each([
  [undefined, false],
  ['', false],
  ['identity', false],
  ['Identity', false],
  ['identity, identity', false],
  ['gzip', true],
  ['br', true],
  ['utf-8', true],
])('Content-Encoding %j is encoded: %s', (header, expected) => {
  expect(isEncoded(header)).toBe(expected)
})
