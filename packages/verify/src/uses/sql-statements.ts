import { createSchema, getDialect, numberPlaceholders, parseTableName } from './sql-dialects.ts'
import type { SqlDialect } from './sql-executor.ts'

export { dialectNames } from './sql-dialects.ts'

/** The statements of a store for one dialect and table. Their values are in the order of the comments. */
export interface UseStatements {
  /**
   * id → version, record, now; one row, even if there is none with this id. `autocommit`, on MySQL: 0 if a statement
   * alone would not be committed.
   */
  readonly read: string
  /** id → version, record, now; locks the row until the transaction ends. No row if there is none with this id. */
  readonly lock: string
  /** id, version, record, expires_at */
  readonly insert: string
  /** version, record, expires_at, id, the version before; changes nothing if a transaction has locked the row. */
  readonly replace: string
  /** Deletes up to ten expired rows that no transaction has locked. */
  readonly sweep: string
}

const defaultTable = 'hookurl_uses'

/**
 * Returns the statements of a store.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createUseStatements(dialect: SqlDialect, tableName: string | undefined): UseStatements {
  const { now, session, lock, ignoreConflict, returning, where, sweep } = getDialect(dialect)
  const table = parseTableName(tableName, defaultTable)
  const text = {
    read:
      `SELECT u.version, u.record, ${now} AS now${session} ` +
      `FROM (SELECT 1 AS one) AS o LEFT JOIN ${table} AS u ON u.id = ?`,
    lock: lock(table, now),
    insert: `INSERT INTO ${table} (id, version, record, expires_at) VALUES (?, ?, ?, ?)${ignoreConflict}${returning}`,
    replace: `UPDATE ${table} SET version = ?, record = ?, expires_at = ? WHERE ${where(table)}${returning}`,
    sweep: sweep(table, now),
  }
  return dialect === 'postgres' ? numberPlaceholders(text) : text
}

/**
 * Returns the statements that create the table and its index, unless they exist.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createUseSchema(dialect: SqlDialect, tableName?: string): string[] {
  const table = parseTableName(tableName, defaultTable)
  const columns = (textType: string): string => `version bigint NOT NULL, record ${textType} NOT NULL`
  return createSchema(dialect, table, { columns, hasSmallRows: true })
}

/**
 * Returns the statement that deletes all expired rows.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createUseSweep(dialect: SqlDialect, tableName?: string): string {
  return `DELETE FROM ${parseTableName(tableName, defaultTable)} WHERE expires_at <= ${getDialect(dialect).now}`
}
