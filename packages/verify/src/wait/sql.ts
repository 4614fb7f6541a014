import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { createAutocommitError, describeSqlError } from '../uses/describe-sql-error.ts'
import { sleep } from '../uses/sleep.ts'
import { isConflict, runSql, type SqlDialect, type SqlExecutor } from '../uses/sql-executor.ts'
import { createSweep } from '../uses/sql-sweep.ts'
import { createWaitStatements } from './sql-statements.ts'
import type { WaitRecord, WaitStore } from './store.ts'

/** The options of `sqlWaitStore`. */
export interface SqlWaitStoreOptions {
  /** The SQL that the database speaks. */
  dialect: SqlDialect
  /** The table, `hookurl_waits` by default; its name may follow that of a schema and a dot. */
  table?: string | undefined
}

type Row = Readonly<Record<string, unknown>>

const optionNames: ReadonlySet<string> = new Set(['dialect', 'table'])
// Less than a waiter waits for a store.
const MAX_RETRY_MS = 1500
const RETRY_PAUSE_MS = 5

/**
 * Creates a wait store in a table of a SQL database: PostgreSQL 9.5 or later, SQLite 3.35, MySQL 8.0 or MariaDB 10.6. The
 * function runs a statement through your client and returns the client's result. Create the table with the statements
 * of `createWaitSchema(dialect)`.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
 * const waits = sqlWaitStore((sql, values) => pool.query(sql, values), { dialect: 'postgres' })
 */
export function sqlWaitStore(execute: SqlExecutor, options: SqlWaitStoreOptions): WaitStore {
  if (typeof execute !== 'function') {
    throw invalidOption(
      'sqlWaitStore needs a function that runs SQL',
      'Pass (sql, values) => pool.query(sql, values), or what your client has.',
    )
  }
  assertOptions(options, optionNames, 'sqlWaitStore')
  const { dialect, table } = options
  const statements = createWaitStatements(dialect, table)
  const sweep = createSweep(execute, statements.sweep)
  const errorHelp = { what: 'the wait store', createTable: `the statements of createWaitSchema('${dialect}').` }

  async function run(work: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
    const giveUpAt = performance.now() + MAX_RETRY_MS
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        // Another transaction was faster.
        if (!isConflict(error) || performance.now() > giveUpAt) throw describeSqlError(error, errorHelp)
        await sleep(Math.random() * RETRY_PAUSE_MS * attempt)
      }
    }
  }

  async function readRows(ids: readonly string[]): Promise<readonly Row[]> {
    const { sql, values } = statements.read(ids)
    const { rows } = await runSql(execute, sql, values)
    // A call of a URL reads its wait before it settles it, so a connection that commits nothing accepts no call.
    if (rows.some(({ autocommit }) => Number(autocommit ?? 1) === 0)) throw createAutocommitError('the wait store')
    return rows
  }

  return {
    create: async (id, expiresAt) => {
      await run(async () => (await runSql(execute, statements.create, [id, expiresAt.getTime()])).rows)
      sweep()
    },
    settle: async (id, value) => {
      const [row] = await run(async () => {
        const { changed } = await runSql(execute, statements.settle, [value, id])
        return changed === 1 ? [{ value }] : readRows([id])
      })
      if (row === undefined) return undefined
      if (typeof row.value === 'string') return row.value
      throw new TypeError('the database returned an open wait after it was settled: it may be a replica that lags')
    },
    read: async (ids) => {
      const rows = await run(() => readRows(ids))
      const records = new Map(rows.map((row) => [row.id, parseRow(row)]))
      return ids.map((id) => records.get(id))
    },
  }
}

function parseRow({ value, expires_at }: Row): WaitRecord {
  const expiresAt = new Date(Number(expires_at))
  return typeof value === 'string' ? { expiresAt, value } : { expiresAt }
}
