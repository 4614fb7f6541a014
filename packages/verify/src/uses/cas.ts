import { HookurlError } from '@hookurl/core'
import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { type Change, type ChangeTime, commitIn, releaseIn, renewIn, reserveIn, type UseRecord } from './record.ts'
import { formatRecord, parseRecord } from './record-text.ts'
import { sleep } from './sleep.ts'
import type { UseStore } from './store.ts'

/** What is stored under an ID. */
export interface CasRow<V = unknown> {
  /** Distinguishes this write of the row from all others, even from those before the row was deleted. */
  readonly version?: V | undefined
  /** The record as it was written; `undefined` if there is no row. */
  readonly record?: string | undefined
  /** The current time of the database, in epoch milliseconds. Without it, the time of this process is used. */
  readonly now?: number | undefined
}

/** A row to write. */
export interface CasWrite {
  /** The key of the row: 64 characters. */
  readonly id: string
  /** At most 200 characters for each use, in ASCII. */
  readonly record: string
  /** The time from which the row may be deleted. */
  readonly expiresAt: Date
}

/**
 * A table, or an equivalent, in which the database can change a row only if it has not changed since it was read. A
 * function that throws or does not settle within half a second has failed, and the handler does not run.
 */
export interface CasTable<V = unknown> {
  /** Reads the row with this ID, with all writes that have succeeded before: not from a cache or a replica. */
  read(id: string): Promise<CasRow<V> | undefined>
  /** Writes a row unless one has its ID, even an expired one. Resolves to whether it was written. */
  insert(row: CasWrite): Promise<boolean>
  /** Overwrites the row with this ID if it still has this version. Resolves to whether it was overwritten. */
  replace(row: CasWrite, version: V): Promise<boolean>
}

/** The options of `casUseStore`. */
export interface CasUseStoreOptions {
  /** The clock, in epoch milliseconds, for databases that have none. */
  now?: (() => number) | undefined
}

const optionNames: ReadonlySet<string> = new Set(['now'])
const tableMethods = ['read', 'insert', 'replace'] as const
// Less than a receiver waits for a store.
const MAX_RETRY_MS = 450
const RETRY_PAUSE_MS = 5

/**
 * Creates a use store on any database that can compare and set one row. All processes that share it must agree on the
 * time, unless the database provides it.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function casUseStore<V>(table: CasTable<V>, options: CasUseStoreOptions = {}): UseStore {
  assertOptions(options, optionNames, 'casUseStore')
  if (!isTable(table)) {
    throw invalidOption('casUseStore needs an object with read, insert and replace', 'Pass the three functions.')
  }
  const now = resolveClock(options.now)

  async function update<T>(id: string, change: RecordChange<T>): Promise<T> {
    const giveUpAt = performance.now() + MAX_RETRY_MS
    for (let attempt = 1; ; attempt++) {
      const row = await table.read(id)
      const { result, record } = changeRow(row, change, now)
      if (record === undefined) return result
      const write: CasWrite = { id, record: formatRecord(record), expiresAt: new Date(record.expiresAt) }
      const isWritten = row?.record === undefined ? table.insert(write) : table.replace(write, row.version as V)
      if ((await isWritten) === true) return result
      const pauseMs = Math.random() * RETRY_PAUSE_MS * attempt
      if (performance.now() + pauseMs > giveUpAt) throw createConflictError()
      await sleep(pauseMs)
    }
  }

  return {
    reserve: (request) => update(request.id, (record, time) => reserveIn(record, request, time)),
    renew: (id, owner, leaseMs) => update(id, (record, time) => renewIn(record, { owner, leaseMs }, time)),
    commit: (id, owner, deliveryId) => update(id, (record, time) => commitIn(record, { owner, deliveryId }, time)),
    release: (id, owner) => update(id, (record) => releaseIn(record, owner)),
  }
}

/** A change of a record at a time. */
export type RecordChange<T> = (record: UseRecord | undefined, time: ChangeTime) => Change<T>

/** Applies a change to what a row has. */
export function changeRow<T>(row: CasRow | undefined, change: RecordChange<T>, now: () => number): Change<T> {
  const time = row?.now ?? now()
  if (!Number.isFinite(time)) throw new TypeError('the use store returned an invalid time')
  const record = row?.record === undefined ? undefined : parseRecord(row.record)
  return change(record, { now: time, monotonic: time })
}

function isTable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return tableMethods.every((name) => typeof Reflect.get(value, name) === 'function')
}

function createConflictError(): HookurlError {
  return new HookurlError('store_unavailable', {
    message: 'the record of a hook changed between each read and write of the use store',
    fix: 'Read from the primary, since a replica may lag. With many uses at once, choose a smaller maxUses.',
  })
}
