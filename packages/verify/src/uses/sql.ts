import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { type CasRow, type CasTable, casUseStore, changeRow } from './cas.ts'
import { createAutocommitError, describeSqlError } from './describe-sql-error.ts'
import { createQueues, createRowMemory, type KnownRow, updateTime } from './known-rows.ts'
import { commitIn, isCommittedIn } from './record.ts'
import { formatRecord, parseRecord } from './record-text.ts'
import { sleep } from './sleep.ts'
import {
  isConflict,
  isDuplicateKey,
  parseSqlResult,
  runSql,
  type SqlDialect,
  type SqlExecutor,
  type SqlResult,
  type SqlValue,
} from './sql-executor.ts'
import { createUseStatements, type UseStatements } from './sql-statements.ts'
import { createSweep } from './sql-sweep.ts'
import type { ReserveRequest, ReserveResult, UseCommit, UseStore } from './store.ts'

export type { SqlDialect, SqlExecutor, SqlValue } from './sql-executor.ts'
export { createUseSchema, createUseSweep } from './sql-statements.ts'

/** The options of `sqlUseStore`. */
export interface SqlUseStoreOptions {
  /** The SQL that the database speaks. */
  dialect: SqlDialect
  /** The table, `hookurl_uses` by default; its name may follow that of a schema and a dot. */
  table?: string | undefined
}

const optionNames: ReadonlySet<string> = new Set(['dialect', 'table'])
const MAX_RETRY_MS = 400
const RETRY_PAUSE_MS = 20
// Below 2^53, even after a row was replaced a billion times.
const MAX_FIRST_VERSION = 2 ** 48

/**
 * Creates a use store in a table of a SQL database: PostgreSQL 9.5, SQLite 3.35, MySQL 8.0, MariaDB 10.6, or later. The
 * function runs a statement through your client and returns the client's result. Create the table with
 * `npx hookurl uses schema`. Leases and records use the clock of the database.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
 * createReceiver({ keys, handlers, uses: sqlUseStore((sql, values) => pool.query(sql, values), { dialect: 'postgres' }) })
 */
export function sqlUseStore(execute: SqlExecutor, options: SqlUseStoreOptions): UseStore {
  if (typeof execute !== 'function') {
    throw invalidOption(
      'sqlUseStore needs a function that runs SQL',
      'Pass (sql, values) => pool.query(sql, values), or what your client has.',
    )
  }
  assertOptions(options, optionNames, 'sqlUseStore')
  const { dialect, table } = options
  const statements = createUseStatements(dialect, table)
  const memory = createRowMemory()
  const enqueue = createQueues()
  const sweep = createSweep(execute, statements.sweep)
  const errorHelp = {
    what: 'the use store',
    createTable: `the output of: npx hookurl uses schema --dialect ${dialect}`,
  }

  async function describe<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw describeSqlError(error, errorHelp)
    }
  }

  /** Runs a call, which may begin with a known row. Returns its result, and what it has read or written last. */
  async function call<T>(
    run: (store: UseStore) => Promise<T>,
    first?: KnownRow,
  ): Promise<{ result: T; known: KnownRow | undefined; written: KnownRow | undefined }> {
    const table = createTable(execute, statements, first)
    const result = await describe(run(casUseStore(table)))
    return { result, ...table.getRows() }
  }

  async function reserve(request: ReserveRequest): Promise<ReserveResult> {
    let reserved: ReserveResult | undefined
    await enqueue(request.id, async (first) => {
      const { result, known, written } = await call((store) => store.reserve(request), first)
      reserved = result
      memory.set(request.id + request.owner, written)
      return known
    })
    sweep()
    return reserved as ReserveResult
  }

  return {
    reserve,
    renew: async (id, owner, leaseMs) => {
      const { result, written } = await call((store) => store.renew(id, owner, leaseMs))
      memory.set(id + owner, written)
      return result
    },
    // A use that no other request has touched ends without a read; otherwise its version has changed, and it is read.
    commit: async (id, owner, deliveryId) => {
      const first = memory.take(id + owner)
      const { result, written } = await call((store) => store.commit(id, owner, deliveryId), first)
      // Without a delivery, a second commit follows.
      if (deliveryId === undefined) memory.set(id + owner, written)
      return result
    },
    release: async (id, owner) => {
      await call((store) => store.release(id, owner), memory.take(id + owner))
    },
    transactions: {
      ...(dialect === 'sqlite'
        ? { commitSync: (run: SqlExecutor, use: UseCommit) => commitSync(run, use, statements) }
        : { commit: (run: SqlExecutor, use: UseCommit) => commit(run, use, statements) }),
      isCommitted: async (id, owner) => {
        const { record } = await readRow(execute, id, statements)
        return record !== undefined && isCommittedIn(parseRecord(record), owner)
      },
    },
  }
}

