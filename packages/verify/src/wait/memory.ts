import { assertOptions, resolveClock } from '@hookurl/core/internal'
import type { WaitRecord, WaitStore } from './store.ts'

/** The options of `memoryWaitStore`. */
export interface MemoryWaitStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: (() => number) | undefined
}

const optionNames: ReadonlySet<string> = new Set(['now'])
// How many records are checked for expiry when one is added.
const SWEEP_LENGTH = 10

/**
 * Creates a wait store in the memory of this process, for scripts and development. It is lost when the process ends, and
 * not shared with other processes.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * createWaiter({ keys, baseUrl, waits: memoryWaitStore() })
 */
export function memoryWaitStore(options: MemoryWaitStoreOptions = {}): WaitStore {
  assertOptions(options, optionNames, 'memoryWaitStore')
  const now = resolveClock(options.now)
  const records = new Map<string, WaitRecord>()
  let sweeper = records.entries()

  function sweep(): void {
    for (let checked = 0; checked < SWEEP_LENGTH; checked++) {
      const next = sweeper.next()
      if (next.done === true) {
        sweeper = records.entries()
        return
      }
      const [id, { expiresAt }] = next.value
      if (expiresAt.getTime() <= now()) records.delete(id)
    }
  }

  return {
    create: async (id, expiresAt) => {
      sweep()
      records.set(id, { expiresAt })
    },
    settle: async (id, value) => {
      const record = records.get(id)
      if (record === undefined || record.value !== undefined) return record?.value
      records.set(id, { ...record, value })
      return value
    },
    read: async (ids) => ids.map((id) => records.get(id)),
  }
}
