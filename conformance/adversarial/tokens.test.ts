import { createMinter, deriveJwk, findToken, inspect, isHookurlError, redact } from '@hookurl/core'
import { synchronous } from '@hookurl/core/internal'
import { createVerifier } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { defineSuite } from '../suite.ts'
import type { TokenRow } from './format.ts'
import { readCorpus } from './read-corpus.ts'
import { verifyByReference } from './reference.ts'

const rows = readCorpus('tokens') as (TokenRow & { token: string })[]
const subject = { createMinter, createVerifier, deriveJwk, findToken, isHookurlError, synchronous }

describe(`adversarial tokens on the ${synchronous ? 'node:crypto' : 'Web Crypto'} engine`, () => {
  defineSuite({ verify: rows, mint: [], keys: [], states: [], signingSecrets: [] }, subject, test)
})

test('the reference implementation has the same results', async () => {
  for (const row of rows) {
    const expected = row.hook ?? row.code
    // As JSON, because absent and undefined members are the same.
    expect(JSON.parse(JSON.stringify(await verifyByReference(row))), row.name).toEqual(expected)
  }
})

test('inspect reports a problem of every token that is rejected for more than its key', () => {
  const keyCodes = ['invalid_signature', 'unknown_key']
  for (const row of rows) {
    const { problems } = inspect(row.token, { now: () => row.now * 1000 })
    const isEncrypted = row.token.includes('..')
    if (row.code === undefined || keyCodes.includes(row.code) || isEncrypted) continue
    expect(problems.length, row.name).toBeGreaterThan(0)
  }
})

test('redact leaves no valid token complete', () => {
  for (const { name, token, code } of rows) {
    if (code === undefined) expect(redact(`GET /hooks/${token} 200`), name).not.toContain(token)
  }
})

test('there are at least 250 rows', () => {
  expect(rows.length).toBeGreaterThanOrEqual(250)
})

test('the names of the rows are unique', () => {
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
})

test('the inputs of the rows are all different', () => {
  const inputs = rows.map(({ token, keys, purpose, now, ignore }) =>
    JSON.stringify([token, keys, purpose, now, ignore]),
  )
  expect(new Set(inputs).size).toBe(rows.length)
})

test('each row has a reason', () => {
  expect(rows.filter(({ reason }) => reason.length < 10)).toEqual([])
})

test('more than 10 rows are controls', () => {
  expect(rows.filter(({ hook }) => hook !== undefined).length).toBeGreaterThan(10)
})
