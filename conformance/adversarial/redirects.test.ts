import { createMinter, inspect, isHookurlError } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { keyA, now, plainClaims, signRaw } from '../generate/craft.ts'
import { readCorpus } from './read-corpus.ts'
import { isRedirectAllowed } from './reference-redirect.ts'

const rows = readCorpus('redirects')
const clock = (): number => now * 1000
const baseUrl = 'https://bot.example.com/hooks'

describe('adversarial redirects', () => {
  for (const { name, redirect, redirectHosts, minted, verified, reason } of rows) {
    test(`${name}: ${reason}`, async () => {
      const minter = createMinter({ keys: keyA, baseUrl, expiresIn: 60, maxUrlLength: 8000, redirectHosts, now: clock })
      const mint = minter.mint({ command: plainClaims.cmd, redirectTo: redirect })
      expect(await mint.then(getSignedRedirect, toCode)).toEqual(minted)
      const verifier = createVerifier({ keys: keyA, redirectHosts, now: clock })
      const token = signRaw({ claims: { ...plainClaims, rdr: redirect } })
      const hook = verifier.verify(token).then(({ redirectTo }) => redirectTo, toCode)
      expect(await hook).toEqual(verified === 'allowed' ? redirect : verified)
    })
  }
})

test('the reference implementation has the same results', () => {
  for (const { name, redirect, redirectHosts, verified } of rows) {
    expect(isRedirectAllowed(redirect, redirectHosts), name).toBe(verified === 'allowed')
  }
})

test('the reference implementation allows every minted redirect', () => {
  for (const { name, redirectHosts, minted } of rows) {
    if (typeof minted === 'string') expect(isRedirectAllowed(minted, redirectHosts), name).toBe(true)
  }
})

test('there are at least 300 rows', () => {
  expect(rows.length).toBeGreaterThanOrEqual(300)
})

test('the rows are all different', () => {
  const inputs = rows.map(({ redirect, redirectHosts }) => JSON.stringify([redirect, redirectHosts]))
  expect(new Set(inputs).size).toBe(rows.length)
})

test('each row has a reason', () => {
  expect(rows.filter(({ reason }) => reason.length < 10)).toEqual([])
})

test('more than 20 rows are controls', () => {
  expect(rows.filter(({ verified }) => verified === 'allowed').length).toBeGreaterThan(20)
})

function getSignedRedirect(url: string): unknown {
  return inspect(url).claims?.rdr
}

function toCode(error: unknown): { code: string } {
  if (!isHookurlError(error)) throw error
  return { code: error.code }
}
