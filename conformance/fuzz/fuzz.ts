import { type Hook, isHookurlError } from '@hookurl/core'
import { createVerifier as createHookurlVerifier } from '@hookurl/verify'
import fc from 'fast-check'
import { verifyByReference } from '../adversarial/reference.ts'
import type { ExpectedHook, VerifyRow } from '../format.ts'
import { now } from '../generate/craft.ts'
import { state } from './claims.ts'
import { mutatedTokens } from './mutate.ts'
import { keys } from './tokens.ts'

/** The result of a run: how often each outcome occurred. */
export interface FuzzResult {
  readonly count: number
  readonly seed: number
  readonly outcomes: ReadonlyMap<string, number>
}

/** The number of tokens, the seed, and the verifier to compare; hookurl's by default. */
interface FuzzOptions {
  readonly count: number
  readonly seed: number
  readonly createVerifier?: typeof createHookurlVerifier
}

/** The options that tokens are verified with. */
type VerifyOptions = Pick<VerifyRow, 'command' | 'method' | 'ignore' | 'state' | 'clockTolerance' | 'redirectHosts'>

const verifyOptions: fc.Arbitrary<VerifyOptions> = fc.record({
  command: fc.constantFrom(undefined, undefined, undefined, '/onWebhook', ['/approve', '/onWebhook']),
  method: fc.constantFrom(undefined, undefined, 'POST', 'POST', 'GET', 'PUT'),
  ignore: fc.oneof(
    fc.constant(undefined),
    fc.subarray(['uses' as const, 'state' as const, 'user' as const, 'signature' as const]),
  ),
  state: fc.constantFrom(undefined, state, state, state),
  clockTolerance: fc.constantFrom(0, 2),
  redirectHosts: fc.constantFrom(undefined, ['example.com', '*.example.com', 'localhost']),
})

/**
 * Verifies mutated tokens and compares each result with that of the reference implementation.
 *
 * @throws if they disagree, with the smallest token that fast-check finds and the seed
 */
export async function fuzz({ count, seed, createVerifier = createHookurlVerifier }: FuzzOptions): Promise<FuzzResult> {
  const outcomes = new Map<string, number>()
  const verify = createVerify(createVerifier)
  const property = fc.asyncProperty(mutatedTokens, verifyOptions, async (token, options) => {
    const row = { name: '', keys, now, token, ...options }
    const [result, expected] = await Promise.all([verify(row), verifyByReference(row)])
    const [actualJson, expectedJson] = [toComparable(result), toComparable(expected)]
    if (actualJson !== expectedJson) {
      throw new Error(`the verifier returns ${actualJson}, the reference ${expectedJson}`)
    }
    const outcome = typeof result === 'string' ? result : 'accepted'
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  })
  await fc.assert(property, { numRuns: count, seed, includeErrorInReport: true })
  return { count, seed, outcomes }
}

/** Returns the requested seed, or a random one. */
export function chooseSeed(requested: string | undefined): number {
  const seed = requested === undefined || requested === '' ? Math.floor(Math.random() * 2 ** 31) : Number(requested)
  if (!Number.isInteger(seed)) throw new Error('the seed must be an integer')
  return seed
}

/** Formats the number of each outcome, most frequent first. */
export function formatOutcomes({ outcomes }: FuzzResult): string {
  const sorted = [...outcomes].sort(([, a], [, b]) => b - a)
  return sorted.map(([outcome, count]) => `${outcome} ${count}`).join(', ')
}

// Creates one verifier for each set of options, as applications do.
function createVerify(
  createVerifier: typeof createHookurlVerifier,
): (row: VerifyRow & { token: string }) => Promise<ExpectedHook | string> {
  const verifiers = new Map<string, ReturnType<typeof createHookurlVerifier>>()
  return async ({ token, clockTolerance, redirectHosts, state, command, method, ignore }) => {
    const name = `${clockTolerance} ${redirectHosts} ${state}`
    const getState = state === undefined ? {} : { state: () => state }
    const options = { keys, now: () => now * 1000, clockTolerance, redirectHosts, ...getState }
    const verifier = verifiers.get(name) ?? createVerifier(options)
    verifiers.set(name, verifier)
    try {
      return toPlain(await verifier.verify(token, { command, method, ignore }))
    } catch (error) {
      if (!isHookurlError(error)) throw error
      return error.code
    }
  }
}

function toPlain({ expiresAt, notBefore, issuedAt, ...hook }: Hook): ExpectedHook {
  const seconds = (date: Date | undefined): number | undefined => date && date.getTime() / 1000
  const timestamps = { expiresAt: seconds(expiresAt), notBefore: seconds(notBefore), issuedAt: seconds(issuedAt) }
  return { ...hook, ...timestamps } as ExpectedHook
}

// As JSON, with sorted members.
function toComparable(result: ExpectedHook | string): string {
  if (typeof result === 'string') return result
  return JSON.stringify(
    Object.entries(result)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
