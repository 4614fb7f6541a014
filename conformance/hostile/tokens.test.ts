import { createMinter, deriveJwk, findToken, inspect, isHookurlError, redact } from '@hookurl/core'
import { synchronous } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { defineSuite } from '../suite.ts'
import type { TokenRow } from './format.ts'
import { readCorpus } from './read.ts'
import { judge } from './reference.ts'

const rows = readCorpus('tokens') as (TokenRow & { token: string })[]
const subject = { createMinter, createVerifier, deriveJwk, findToken, isHookurlError, synchronous }

describe(`hostile tokens on the ${synchronous ? 'node:crypto' : 'Web Crypto'} engine`, () => {
  defineSuite({ verify: rows, mint: [], keys: [] }, subject, test)
})

test('jose, with the rules of the specification written down again, comes to the same verdicts', async () => {
  for (const row of rows) {
    const expected = row.hook ?? row.code
    // As JSON, since an absent member and one that is undefined are the same.
    expect(JSON.parse(JSON.stringify(await judge(row))), row.name).toEqual(expected)
  }
})

test('a hostile token has a problem that inspect names, or is merely not signed by us', () => {
  const unseen = ['invalid_signature', 'unknown_key']
  for (const row of rows) {
    const { problems } = inspect(row.token, { now: () => row.now * 1000 })
    const isSealed = row.token.includes('..')
    if (row.code === undefined || unseen.includes(row.code) || isSealed) continue
    expect(problems.length, row.name).toBeGreaterThan(0)
  }
})

test('redact leaves no token whole that verifies', () => {
  for (const { name, token, code } of rows) {
    if (code === undefined) expect(redact(`GET /hooks/${token} 200`), name).not.toContain(token)
  }
})

test('there are at least 250 rows, all different, each with a reason, and controls among them', () => {
  expect(rows.length).toBeGreaterThanOrEqual(250)
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  const inputs = rows.map(({ token, keys, purpose, now, uncounted }) =>
    JSON.stringify([token, keys, purpose, now, uncounted]),
  )
  expect(new Set(inputs).size).toBe(rows.length)
  expect(rows.filter(({ reason }) => reason.length < 10)).toEqual([])
  expect(rows.filter(({ hook }) => hook !== undefined).length).toBeGreaterThan(10)
})
