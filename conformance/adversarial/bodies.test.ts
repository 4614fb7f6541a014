import { Buffer } from 'node:buffer'
import { createMinter } from '@hookurl/core'
import { synchronous } from '@hookurl/core/internal'
import { createReceiver } from '@hookurl/verify'
import { beforeAll, describe, expect, test } from 'vitest'
import { keyA, now, plainClaims } from '../generate/craft.ts'
import type { BodyRow } from './format.ts'
import { readCorpus } from './read-corpus.ts'

const rows = readCorpus('bodies')
const clock = (): number => now * 1000
let url: string
let payloads: unknown[] = []
const receiver = createReceiver({
  keys: keyA,
  now: clock,
  handlers: { [plainClaims.cmd]: ({ payload }) => void payloads.push(payload) },
})

beforeAll(async () => {
  const minter = createMinter({ keys: keyA, baseUrl: 'https://bot.example.com/hooks', expiresIn: 60, now: clock })
  url = await minter.mint({ command: plainClaims.cmd })
})

describe('adversarial bodies in requests to a receiver', () => {
  for (const row of rows) {
    const lacksBrotli = row.headers?.['content-encoding'] === 'br' && !hasBrotli()
    test(`${row.name}: ${row.code ?? 'accepted'}`, async (context) => {
      if (lacksBrotli) context.skip('this runtime has no Brotli')
      payloads = []
      const headers = { 'content-type': row.contentType, ...row.headers }
      const request = new Request(url, { method: 'POST', headers, body: toBytes(row.body) })
      const response = await receiver.fetch(request)
      const { code } = await response.json()
      expect({ status: response.status, code }).toEqual({ status: row.status, code: row.code })
      expect(payloads).toHaveLength(row.code === undefined ? 1 : 0)
      if (row.payload !== undefined) expect(payloads[0]).toEqual(row.payload)
      expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
    })
  }
})

test('there are at least 300 rows', () => {
  expect(rows.length).toBeGreaterThanOrEqual(300)
})

test('the names of the rows are unique', () => {
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
})

test('the requests of the rows are all different', () => {
  expect(new Set(rows.map(({ body, contentType, headers }) => JSON.stringify([body, contentType, headers]))).size).toBe(
    rows.length,
  )
})

test('each row has a reason', () => {
  expect(rows.filter(({ reason }) => reason.length < 10)).toEqual([])
})

test('more than 10 rows are controls', () => {
  expect(rows.filter(({ code }) => code === undefined).length).toBeGreaterThan(10)
})

// The web engine inflates with `DecompressionStream`, which has Brotli only on newer runtimes.
function hasBrotli(): boolean {
  if (synchronous) return true
  try {
    return new DecompressionStream('brotli' as 'gzip') !== undefined
  } catch {
    return false
  }
}

function toBytes(body: BodyRow['body']): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return new Uint8Array(Buffer.from(body))
  if ('base64' in body) return new Uint8Array(Buffer.from(body.base64, 'base64'))
  return new Uint8Array(Buffer.from(body.repeat.map(([part, times]) => part.repeat(times)).join('')))
}
