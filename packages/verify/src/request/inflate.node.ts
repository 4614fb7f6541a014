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

// A Brotli body of 200 bytes can take 16 MB and a thread for as long as it takes to write them. There are four threads by
// default, which other bodies, files and DNS share.
const MAX_CONCURRENT_BROTLI = 2
const waiting: (() => void)[] = []
let running = 0

/** Inflates a body, up to `maxSize` bytes. */
export function inflate(bytes: Uint8Array, compression: Compression, maxSize: number): Promise<InflateResult> {
  const start = (): Promise<InflateResult> => inflateNow(bytes, compression, maxSize)
  return compression === 'brotli' ? queueBrotli(start) : start()
}

async function queueBrotli(start: () => Promise<InflateResult>): Promise<InflateResult> {
  if (running < MAX_CONCURRENT_BROTLI) running++
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await start()
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
