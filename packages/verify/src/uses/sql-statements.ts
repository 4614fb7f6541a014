import { invalidOption } from '@hookurl/core/internal'
import type { SqlDialect } from './sql-executor.ts'

/** The statements of a store for one dialect and table. Their values are in the order of the comments. */
export interface UseStatements {
  /** id → version, record, now; one row, even if there is none with this id. */
  readonly read: string
  /** The same, and locks the row until the transaction ends; no row if there is none with this id. */
  readonly lock: string
  /** id, version, record, expires_at */
  readonly insert: string
  /** version, record, expires_at, id, the version before */
  readonly replace: string
  /** Deletes up to ten expired rows. */
  readonly sweep: string
}

interface Dialect {
  /** The current time in epoch milliseconds, even in a transaction that began long ago. */
  readonly now: string
  readonly lock: string
  readonly ignoreConflict: string
  readonly returning: string
  readonly recordType: string
  /** Deletes up to ten rows. */
  sweep(table: string, now: string): string
}

const dialects: Readonly<Record<SqlDialect, Dialect>> = {
  postgres: {
    now: 'CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)',
    lock: ' FOR UPDATE',
    ignoreConflict: ' ON CONFLICT (id) DO NOTHING',
    returning: ' RETURNING id',
    recordType: 'text',
    sweep: (table, now) =>
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE expires_at <= ${now} ` +
      'ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED) RETURNING id',
  },
  sqlite: {
    now: "CAST(round((julianday('now') - 2440587.5) * 86400000) AS integer)",
    // A write transaction locks the database.
    lock: '',
    ignoreConflict: ' ON CONFLICT (id) DO NOTHING',
    returning: ' RETURNING id',
    recordType: 'text',
    sweep: (table, now) =>
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE expires_at <= ${now} ` +
      'ORDER BY expires_at LIMIT 10) RETURNING id',
  },
  mysql: {
    // In UTC: a local time occurs twice when the clocks are set back.
    now: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
    lock: ' FOR UPDATE',
    // `ON DUPLICATE KEY UPDATE` reports an affected row too, depending on the settings of the connection.
    ignoreConflict: '',
    returning: '',
    // A record of 1000 uses exceeds the 64 kB of `text`.
    recordType: 'mediumtext',
    sweep: (table, now) => `DELETE FROM ${table} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT 10`,
  },
}

/** The names of the dialects. */
export const dialectNames: readonly SqlDialect[] = Object.keys(dialects) as SqlDialect[]

const defaultTable = 'hookurl_uses'
// Letters, digits and `_`, optionally after the name of a schema: such a name needs no quotes and can contain no SQL.
const tablePattern = /^([A-Za-z_]\w{0,62}\.)?[A-Za-z_]\w{0,62}$/

/**
 * Returns the statements of a store.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createUseStatements(dialect: SqlDialect, tableName: string | undefined): UseStatements {
  const { now, lock, ignoreConflict, returning, sweep } = getDialect(dialect)
  const table = checkTable(tableName)
  const text = {
    read: `SELECT u.version, u.record, ${now} AS now FROM (SELECT 1 AS one) AS o LEFT JOIN ${table} AS u ON u.id = ?`,
    lock: `SELECT version, record, ${now} AS now FROM ${table} WHERE id = ?${lock}`,
    insert: `INSERT INTO ${table} (id, version, record, expires_at) VALUES (?, ?, ?, ?)${ignoreConflict}${returning}`,
    replace: `UPDATE ${table} SET version = ?, record = ?, expires_at = ? WHERE id = ? AND version = ?${returning}`,
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
  const { recordType } = getDialect(dialect)
  const table = checkTable(tableName)
  const index = `${table.slice(table.indexOf('.') + 1)}_expires_at`
  const columns =
    `id varchar(64) NOT NULL PRIMARY KEY, version bigint NOT NULL, record ${recordType} NOT NULL, ` +
    'expires_at bigint NOT NULL'
  if (dialect === 'mysql') {
    return [`CREATE TABLE IF NOT EXISTS ${table} (${columns}, INDEX ${index} (expires_at)) CHARACTER SET ascii`]
  }
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (${columns})`,
    `CREATE INDEX IF NOT EXISTS ${index} ON ${table} (expires_at)`,
  ]
}

/**
 * Returns the statement that deletes all expired rows.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createUseSweep(dialect: SqlDialect, tableName?: string): string {
  return `DELETE FROM ${checkTable(tableName)} WHERE expires_at <= ${getDialect(dialect).now}`
}

function getDialect(name: SqlDialect): Dialect {
  if (Object.hasOwn(dialects, name)) return dialects[name]
  throw invalidOption("dialect must be 'postgres', 'sqlite' or 'mysql'", 'Name the SQL that your database speaks.')
}

function checkTable(name: string = defaultTable): string {
  if (typeof name === 'string' && tablePattern.test(name)) return name
  throw invalidOption(
    'table must be a name of letters, digits and _, optionally after the name of a schema and a dot',
    `Leave it out for ${defaultTable}, or rename the table.`,
  )
}

function numberPlaceholders<T extends Readonly<Record<string, string>>>(statements: T): T {
  const numbered = Object.entries(statements).map(([name, sql]) => {
    let count = 0
    return [name, sql.replaceAll('?', () => `$${++count}`)]
  })
  return Object.fromEntries(numbered) as T
}
