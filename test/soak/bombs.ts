// Sends bodies that inflate to 1 GiB, and measures how long the rejection takes and how much memory.
import { once } from 'node:events'
import { request } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib'
import { comparisons, pathname, start } from '../../bench/chunked-bodies.ts'

const inflatedSize = 1024 ** 3
const maxBodySize = 1024 ** 2
const maxMilliseconds = 50
const maxMemory = 2 * maxBodySize
const attempts = 20
const concurrent = 32

const compressors = {
  gzip: () => createGzip({ level: 9 }),
  deflate: () => createDeflate({ level: 9 }),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
} as const

async function createBomb(coding: keyof typeof compressors): Promise<Buffer> {
  const compressor = compressors[coding]()
  const bytes = buffer(compressor)
  const zeros = Buffer.alloc(maxBodySize)
  for (let size = 0; size < inflatedSize; size += zeros.length) {
    if (!compressor.write(zeros)) await once(compressor, 'drain')
  }
  compressor.end()
  return bytes
}

async function send(port: number, coding: string, body: Buffer): Promise<string> {
  const headers = { 'content-encoding': coding, 'content-type': 'application/octet-stream' }
  const outgoing = request({
    port,
    path: pathname,
    method: 'POST',
    headers: { ...headers, 'content-length': body.length },
  })
  const [response] = await once(outgoing.end(body), 'response')
  return `${response.statusCode} ${await text(response)}`
}

/** Sends bombs to every host, and prints each figure. Returns whether all are within their limits. */
export async function measureBombs(): Promise<boolean> {
  let isWithin = true
  for (const coding of Object.keys(compressors) as (keyof typeof compressors)[]) {
    const bomb = await createBomb(coding)
    for (const [host] of comparisons) {
      const { milliseconds, held } = await measure(host, { coding, bomb })
      const ok = milliseconds <= maxMilliseconds && held <= maxMemory
      const figures = `${milliseconds.toFixed(0)} ms, ${(held / maxBodySize).toFixed(2)} × maxBodySize`
      console.log(`1 GiB as ${bomb.length} bytes of ${coding}, ${host}: ${figures} ${ok ? 'ok' : 'MISSED'}`)
      if (!ok) isWithin = false
    }
  }
  return isWithin
}

// The time of one bomb in a warm process, the best of several; the memory of one of many at once.
async function measure(host: string, { coding, bomb }: { coding: string; bomb: Buffer }) {
  const { child, port } = await start(host)
  let milliseconds = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < attempts; attempt++) {
    const begin = performance.now()
    const response = await send(port, coding, bomb)
    milliseconds = Math.min(milliseconds, performance.now() - begin)
    if (!response.startsWith('413 ') || !response.includes('body_too_large')) throw new Error(`${host}: ${response}`)
  }
  child.send('hold')
  await once(child, 'message')
  await Promise.all(Array.from({ length: concurrent }, () => send(port, coding, bomb)))
  child.send('held')
  const [{ held }] = await once(child, 'message')
  child.kill()
  return { milliseconds, held: held / concurrent }
}
