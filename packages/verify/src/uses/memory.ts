import { assertOptions, resolveClock } from '@hookurl/core/internal'
import { type Change, commitIn, releaseIn, renewIn, reserveIn, type UseRecord } from './record.ts'
import type { UseStore } from './store.ts'

/** The options of `memoryUseStore`. */
export interface MemoryUseStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: () => number
}

const optionNames: ReadonlySet<string> = new Set(['now'])
// How many records a reservation checks for expiry.
const SWEEP_LENGTH = 10

/**
 * Creates a use store in the memory of this process, for tests and development. It is lost on restart and not shared
 * with other processes.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * createReceiver({ keys, handlers, uses: memoryUseStore() })
 */
export function memoryUseStore(options: MemoryUseStoreOptions = {}): UseStore {
  assertOptions(options, optionNames, 'memoryUseStore')
  const now = resolveClock(options.now)
  const records = new Map<string, UseRecord>()
  let sweeper = records.entries()

  function sweep(): void {
    for (let checked = 0; checked < SWEEP_LENGTH; checked++) {
      const next = sweeper.next()
      if (next.done === true) {
        sweeper = records.entries()
        return
      }
      const [id, { expiresAt }] = next.value
      if (expiresAt <= now()) records.delete(id)
    }
  }

  function update<T>(id: string, change: (record: UseRecord | undefined) => Change<T>): T {
    const current = records.get(id)
    const { result, record } = change(current !== undefined && current.expiresAt > now() ? current : undefined)
    if (record?.entries.length === 0) records.delete(id)
    else if (record !== undefined) records.set(id, record)
    return result
  }

  return {
    reserve: async (request) => {
      sweep()
      return update(request.id, (record) => reserveIn(record, request, now()))
    },
    renew: async (id, owner, leaseMs) => update(id, (record) => renewIn(record, owner, now() + leaseMs)),
    commit: async (id, owner, deliveryId) => update(id, (record) => commitIn(record, owner, deliveryId)),
    release: async (id, owner) => update(id, (record) => releaseIn(record, owner)),
  }
}
