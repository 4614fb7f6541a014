import { createSchema, getDialect, numberPlaceholders, parseTableName } from '../uses/sql-dialects.ts'
import type { SqlDialect, SqlValue } from '../uses/sql-executor.ts'

/** The statements of a store for one dialect and table. Their values are in the order of the comments. */
export interface WaitStatements {
  /** id, expires_at */
  readonly create: string
  /** value, id; changes a row only if its wait is open */
  readonly settle: string
  /** Deletes up to ten expired rows. */
  readonly sweep: string
  /**
   * id, value, expires_at of the rows with these IDs. `autocommit`, on MySQL: 0 if a statement alone would not be
   * committed.
   */
  read(ids: readonly string[]): { readonly sql: string; readonly values: SqlValue[] }
}

/** Selects rows by any number of IDs, in one value where the dialect can: some databases limit how many there may be. */
interface IdList {
  condition(count: number): string
  values(ids: readonly string[]): SqlValue[]
}

const idLists: Readonly<Record<SqlDialect, IdList>> = {
  postgres: { condition: () => "= ANY(string_to_array(?, ','))", values: (ids) => [ids.join(',')] },
  sqlite: { condition: () => 'IN (SELECT value FROM json_each(?))', values: (ids) => [JSON.stringify(ids)] },
  mysql: { condition: (count) => `IN (${Array(count).fill('?').join(', ')})`, values: (ids) => [...ids] },
}
const defaultTable = 'hookurl_waits'

/**
 * Returns the statements of a store.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createWaitStatements(dialect: SqlDialect, tableName: string | undefined): WaitStatements {
  const { now, session, returning, sweep } = getDialect(dialect)
  const table = parseTableName(tableName, defaultTable)
  const { condition, values } = idLists[dialect]
  const number = (sql: string): string => (dialect === 'postgres' ? numberPlaceholders({ sql }).sql : sql)
  return {
    create: number(`INSERT INTO ${table} (id, expires_at) VALUES (?, ?)${returning}`),
    settle: number(`UPDATE ${table} SET value = ? WHERE id = ? AND value IS NULL${returning}`),
    sweep: sweep(table, now),
    read: (ids) => ({
      sql: number(`SELECT id, value, expires_at${session} FROM ${table} WHERE id ${condition(ids.length)}`),
      values: values(ids),
    }),
  }
}

/**
 * Returns the statements that create the table of `sqlWaitStore` and its index, unless they exist.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createWaitSchema(dialect: SqlDialect, tableName?: string): string[] {
  const columns = (textType: string): string => `value ${textType}`
  return createSchema(dialect, parseTableName(tableName, defaultTable), { columns, hasSmallRows: false })
}
