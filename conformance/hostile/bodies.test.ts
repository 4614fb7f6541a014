import { Buffer } from 'node:buffer'
import { createMinter } from '@hookurl/core'
import { createReceiver } from '@hookurl/verify'
import { beforeAll, describe, expect, test } from 'vitest'
import { now, one, plain } from '../make/craft.ts'
import type { BodyRow } from './format.ts'
import { readCorpus } from './read.ts'

const rows = readCorpus('bodies')
const clock = (): number => now * 1000
let url: string
let payloads: unknown[] = []
const receiver = createReceiver({
  keys: one,
  now: clock,
  handlers: { [plain.cmd]: ({ payload }) => void payloads.push(payload) },
})

beforeAll(async () => {
  const minter = createMinter({ keys: one, baseUrl: 'https://bot.example.com/hooks', expiresIn: 60, now: clock })
  url = await minter.mint({ command: plain.cmd })
})

describe('hostile bodies, as they come to a receiver', () => {
  for (const row of rows) {
    test(`${row.name}: ${row.code ?? 'taken'}`, async () => {
      payloads = []
      const headers = { 'content-type': row.contentType, ...row.headers }
      const request = new Request(url, { method: 'POST', headers, body: toBytes(row.body) })
      const response = await receiver.fetch(request)
      const answer = await response.json()
      expect([response.status, answer.code]).toEqual([row.status, row.code])
      expect(payloads).toHaveLength(row.code === undefined ? 1 : 0)
      if (row.payload !== undefined) expect(payloads[0]).toEqual(row.payload)
      expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
    })
  }
})

test('there are at least 60 rows, all different, each with a reason, and controls among them', () => {
  expect(rows.length).toBeGreaterThanOrEqual(60)
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  expect(new Set(rows.map(({ body, contentType, headers }) => JSON.stringify([body, contentType, headers]))).size).toBe(
    rows.length,
  )
  expect(rows.filter(({ reason }) => reason.length < 10)).toEqual([])
  expect(rows.filter(({ code }) => code === undefined).length).toBeGreaterThan(10)
})

function toBytes(body: BodyRow['body']): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return new Uint8Array(Buffer.from(body))
  if ('base64' in body) return new Uint8Array(Buffer.from(body.base64, 'base64'))
  return new Uint8Array(Buffer.from(body.repeat.map(([text, times]) => text.repeat(times)).join('')))
}
