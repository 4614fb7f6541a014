import { assertOptions, resolveClock } from '@hookurl/core/internal'
import { type Change, claimIn, commitIn, releaseIn, renewIn, type UseRecord } from './record.ts'
import type { UseStore } from './store.ts'

/** How uses are kept in this process. */
export interface MemoryUseStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: () => number
}

const optionNames: ReadonlySet<string> = new Set(['now'])
// How many records a claim looks at, to drop those that have expired.
const sweepLength = 10

/**
 * Counts uses in the memory of this process, for tests and development: a restart forgets them, and other processes
 * do not know of them.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * createReceiver({ keys, handlers, uses: memoryUses() })
 */
export function memoryUseStore(options: MemoryUseStoreOptions = {}): UseStore {
  assertOptions(options, optionNames, 'memoryUses')
  const now = resolveClock(options.now)
  const records = new Map<string, UseRecord>()
  let sweeper = records.entries()

  function sweep(): void {
    for (let looked = 0; looked < sweepLength; looked++) {
      const next = sweeper.next()
      if (next.done === true) {
        sweeper = records.entries()
        return
      }
      const [key, { expiresAt }] = next.value
      if (expiresAt <= now()) records.delete(key)
    }
  }

  function change<T>(key: string, make: (record: UseRecord | undefined) => Change<T>): T {
    const before = records.get(key)
    const { answer, record } = make(before !== undefined && before.expiresAt > now() ? before : undefined)
    if (record?.entries.length === 0) records.delete(key)
    else if (record !== undefined) records.set(key, record)
    return answer
  }

  return {
    reserve: async (use) => {
      sweep()
      return change(use.id, (record) => claimIn(record, use, now()))
    },
    renew: async (key, owner, leaseMs) => change(key, (record) => renewIn(record, owner, now() + leaseMs)),
    commit: async (key, owner, delivery) => change(key, (record) => commitIn(record, owner, delivery)),
    release: async (key, owner) => change(key, (record) => releaseIn(record, owner)),
  }
}
