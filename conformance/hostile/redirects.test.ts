import { createMinter, inspect, isHookurlError } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { now, one, plain, signRaw } from '../make/craft.ts'
import { readCorpus } from './read.ts'
import { judgeRedirect } from './reference-redirect.ts'

const rows = readCorpus('redirects')
const clock = (): number => now * 1000
const baseUrl = 'https://bot.example.com/hooks'

describe('hostile redirects', () => {
  for (const { name, redirect, redirectHosts, minted, verified, reason } of rows) {
    test(`${name}: ${reason}`, async () => {
      const minter = createMinter({ keys: one, baseUrl, expiresIn: 60, maxUrlLength: 8000, redirectHosts, now: clock })
      const mint = minter.mint({ command: plain.cmd, redirectTo: redirect })
      expect(await mint.then(signedRedirect, toCode)).toEqual(minted)
      const verifier = createVerifier({ keys: one, redirectHosts, now: clock })
      const token = signRaw({ claims: { ...plain, rdr: redirect } })
      const hook = verifier.verify(token).then(({ redirectTo }) => redirectTo, toCode)
      expect(await hook).toEqual(verified === 'allowed' ? redirect : verified)
    })
  }
})

test('the rules of the specification, written down again, come to the same verdicts', () => {
  for (const { name, redirect, redirectHosts, verified } of rows) {
    expect(judgeRedirect(redirect, redirectHosts), name).toBe(verified === 'allowed')
  }
})

test('what is minted verifies, and goes to the host that it was signed for', () => {
  for (const { name, redirectHosts, minted } of rows) {
    if (typeof minted === 'string') expect(judgeRedirect(minted, redirectHosts), name).toBe(true)
  }
})

test('there are at least 300 rows, all different, each with a reason, and controls among them', () => {
  expect(rows.length).toBeGreaterThanOrEqual(300)
  const inputs = rows.map(({ redirect, redirectHosts }) => JSON.stringify([redirect, redirectHosts]))
  expect(new Set(inputs).size).toBe(rows.length)
  expect(rows.filter(({ reason }) => reason.length < 10)).toEqual([])
  expect(rows.filter(({ verified }) => verified === 'allowed').length).toBeGreaterThan(20)
})

function signedRedirect(url: string): unknown {
  return inspect(url).claims?.rdr
}

function toCode(error: unknown): { code: string } {
  if (!isHookurlError(error)) throw error
  return { code: error.code }
}
