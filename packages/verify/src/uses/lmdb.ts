import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { open } from 'lmdb'
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

/** The options of `lmdbUseStore`. */
export interface LmdbUseStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: (() => number) | undefined
  /**
   * A machine-wide clock that never jumps, in milliseconds, for leases; `now` if that is set, otherwise the system's.
   */
  monotonic?: (() => number) | undefined
}

/** A use store in an LMDB database. */
export interface LmdbUseStore extends UseStore {
  /** Closes the database. Call it when the application shuts down. */
  close(): Promise<void>
}

const optionNames: ReadonlySet<string> = new Set(['now', 'monotonic'])
// How many expired records a reservation removes.
const SWEEP_LENGTH = 10
// How long reservations wait before they look for expired records again, once none are left.
const SWEEP_PAUSE_MS = 1000

/**
 * Creates a use store in a folder on this machine, shared by all processes that open it. The folder is created if it
 * does not exist, and must not be on a network file system. The store survives restarts and `kill -9`. Requires the
 * package `lmdb`, version 3.
 *
 * @throws {HookurlError} `invalid_option`; LMDB's own errors if it cannot open the folder
 * @example
 * createReceiver({ keys, handlers, uses: lmdbUseStore('./data/uses') })
 */
export function lmdbUseStore(path: string, options: LmdbUseStoreOptions = {}): LmdbUseStore {
  if (typeof path !== 'string' || path === '') {
    throw invalidOption('lmdbUseStore needs the path of a folder', 'Pass a path.')
  }
  assertOptions(options, optionNames, 'lmdbUseStore')
  const now = resolveClock(options.now)
  const monotonic = options.monotonic ?? options.now ?? getMachineUptime
  // A record has the key ['use', id], and an index entry for its expiry ['end', epoch milliseconds, id].
  const database = open<UseRecord | true, (string | number)[]>({ path, noSubdir: false })

  function read(id: string): UseRecord | undefined {
    return database.get(['use', id]) as UseRecord | undefined
  }

  function write(id: string, before: UseRecord | undefined, after: UseRecord): void {
    const isEmpty = after.entries.length === 0
    if (before !== undefined && (isEmpty || before.expiresAt !== after.expiresAt)) {
      database.remove(['end', before.expiresAt, id])
    }
    if (isEmpty) {
      database.remove(['use', id])
      return
    }
    if (before?.expiresAt !== after.expiresAt) database.put(['end', after.expiresAt, id], true)
    database.put(['use', id], after)
  }

  function getTime(): ChangeTime {
    return { now: now(), monotonic: monotonic() }
  }

  let nextSweep = 0
  function sweep(): void {
    const time = getTime()
    // The second condition is false if an injected clock was set back.
    if (time.monotonic < nextSweep && time.monotonic >= nextSweep - SWEEP_PAUSE_MS) return
    const expired = [...database.getKeys({ start: ['end', 0], end: ['end', time.now], limit: SWEEP_LENGTH })]
    for (const key of expired) {
      const id = key[2] as string
      const record = read(id)
      if (record !== undefined && !isRemovable(record, time)) {
        // The wall clock is ahead.
        nextSweep = time.monotonic + SWEEP_PAUSE_MS
        return
      }
      database.remove(key)
      database.remove(['use', id])
    }
    if (expired.length < SWEEP_LENGTH) nextSweep = time.monotonic + SWEEP_PAUSE_MS
  }

  // A transaction holds the database's write lock, across all processes.
  function update<T>(id: string, change: (record: UseRecord | undefined, time: ChangeTime) => Change<T>): Promise<T> {
    return database.transaction(() => {
      const current = read(id)
      const { result, record } = change(current, getTime())
      if (record !== undefined) write(id, current, record)
      return result
    })
  }

  return {
    reserve: (request) =>
      update(request.id, (record, time) => {
        sweep()
        return reserveIn(record, request, time)
      }),
    renew: (id, owner, leaseMs) => update(id, (record, time) => renewIn(record, { owner, leaseMs }, time)),
    commit: async (id, owner, deliveryId) => {
      const isOwner = await update(id, (record, time) => commitIn(record, { owner, deliveryId }, time))
      // On disk, not only in the operating system's memory: a committed use survives a power failure.
      await database.flushed
      return isOwner
    },
    release: (id, owner) => update(id, (record) => releaseIn(record, owner)),
    close: () => database.close(),
  }
}

// The same clock in all processes of a machine, unlike `performance.now`, which starts with the process.
function getMachineUptime(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}
