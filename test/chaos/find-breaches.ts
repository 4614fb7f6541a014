import type { FaultFacts } from './chaos-clients.ts'
import { leaseMs } from './faults.ts'
import type { Call, Mode, Outcome } from './scenario.ts'

// The receiver waits 500 ms for a call of the store; the slack is for a busy machine.
const storeTimeoutMs = 500
const slackMs = 1500

interface Expected {
  /** The allowed first responses. */
  readonly firstResponses: readonly string[]
  /** How many calls of the store the first response waits for. */
  readonly storeCalls: number
  /** The least and the most runs of the handler. */
  readonly runs: readonly [number, number]
}

const ok = '200 ok'
const failed = '500 handler_failed'
const unavailable = '503 store_unavailable'

const expectations: Readonly<Record<Mode, Partial<Record<Call, Expected>>>> = {
  'at-least-once': {
    reserve: { firstResponses: [ok, unavailable], storeCalls: 1, runs: [1, 1] },
    renew: { firstResponses: [ok], storeCalls: 1, runs: [1, 1] },
    commit: { firstResponses: [ok], storeCalls: 1, runs: [1, 1] },
    // One failed run and one that succeeds.
    release: { firstResponses: [failed], storeCalls: 1, runs: [2, 2] },
    // The statements of a transaction wait for the database without a limit.
    commitUse: { firstResponses: [ok, failed], storeCalls: 3, runs: [1, 2] },
    endTransaction: { firstResponses: [ok, failed], storeCalls: 3, runs: [1, 2] },
    isCommitted: { firstResponses: [ok, failed], storeCalls: 3, runs: [1, 1] },
  },
  'at-most-once': {
    reserve: { firstResponses: [ok, unavailable], storeCalls: 2, runs: [0, 1] },
    consume: { firstResponses: [ok, unavailable], storeCalls: 2, runs: [0, 1] },
    renew: { firstResponses: [ok], storeCalls: 2, runs: [1, 1] },
    commit: { firstResponses: [ok], storeCalls: 2, runs: [1, 1] },
    end: { firstResponses: [failed], storeCalls: 2, runs: [1, 1] },
  },
}

// A fault that lasts longer than the store's timeout must make a reservation fail; otherwise it had no effect.
function getAllowedFirst(
  call: Call,
  { onlySlows, mayPass, ms }: FaultFacts,
  { firstResponses }: Expected,
): readonly string[] {
  if (onlySlows === true) return firstResponses.slice(0, 1)
  return call === 'reserve' && ms > storeTimeoutMs && mayPass !== true ? [unavailable] : firstResponses
}

/** Returns every deviation of an outcome from what the mode guarantees. */
export function findBreaches({
  scenario,
  firstResponse,
  ms,
  concurrentResponse,
  laterResponses,
  runs,
  faultMs,
  work,
}: Outcome): string[] {
  const { mode, call, fault } = scenario
  const expected = expectations[mode][call]
  if (expected === undefined) return [`${mode} makes no call ${call}`]
  const breaches: string[] = []
  const allowed = getAllowedFirst(call, fault, expected)
  if (!allowed.includes(firstResponse)) breaches.push(`the first response was ${firstResponse}`)
  const isInTransaction = work !== undefined
  const bound = expected.storeCalls * storeTimeoutMs + slackMs + (isInTransaction ? fault.ms : 0)
  if (ms > bound) breaches.push(`the first response took ${ms} ms, over ${bound}`)
  const rejections = [mode === 'at-least-once' ? '503 in_progress' : '410 already_used', unavailable]
  if (concurrentResponse !== undefined && !rejections.includes(concurrentResponse)) {
    breaches.push(`another delivery got ${concurrentResponse} while the handler ran`)
  }
  // After the lease ended during the fault, at-least-once may run the handler again.
  const outlastsLease = fault.ms > leaseMs || faultMs > leaseMs / 2
  const isLost = mode === 'at-least-once' && outlastsLease && (call === 'renew' || call === 'commit')
  const [least, most] = isLost ? [1, 2] : expected.runs
  if (runs < least || runs > most) breaches.push(`the handler ran ${runs} times`)
  if (isInTransaction && work !== 1) breaches.push(`the work was committed ${work} times`)
  const [, duplicate, other] = laterResponses
  // With at-most-once, a use that was consumed without a run records no delivery.
  const allowedDuplicates = mode === 'at-least-once' ? ['200 duplicate'] : ['200 duplicate', '410 already_used']
  if (duplicate === undefined || !allowedDuplicates.includes(duplicate)) {
    breaches.push(`the same delivery got ${duplicate} in the end`)
  }
  if (other !== '410 already_used') breaches.push(`another delivery got ${other} in the end`)
  return breaches
}
