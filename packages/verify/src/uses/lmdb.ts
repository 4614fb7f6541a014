import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { open } from 'lmdb'
import { type Change, commitIn, releaseIn, renewIn, reserveIn, type UseRecord } from './record.ts'
import type { UseStore } from './store.ts'

/** The options of `lmdbUseStore`. */
export interface LmdbUseStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: () => number
}

/** A use store in an LMDB database. */
export interface LmdbUseStore extends UseStore {
  /** Closes the database. Call it when the application shuts down. */
  close(): Promise<void>
}

const optionNames: ReadonlySet<string> = new Set(['now'])
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

  let nextSweep = 0
  function sweep(): void {
    const time = now()
    // The second condition fails if the clock was set back.
    if (time < nextSweep && time >= nextSweep - SWEEP_PAUSE_MS) return
    const expired = [...database.getKeys({ start: ['end', 0], end: ['end', time], limit: SWEEP_LENGTH })]
    if (expired.length < SWEEP_LENGTH) nextSweep = time + SWEEP_PAUSE_MS
    for (const key of expired) {
      database.remove(key)
      database.remove(['use', key[2] as string])
    }
  }

  // A transaction holds the database's write lock, across all processes.
  function update<T>(id: string, change: (record: UseRecord | undefined) => Change<T>): Promise<T> {
    return database.transaction(() => {
      const current = read(id)
      const { result, record } = change(current !== undefined && current.expiresAt > now() ? current : undefined)
      if (record !== undefined) write(id, current, record)
      return result
    })
  }

  return {
    reserve: (request) =>
      update(request.id, (record) => {
        sweep()
        return reserveIn(record, request, now())
      }),
    renew: (id, owner, leaseMs) => update(id, (record) => renewIn(record, owner, now() + leaseMs)),
    commit: async (id, owner, deliveryId) => {
      const isOwner = await update(id, (record) => commitIn(record, owner, deliveryId))
      // Wait until it is on disk, not only in the operating system's cache, so that it survives a power failure.
      await database.flushed
      return isOwner
    },
    release: (id, owner) => update(id, (record) => releaseIn(record, owner)),
    close: () => database.close(),
  }
}
