import { type Hook, isHookurlError } from '@hookurl/core'
import { createVerifier as createOurs } from '@hookurl/verify'
import fc from 'fast-check'
import type { ExpectedHook, VerifyRow } from '../../format.ts'
import { now } from '../../make/craft.ts'
import { judge } from '../reference.ts'
import { mutated } from './mutate.ts'
import { keys } from './tokens.ts'

/** What a run of the fuzzer came to: how often each verdict was agreed on. */
export interface Agreement {
  readonly count: number
  readonly seed: number
  readonly verdicts: ReadonlyMap<string, number>
}

/** How many tokens, from which seed, and by which verifier they are verified: ours, unless told. */
interface FuzzOptions {
  readonly count: number
  readonly seed: number
  readonly createVerifier?: typeof createOurs
}

/** Where tokens are verified: an old and a new key, two commands, hosts, both methods, uses counted or not. */
type Place = Pick<VerifyRow, 'command' | 'method' | 'uncounted' | 'clockTolerance' | 'redirectHosts'>

const place: fc.Arbitrary<Place> = fc.record({
  command: fc.constantFrom(undefined, undefined, undefined, '/onWebhook', ['/approve', '/onWebhook']),
  method: fc.constantFrom(undefined, undefined, 'POST', 'POST', 'GET', 'PUT'),
  uncounted: fc.constantFrom(undefined, true as const),
  clockTolerance: fc.constantFrom(0, 2),
  redirectHosts: fc.constantFrom(undefined, ['example.com', '*.example.com', 'localhost']),
})

/**
 * Verifies mutated tokens and has each verdict compared with the reference: code by code, hook by hook.
 *
 * @throws where they disagree, with the smallest token that fast-check finds, and the seed
 */
export async function fuzz({ count, seed, createVerifier = createOurs }: FuzzOptions): Promise<Agreement> {
  const verdicts = new Map<string, number>()
  const verify = createVerify(createVerifier)
  const property = fc.asyncProperty(mutated, place, async (token, options) => {
    const row = { name: '', keys, now, token, ...options }
    const [ours, theirs] = await Promise.all([verify(row), judge(row)])
    const [is, should] = [spell(ours), spell(theirs)]
    if (is !== should) throw new Error(`the verifier says ${is}, the reference ${should}`)
    const verdict = typeof ours === 'string' ? ours : 'accepted'
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
  })
  await fc.assert(property, { numRuns: count, seed, includeErrorInReport: true })
  return { count, seed, verdicts }
}

/** The seed that was asked for, or another one each time. */
export function chooseSeed(asked: string | undefined): number {
  const seed = asked === undefined || asked === '' ? Math.floor(Math.random() * 2 ** 31) : Number(asked)
  if (!Number.isInteger(seed)) throw new Error('the seed must be a whole number')
  return seed
}

/** How many verdicts of each kind, most frequent first, as text. */
export function tellVerdicts({ verdicts }: Agreement): string {
  const sorted = [...verdicts].sort(([, one], [, other]) => other - one)
  return sorted.map(([verdict, times]) => `${verdict} ${times}`).join(', ')
}

// A verifier for each place, made once: that is how verifiers are used.
function createVerify(
  createVerifier: typeof createOurs,
): (row: VerifyRow & { token: string }) => Promise<ExpectedHook | string> {
  const verifiers = new Map<string, ReturnType<typeof createOurs>>()
  return async ({ token, clockTolerance, redirectHosts, command, method, uncounted }) => {
    const name = `${clockTolerance} ${redirectHosts}`
    const options = { keys, now: () => now * 1000, clockTolerance, redirectHosts }
    const verifier = verifiers.get(name) ?? createVerifier(options)
    verifiers.set(name, verifier)
    try {
      return toPlain(await verifier.verify(token, { command, method, uncounted }))
    } catch (error) {
      if (!isHookurlError(error)) throw error
      return error.code
    }
  }
}

function toPlain({ expiresAt, notBefore, issuedAt, ...hook }: Hook): ExpectedHook {
  const seconds = (moment: Date | undefined): number | undefined => moment && moment.getTime() / 1000
  const moments = { expiresAt: seconds(expiresAt), notBefore: seconds(notBefore), issuedAt: seconds(issuedAt) }
  return { ...hook, ...moments } as ExpectedHook
}

// As JSON, with the hook's members in order.
function spell(verdict: ExpectedHook | string): string {
  if (typeof verdict === 'string') return verdict
  return JSON.stringify(
    Object.entries(verdict)
      .filter(([, value]) => value !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )
}
