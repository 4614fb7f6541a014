import { type Fault, leaseMs } from './faults.ts'
import type { Call, Mode, Outcome } from './scenario.ts'

// A store has 500 ms for an answer; the rest is for a busy machine.
const answerMs = 500
const slackMs = 1500

interface Promised {
  /** The first answer: one of these. */
  readonly first: readonly string[]
  /** How many answers of the store it waits for. */
  readonly waits: number
  /** How often the handler is run in all, from and to. */
  readonly runs: readonly [number, number]
}

const ok = '200 ok'
const failed = '500 handler_failed'
const unavailable = '503 store_unavailable'

const promises: Readonly<Record<Mode, Partial<Record<Call, Promised>>>> = {
  'at-least-once': {
    claim: { first: [ok, unavailable], waits: 1, runs: [1, 1] },
    renew: { first: [ok], waits: 1, runs: [1, 1] },
    commit: { first: [ok], waits: 1, runs: [1, 1] },
    // Once badly, once well.
    release: { first: [failed], waits: 1, runs: [2, 2] },
  },
  'at-most-once': {
    claim: { first: [ok, unavailable], waits: 2, runs: [0, 1] },
    spend: { first: [ok, unavailable], waits: 2, runs: [0, 1] },
    renew: { first: [ok], waits: 2, runs: [1, 1] },
    commit: { first: [ok], waits: 2, runs: [1, 1] },
    end: { first: [failed], waits: 2, runs: [1, 1] },
  },
}

// A fault that shows in nothing would prove nothing: one that lasts must be seen by whoever claims.
function allowedFirst(call: Call, { isHarmless, ms }: Fault, { first }: Promised): readonly string[] {
  if (isHarmless === true) return first.slice(0, 1)
  return call === 'claim' && ms > answerMs ? [unavailable] : first
}

/** What is not as the mode promises: nothing, if all is well. */
export function findBreaches({ scenario, first, ms, meanwhile, after, runs }: Outcome): string[] {
  const { mode, call, fault } = scenario
  const promised = promises[mode][call]
  if (promised === undefined) return [`${mode} makes no call ${call}`]
  const breaches: string[] = []
  const allowed = allowedFirst(call, fault, promised)
  if (!allowed.includes(first)) breaches.push(`the first answer was ${first}`)
  const bound = promised.waits * answerMs + slackMs
  if (ms > bound) breaches.push(`the answer took ${ms} ms, over ${bound}`)
  const refusals = mode === 'at-least-once' ? ['503 busy', unavailable] : ['410 spent', unavailable]
  if (meanwhile !== undefined && !refusals.includes(meanwhile)) {
    breaches.push(`another caller was told ${meanwhile} while the handler ran`)
  }
  // A use whose lease has ended unheard may be made again, by this mode alone.
  const isLost = mode === 'at-least-once' && fault.ms > leaseMs && (call === 'renew' || call === 'commit')
  const [least, most] = isLost ? [1, 2] : promised.runs
  if (runs < least || runs > most) breaches.push(`run ${runs} times`)
  const [, again, another] = after
  // At most once, a use that was spent without a run has no delivery that could be repeated.
  const ends = mode === 'at-least-once' ? ['200 repeated'] : ['200 repeated', '410 spent']
  if (again === undefined || !ends.includes(again)) breaches.push(`the same delivery was told ${again} in the end`)
  if (another !== '410 spent') breaches.push(`another delivery was told ${another} in the end`)
  return breaches
}
