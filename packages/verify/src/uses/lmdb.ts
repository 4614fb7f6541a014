import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { open } from 'lmdb'
import { type Change, claimIn, commitIn, releaseIn, renewIn, type UseRecord } from './record.ts'
import type { UseStore } from './store.ts'

/** How uses are kept in a file. */
export interface LmdbUseStoreOptions {
  /** The clock, in epoch milliseconds. */
  now?: () => number
}

/** Uses that are kept in a file. */
export interface LmdbUses extends UseStore {
  /** Closes the file, when the application ends. */
  close(): Promise<void>
}

const optionNames: ReadonlySet<string> = new Set(['now'])
// How many records that have expired a claim removes.
const sweepLength = 10
// How long claims look no further where none had expired.
const sweepPauseMs = 1000

/**
 * Counts uses in a folder of this machine (made where there is none), for all processes that open it; they survive
 * restarts and `kill -9`. Needs the package `lmdb`, version 3. The folder must not be on a network file system.
 *
 * @throws {HookurlError} `invalid_option`; what LMDB throws where it cannot open the folder
 * @example
 * createReceiver({ keys, handlers, uses: lmdbUses('./data/uses') })
 */
export function lmdbUseStore(path: string, options: LmdbUseStoreOptions = {}): LmdbUses {
  if (typeof path !== 'string' || path === '') throw invalidOption('lmdbUses takes the path of a folder', 'Pass one.')
  assertOptions(options, optionNames, 'lmdbUses')
  const now = resolveClock(options.now)
  // A record stands under ['use', key], and its end under ['end', milliseconds, key].
  const database = open<UseRecord | true, (string | number)[]>({ path, noSubdir: false })

  function read(key: string): UseRecord | undefined {
    return database.get(['use', key]) as UseRecord | undefined
  }

  function write(key: string, before: UseRecord | undefined, after: UseRecord): void {
    const isEmpty = after.entries.length === 0
    if (before !== undefined && (isEmpty || before.expiresAt !== after.expiresAt)) {
      database.remove(['end', before.expiresAt, key])
    }
    if (isEmpty) {
      database.remove(['use', key])
      return
    }
    if (before?.expiresAt !== after.expiresAt) database.put(['end', after.expiresAt, key], true)
    database.put(['use', key], after)
  }

  let nextSweep = 0
  function sweep(): void {
    const time = now()
    // Unless the clock was set back.
    if (time < nextSweep && time >= nextSweep - sweepPauseMs) return
    const gone = [...database.getKeys({ start: ['end', 0], end: ['end', time], limit: sweepLength })]
    if (gone.length < sweepLength) nextSweep = time + sweepPauseMs
    for (const end of gone) {
      database.remove(end)
      database.remove(['use', end[2] as string])
    }
  }

  // A transaction holds the lock of the file, over all processes.
  function change<T>(key: string, make: (record: UseRecord | undefined) => Change<T>): Promise<T> {
    return database.transaction(() => {
      const before = read(key)
      const { answer, record } = make(before !== undefined && before.expiresAt > now() ? before : undefined)
      if (record !== undefined) write(key, before, record)
      return answer
    })
  }

  return {
    reserve: (use) =>
      change(use.id, (record) => {
        sweep()
        return claimIn(record, use, now())
      }),
    renew: (key, owner, leaseMs) => change(key, (record) => renewIn(record, owner, now() + leaseMs)),
    commit: async (key, owner, delivery) => {
      const isOwn = await change(key, (record) => commitIn(record, owner, delivery))
      // On the disk, not only in the system's memory: what was spent stays spent when the power fails.
      await database.flushed
      return isOwn
    },
    release: (key, owner) => change(key, (record) => releaseIn(record, owner)),
    close: () => database.close(),
  }
}
