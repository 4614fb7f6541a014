import { constants } from 'node:buffer'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflateRaw, inflate as inflateZlib } from 'node:zlib'
import type { Compression, InflateResult } from './compression.ts'

/** What zlib returns with the option `info`. */
interface Inflated {
  readonly buffer: Uint8Array
  readonly engine: { readonly bytesWritten: number }
}

const inflaters = {
  gzip: promisify(gunzip),
  zlib: promisify(inflateZlib),
  deflate: promisify(inflateRaw),
  brotli: promisify(brotliDecompress),
} as const

// A Brotli body of 200 bytes can make zlib use 16 MB, and work is done in threads that files and DNS share: four by
// default.
const MAX_CONCURRENT = 2
const waiting: (() => void)[] = []
let running = 0

/** Inflates a body, up to `maxSize` bytes. */
export async function inflate(bytes: Uint8Array, compression: Compression, maxSize: number): Promise<InflateResult> {
  if (running < MAX_CONCURRENT) running++
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await inflateNow(bytes, compression, maxSize)
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

async function inflateNow(bytes: Uint8Array, compression: Compression, maxSize: number): Promise<InflateResult> {
  // Limits of 0, and beyond that of a buffer, are not allowed.
  const maxOutputLength = Math.min(Math.max(maxSize, 1), constants.MAX_LENGTH)
  try {
    const inflated: unknown = await inflaters[compression](bytes, { maxOutputLength, info: true })
    const { buffer, engine } = inflated as Inflated
    // zlib ignores what follows the compressed data, so that it would take some plain text for an empty body.
    if (engine.bytesWritten < bytes.byteLength) return 'malformed_body'
    return buffer.byteLength > maxSize ? 'body_too_large' : buffer
  } catch (error) {
    return Reflect.get(error as object, 'code') === 'ERR_BUFFER_TOO_LARGE' ? 'body_too_large' : 'malformed_body'
  }
}
