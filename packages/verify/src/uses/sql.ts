import { HookurlError } from '@hookurl/core'
import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { type CasRow, type CasTable, casUseStore, changeRow } from './cas.ts'
import { commitIn, isCommittedIn } from './record.ts'
import { formatRecord, parseRecord } from './record-text.ts'
import {
  isConflict,
  isDuplicateKey,
  isMissingTable,
  isReadOnly,
  parseSqlResult,
  runSql,
  type SqlDialect,
  type SqlExecutor,
  type SqlResult,
  type SqlValue,
} from './sql-executor.ts'
import { createUseStatements, type UseStatements } from './sql-statements.ts'
import type { UseCommit, UseStore } from './store.ts'

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
// How long reservations wait before they look for expired rows again, once none are left.
const SWEEP_PAUSE_MS = 1000
const SWEEP_LENGTH = 10
// Below 2^53, even after a row was replaced a billion times.
const MAX_FIRST_VERSION = 2 ** 48

/**
 * Creates a use store in a table of a SQL database: PostgreSQL 9.5 or later, SQLite 3.35, MySQL 8.0 or MariaDB 10.5. The
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
  const store = casUseStore(createTable(execute, statements))
  const sweep = createSweep(execute, statements.sweep)

  async function describe<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw describeError(error, dialect)
    }
  }

  return {
    reserve: async (request) => {
      const reserved = await describe(store.reserve(request))
      sweep()
      return reserved
    },
    renew: (id, owner, leaseMs) => describe(store.renew(id, owner, leaseMs)),
    commit: (id, owner, deliveryId) => describe(store.commit(id, owner, deliveryId)),
    release: (id, owner) => describe(store.release(id, owner)),
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

function createTable(execute: SqlExecutor, statements: UseStatements): CasTable<number> {
  const write = async (sql: string, values: SqlValue[]): Promise<boolean> => {
    try {
      return (await runSql(execute, sql, values)).changed === 1
    } catch (error) {
      // Another transaction was faster, as if the version had changed.
      if (isConflict(error) || isDuplicateKey(error)) return false
      throw error
    }
  }
  return {
    read: (id) => readRow(execute, id, statements),
    insert: ({ id, record, expiresAt }) =>
      write(statements.insert, [id, createFirstVersion(), record, expiresAt.getTime()]),
    replace: ({ id, record, expiresAt }, version) =>
      write(statements.replace, [version + 1, record, expiresAt.getTime(), id, version]),
  }
}

// A row that is deleted and inserted again must not have a version that it had before.
function createFirstVersion(): number {
  return Math.floor(Math.random() * MAX_FIRST_VERSION)
}

async function readRow(execute: SqlExecutor, id: string, statements: UseStatements): Promise<CasRow<number>> {
  return parseRow(await runSql(execute, statements.read, [id]))
}

function parseRow({ rows: [row] }: SqlResult): CasRow<number> {
  if (row === undefined) throw new TypeError('the function that runs SQL did not return the rows of a SELECT')
  const now = Number(row.now)
  return typeof row.record === 'string' ? { version: Number(row.version), record: row.record, now } : { now }
}

function createSweep(execute: SqlExecutor, sql: string): () => void {
  let nextSweep = 0
  // A failed sweep is repeated with the next reservation that is due.
  return () => {
    const startedAt = performance.now()
    if (startedAt < nextSweep) return
    nextSweep = startedAt + SWEEP_PAUSE_MS
    runSql(execute, sql, []).then(
      ({ changed }) => {
        if (changed === SWEEP_LENGTH) nextSweep = 0
      },
      () => {},
    )
  }
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

function describeError(error: unknown, dialect: SqlDialect): unknown {
  if (isMissingTable(error)) {
    return new HookurlError('store_unavailable', {
      message: 'the table of the use store does not exist',
      fix: `Create it with the output of: npx hookurl uses schema --dialect ${dialect}`,
      cause: error,
    })
  }
  if (isReadOnly(error)) {
    return new HookurlError('store_unavailable', {
      message: 'the database of the use store accepts no writes',
      fix: 'Connect to the primary.',
      cause: error,
    })
  }
  return error
}
