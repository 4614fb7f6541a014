import { invalidOption } from '@hookurl/core/internal'
import type { SqlDialect } from './sql-executor.ts'

/** What differs between dialects. */
export interface Dialect {
  /** The current time in epoch milliseconds, even in a transaction that began long ago. */
  readonly now: string
  /** More columns of `read`. */
  readonly session: string
  lock(table: string, now: string): string
  readonly ignoreConflict: string
  readonly returning: string
  /** The condition of `replace`, for the id and the version before. */
  where(table: string): string
  sweep(table: string, now: string): string
  schema(names: SchemaNames, content: TableContent): string[]
}

interface SchemaNames {
  readonly table: string
  /** The name of the schema and a dot, or nothing. */
  readonly schema: string
  readonly tableAlone: string
  readonly index: string
}

/** What is in a table. */
export interface TableContent {
  /** Defines the columns between `id` and `expires_at`, given the type for ASCII text of several megabytes. */
  columns(textType: string): string
  /** Whether nearly all rows are smaller than a twentieth of a page. */
  readonly hasSmallRows: boolean
}

const defineColumns = (columns: string): string =>
  `id varchar(64) NOT NULL PRIMARY KEY, ${columns}, expires_at bigint NOT NULL`
const expired = (table: string, now: string): string =>
  `SELECT id FROM ${table} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT 10`

const dialects: Readonly<Record<SqlDialect, Dialect>> = {
  postgres: {
    now: 'CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)',
    session: '',
    lock: (table, now) => `SELECT version, record, ${now} AS now FROM ${table} WHERE id = ? FOR UPDATE`,
    ignoreConflict: ' ON CONFLICT (id) DO NOTHING',
    returning: ' RETURNING id',
    // A request that waited for the lock would hold one of the connections that the transaction may still need.
    where: (table) => `id = (SELECT id FROM ${table} WHERE id = ? AND version = ? FOR UPDATE SKIP LOCKED)`,
    sweep: (table, now) =>
      `DELETE FROM ${table} WHERE id IN (${expired(table, now)} FOR UPDATE SKIP LOCKED) RETURNING id`,
    schema: ({ table, index }, { columns }) => [
      `CREATE TABLE IF NOT EXISTS ${table} (${defineColumns(columns('text'))})`,
      `CREATE INDEX IF NOT EXISTS ${index} ON ${table} (expires_at)`,
    ],
  },
  sqlite: {
    now: "CAST(round((julianday('now') - 2440587.5) * 86400000) AS integer)",
    session: '',
    // A transaction that begins with a read fails at its first write if another has written in between.
    lock: (table, now) => `UPDATE ${table} SET version = version WHERE id = ? RETURNING version, record, ${now} AS now`,
    ignoreConflict: ' ON CONFLICT (id) DO NOTHING',
    returning: ' RETURNING id',
    where: () => 'id = ? AND version = ?',
    sweep: (table, now) => `DELETE FROM ${table} WHERE id IN (${expired(table, now)}) RETURNING id`,
    // Without a row ID, a small row is in one tree, not in two: half of the pages to write.
    schema: ({ table, schema, tableAlone, index }, { columns, hasSmallRows }) => [
      `CREATE TABLE IF NOT EXISTS ${table} (${defineColumns(columns('text'))})${hasSmallRows ? ' WITHOUT ROWID' : ''}`,
      `CREATE INDEX IF NOT EXISTS ${schema}${index} ON ${tableAlone} (expires_at)`,
    ],
  },
  mysql: {
    // In UTC: a local time occurs twice when the clocks are set back.
    now: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
    session: ', @@autocommit AS autocommit',
    lock: (table, now) => `SELECT version, record, ${now} AS now FROM ${table} WHERE id = ? FOR UPDATE`,
    // `ON DUPLICATE KEY UPDATE` reports an affected row too, depending on the settings of the connection.
    ignoreConflict: '',
    returning: '',
    // As in PostgreSQL. A statement may read the table that it changes only in a derived table.
    where: (table) =>
      `id = (SELECT id FROM (SELECT id FROM ${table} WHERE id = ? AND version = ? FOR UPDATE SKIP LOCKED) AS free)`,
    // `IN`, or a join in the other order, would read and lock the whole table.
    sweep: (table, now) =>
      `DELETE u FROM (${expired(table, now)} FOR UPDATE SKIP LOCKED) AS expired STRAIGHT_JOIN ${table} AS u ON u.id = expired.id`,
    // A record of 1000 uses exceeds the 64 kB of `text`. Only InnoDB has transactions.
    schema: ({ table, index }, { columns }) => [
      `CREATE TABLE IF NOT EXISTS ${table} (${defineColumns(columns('mediumtext'))}, INDEX ${index} (expires_at)) ` +
        'ENGINE=InnoDB CHARACTER SET ascii',
    ],
  },
}

/** The names of the dialects. */
export const dialectNames: readonly SqlDialect[] = Object.keys(dialects) as SqlDialect[]

const INDEX_SUFFIX = '_expires_at'
const MAX_NAME_LENGTH = 63
// Letters, digits and `_`, optionally after the name of a schema: such a name needs no quotes and can contain no SQL.
const tablePattern = /^([A-Za-z_]\w{0,62}\.)?[A-Za-z_]\w{0,62}$/

/** @throws {HookurlError} `invalid_option` */
export function getDialect(name: SqlDialect): Dialect {
  if (Object.hasOwn(dialects, name)) return dialects[name]
  throw invalidOption("dialect must be 'postgres', 'sqlite' or 'mysql'", 'Name the SQL that your database speaks.')
}

/** @throws {HookurlError} `invalid_option` */
export function parseTableName(name: string | undefined, defaultName: string): string {
  if (name === undefined) return defaultName
  if (typeof name === 'string' && tablePattern.test(name)) return name
  throw invalidOption(
    'table must be a name of letters, digits and _, optionally after the name of a schema and a dot',
    `Leave it out for ${defaultName}, or rename the table.`,
  )
}

/**
 * Returns the statements that create a table and its index, unless they exist.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createSchema(dialect: SqlDialect, table: string, content: TableContent): string[] {
  const schema = table.slice(0, table.indexOf('.') + 1)
  const tableAlone = table.slice(schema.length)
  // PostgreSQL would shorten a longer name to that of the table, and find that it exists.
  const index = `${tableAlone.slice(0, MAX_NAME_LENGTH - INDEX_SUFFIX.length)}${INDEX_SUFFIX}`
  return getDialect(dialect).schema({ table, schema, tableAlone, index }, content)
}

/** Replaces each `?` by `$1`, `$2` …, as PostgreSQL expects. */
export function numberPlaceholders<T extends Readonly<Record<string, string>>>(statements: T): T {
  const numbered = Object.entries(statements).map(([name, sql]) => {
    let count = 0
    return [name, sql.replaceAll('?', () => `$${++count}`)]
  })
  return Object.fromEntries(numbered) as T
}