interface SqlTable extends CasTable<number> {
  /** Returns the row that was read or written last, and the one that was written last. */
  getRows(): { readonly known: KnownRow | undefined; readonly written: KnownRow | undefined }
}

/** `first`, if present, is the result of the first read. */
function createTable(execute: SqlExecutor, statements: UseStatements, first?: KnownRow): SqlTable {
  let next = first
  let known: KnownRow | undefined
  let written: KnownRow | undefined

  async function write(sql: string, values: SqlValue[], row: CasRow<number>): Promise<boolean> {
    const sentAt = performance.now()
    try {
      if ((await runSql(execute, sql, values)).changed !== 1) return false
      const { row: before, nowAt } = known as KnownRow
      written = known = { row: { ...before, ...row }, sentAt, nowAt }
      return true
    } catch (error) {
      // Another transaction was faster, as if the version had changed.
      if (isConflict(error) || isDuplicateKey(error)) return false
      throw error
    }
  }

  return {
    read: async (id) => {
      const sentAt = performance.now()
      known = next ?? { row: await readRow(execute, id, statements), sentAt, nowAt: performance.now() }
      next = undefined
      return updateTime(known)
    },
    insert: ({ id, record, expiresAt }) => {
      const version = createFirstVersion()
      return write(statements.insert, [id, version, record, expiresAt.getTime()], { version, record })
    },
    replace: ({ id, record, expiresAt }, before) => {
      const version = before + 1
      return write(statements.replace, [version, record, expiresAt.getTime(), id, before], { version, record })
    },
    getRows: () => ({ known, written }),
  }
}

// A row that is deleted and inserted again must not have a version that it had before.
function createFirstVersion(): number {
  return Math.floor(Math.random() * MAX_FIRST_VERSION)
}

async function readRow(execute: SqlExecutor, id: string, statements: UseStatements): Promise<CasRow<number>> {
  const giveUpAt = performance.now() + MAX_RETRY_MS
  for (;;) {
    try {
      return parseRow(await runSql(execute, statements.read, [id]))
    } catch (error) {
      // Without WAL, a write of SQLite locks readers out too; a serializable read can fail like a write.
      if (!isConflict(error) || performance.now() > giveUpAt) throw error
      await sleep(Math.random() * RETRY_PAUSE_MS)
    }
  }
}

function parseRow({ rows: [row] }: SqlResult): CasRow<number> {
  if (row === undefined) throw new TypeError('the function that runs SQL did not return the rows of a SELECT')
  if (Number(row.autocommit ?? 1) === 0) throw createAutocommitError('the use store')
  const now = Number(row.now)
  return typeof row.record === 'string' ? { version: Number(row.version), record: row.record, now } : { now }
}

async function commit(execute: SqlExecutor, use: UseCommit, statements: UseStatements): Promise<boolean> {
  const locked = await runSql(execute, statements.lock, [use.id])
  const { isOwner, replacement } = commitLocked(locked, use)
  if (replacement === undefined) return isOwner
  return (await runSql(execute, statements.replace, replacement)).changed === 1
}

function commitSync(execute: SqlExecutor, use: UseCommit, statements: UseStatements): boolean {
  const locked = parseSqlResult(execute(statements.lock, [use.id]))
  const { isOwner, replacement } = commitLocked(locked, use)
  if (replacement === undefined) return isOwner
  return parseSqlResult(execute(statements.replace, replacement)).changed === 1
}

/** Returns the values of the statement that commits a use whose row is locked. */
function commitLocked(locked: SqlResult, use: UseCommit): { isOwner: boolean; replacement?: SqlValue[] } {
  if (locked.rows.length === 0) return { isOwner: false }
  const row = parseRow(locked)
  const { result, record } = changeRow(row, (before, time) => commitIn(before, use, time), Date.now)
  if (record === undefined) return { isOwner: result }
  const { version = 0 } = row
  return { isOwner: result, replacement: [version + 1, formatRecord(record), record.expiresAt, use.id, version] }
}
