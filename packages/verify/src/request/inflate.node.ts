import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflateRaw, inflate as inflateZlib } from 'node:zlib'
import type { Compression, InflateResult } from './compression.ts'

const inflaters = {
  gzip: promisify(gunzip),
  zlib: promisify(inflateZlib),
  deflate: promisify(inflateRaw),
  brotli: promisify(brotliDecompress),
} as const

/** Inflates a body, up to `maxSize` bytes. */
export async function inflate(bytes: Uint8Array, compression: Compression, maxSize: number): Promise<InflateResult> {
  try {
    // zlib does not accept a limit of 0.
    const inflated = await inflaters[compression](bytes, { maxOutputLength: Math.max(maxSize, 1) })
    return inflated.byteLength > maxSize ? 'body_too_large' : inflated
  } catch (error) {
    return Reflect.get(error as object, 'code') === 'ERR_BUFFER_TOO_LARGE' ? 'body_too_large' : 'malformed_body'
  }
}
