import { assertOptions, resolveClock } from '@hookurl/core/internal'
import {
  type Change,
  type ChangeTime,
  commitIn,
  isRemovable,
  releaseIn,
  renewIn,
  reserveIn,
  type UseRecord,
} from './record.ts'
import type { UseStore } from './store.ts'

/** The options of `memoryUseStore`. */
export interface MemoryUseStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: (() => number) | undefined
  /** A clock that never jumps, in milliseconds, for leases; `now` if that is set, otherwise the system's. */
  monotonic?: (() => number) | undefined
}

const optionNames: ReadonlySet<string> = new Set(['now', 'monotonic'])
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
  const monotonic = options.monotonic ?? options.now ?? (() => performance.now())
  const records = new Map<string, UseRecord>()
  let sweeper = records.entries()

  function getTime(): ChangeTime {
    return { now: now(), monotonic: monotonic() }
  }

  function sweep(): void {
    const time = getTime()
    for (let checked = 0; checked < SWEEP_LENGTH; checked++) {
      const next = sweeper.next()
      if (next.done === true) {
        sweeper = records.entries()
        return
      }
      const [id, record] = next.value
      if (isRemovable(record, time)) records.delete(id)
    }
  }

  function update<T>(id: string, change: (record: UseRecord | undefined, time: ChangeTime) => Change<T>): T {
    const { result, record } = change(records.get(id), getTime())
    if (record?.entries.length === 0) records.delete(id)
    else if (record !== undefined) records.set(id, record)
    return result
  }

  return {
    reserve: async (request) => {
      sweep()
      return update(request.id, (record, time) => reserveIn(record, request, time))
    },
    renew: async (id, owner, leaseMs) => update(id, (record, time) => renewIn(record, { owner, leaseMs }, time)),
    commit: async (id, owner, deliveryId) =>
      update(id, (record, time) => commitIn(record, { owner, deliveryId }, time)),
    release: async (id, owner) => update(id, (record) => releaseIn(record, owner)),
  }
}
