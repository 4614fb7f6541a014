import { inspect } from 'node:util'
import type { ErrorCode, HookurlError } from '@hookurl/core'
import { createVerifier, type VerifierOptions } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { catchError, command, getToken, key, mint, now, policy, seconds } from '../support/fixtures.ts'

const secret = Buffer.from(key.slice(4), 'base64url')
const fields = { content: { pin: 'hunter2' }, userId: 'user-hunter2' }
const url = mint(fields)
const boundUrl = mint({ ...fields, state: 'state-hunter2' })
const afterExpiry = { now: () => (seconds + 31 * 86_400) * 1000 }

interface Row {
  readonly code: ErrorCode
  readonly url: string
  readonly options?: Partial<VerifierOptions>
}

const unverified: readonly Row[] = [
  { code: 'no_token', url: 'https://bot.example.com/hunter2' },
  { code: 'ambiguous_token', url: `${url}?t=${getToken(mint())}` },
  { code: 'malformed_token', url: url.slice(0, -1) },
  { code: 'malformed_token', url: 'hunter2' },
  { code: 'invalid_signature', url, options: { purpose: 'x' } },
]
const verified: readonly Row[] = [
  { code: 'expired', url, options: afterExpiry },
  { code: 'not_yet_valid', url: mint({ ...fields, notBefore: new Date(now() + 1000) }) },
  { code: 'wrong_command', url: mint({ ...fields, command: '/other' }) },
  { code: 'not_configured', url: mint({ ...fields, maxUses: 1 }) },
  {
    code: 'redirect_forbidden',
    url: mint({ ...fields, redirectTo: 'https://a.com/' }),
    options: { redirectHosts: [] },
  },
  { code: 'unknown_command', url, options: { commands: { '/other': {} } } },
  { code: 'denied', url, options: { authorize: () => false } },
  { code: 'state_changed', url: boundUrl, options: { state: () => 'other-hunter2' } },
  {
    code: 'state_unavailable',
    url: boundUrl,
    options: {
      state: () => {
        throw new Error('hunter2')
      },
    },
  },
]

function reject({ url, options = {} }: Row): Promise<HookurlError> {
  return catchError(() => createVerifier({ ...policy, ...options }).verify(url, { command }))
}

describe('the error of a rejection', () => {
  for (const row of [...unverified, ...verified]) {
    const what = row.url === 'hunter2' ? `${row.code} (not a URL)` : row.code

    test(`${what} exposes neither the token nor the content`, async () => {
      const error = await reject(row)
      expect(error.code).toBe(row.code)
      const output = `${inspect(error, { depth: 9 })}${JSON.stringify(error)}${error.stack}${Object.entries(error)}`
      expect(output).not.toContain('hunter2')
      expect(output).not.toContain(getToken(url).slice(0, 40))
    })
  }

  for (const row of unverified.filter((row) => row.url !== 'hunter2')) {
    test(`${row.code} has no hook`, async () => {
      expect((await reject(row)).hook).toBeUndefined()
    })
  }

  for (const row of verified) {
    test(`${row.code} has the hook, as a property that is not enumerable`, async () => {
      const error = await reject(row)
      expect(error.hook?.userId).toBe(fields.userId)
      expect(Object.keys(error)).not.toContain('hook')
    })
  }
})

describe('the secret of a key', () => {
  const verifier = createVerifier(policy)
  const values: readonly [what: string, getValue: () => unknown][] = [
    ['a hook', () => verifier.verify(url)],
    ['a verifier', () => verifier],
    ['an error', () => catchError(() => verifier.verify(mint({ ...fields, maxUses: 1 })))],
    ['the hook of an error', async () => (await catchError(() => verifier.verify(mint({ maxUses: 1 })))).hook],
  ]
  for (const [what, getValue] of values) {
    test(`cannot be reached from ${what}`, async () => {
      const value = await getValue()
      const output = inspect(value, { depth: 20, showHidden: true, getters: true })
      expect(output).not.toContain(key.slice(4))
      expect(output).not.toContain(inspect(secret).slice(8, -1))
      expect(JSON.stringify(value)).not.toContain(key.slice(4))
      expect(collectBytes(value).some((bytes) => Buffer.from(bytes).equals(secret))).toBe(false)
    })
  }
})

/** Collects all bytes that are reachable through properties, including hidden ones. */
function collectBytes(value: unknown, seen = new Set<unknown>()): Uint8Array[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  if (value instanceof Uint8Array) return [value]
  return Reflect.ownKeys(value).flatMap((name) => collectBytes(Reflect.get(value, name), seen))
}
