import type { Credit } from '../commands.ts'
import type { HookCall, LoadResult } from './load.ts'
import type { Kind } from './plan.ts'
import type { Ledger } from './variants.ts'

/** The results of a set of hooks. */
export interface Tally {
  readonly sent: number
  /** Got a 2xx at least once. */
  readonly accepted: number
  /** Accepted, and everything that was accepted is in the ledger. */
  readonly done: number
  /** In the ledger more than once. */
  readonly duplicated: number
  /** Accepted, and something that was accepted is not in the ledger. */
  readonly lost: number
  /** Every call was permanently rejected. */
  readonly rejected: number
  /** Neither accepted nor rejected when the sender stopped retrying. */
  readonly 'given up': number
  /** Attempts beyond the first of each call. */
  readonly retried: number
  /** In the ledger although nothing was accepted. */
  readonly unexpected: number
}

/** Returns a row for each kind, and one for all of them. */
export function tally({ calls, ledger }: LoadResult): Map<Kind | 'all', Tally> {
  const kinds = [...new Set(calls.map(({ planned }) => planned.kind))].sort()
  const rows = new Map<Kind | 'all', Tally>()
  for (const kind of kinds)
    rows.set(
      kind,
      countCalls(
        calls.filter(({ planned }) => planned.kind === kind),
        ledger,
      ),
    )
  return rows.set('all', countCalls(calls, ledger))
}

/** Lists violated guarantees as text. */
export function findViolations(tallies: ReadonlyMap<string, Tally>): string[] {
  return [...tallies].flatMap(([kind, { sent, accepted, done, duplicated, lost, rejected, unexpected, ...rest }]) => {
    const violations: [string, number][] = [
      ['accepted and lost', lost],
      ['accepted and not done', accepted - done],
      ['duplicated', duplicated],
      ['done unexpectedly', unexpected],
      ['neither accepted nor rejected', rest['given up']],
    ]
    if (kind === 'forged') violations.push(['forged and not rejected', sent - rejected])
    else if (kind !== 'all') violations.push(['valid and not accepted', sent - accepted])
    return violations.filter(([, count]) => count !== 0).map(([what, count]) => `${kind}: ${count} ${what}`)
  })
}

function countCalls(calls: readonly HookCall[], ledger: Ledger): Tally {
  const seen = calls.map((called) => summarizeCall(called, ledger.get(called.planned.userId) ?? []))
  const howMany = (which: (one: CallSummary) => boolean): number => seen.filter(which).length
  return {
    sent: seen.length,
    accepted: howMany(({ isAccepted }) => isAccepted),
    done: howMany(({ isAccepted, isLost }) => isAccepted && !isLost),
    duplicated: howMany(({ entries }) => entries > 1),
    lost: howMany(({ isLost }) => isLost),
    rejected: howMany(({ isRejected }) => isRejected),
    'given up': howMany(({ isAccepted, isRejected }) => !isAccepted && !isRejected),
    retried: seen.reduce((sum, { retries }) => sum + retries, 0),
    unexpected: howMany(({ isAccepted, entries }) => !isAccepted && entries > 0),
  }
}

interface CallSummary {
  readonly entries: number
  readonly isAccepted: boolean
  readonly isLost: boolean
  readonly isRejected: boolean
  readonly retries: number
}

function summarizeCall({ planned, deliveries }: HookCall, entries: readonly Credit[]): CallSummary {
  const accepted = deliveries.filter(({ outcome }) => outcome === 'accepted')
  const isIn = (order: string): boolean =>
    entries.some((entry) => entry.order === order && entry.points === planned.points)
  return {
    entries: entries.length,
    isAccepted: accepted.length > 0,
    isLost: accepted.some(({ order }) => !isIn(order)),
    isRejected: deliveries.every(({ outcome }) => outcome === 'rejected'),
    retries: deliveries.reduce((sum, { attempts }) => sum + attempts - 1, 0),
  }
}
