import { join } from 'node:path'
import { createUseSchema, type SqlDialect, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import Database from 'libsql'
import { createPool as createMariadbPool } from 'mariadb'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import postgres from 'postgres'
import { parseSqlResult } from '../packages/verify/src/uses/sql-executor.ts'
import {
  mariadbAbsence,
  postgresAbsence,
  startMariadb,
  startPostgres,
} from '../packages/verify/test/support/sql-servers.ts'
import { createTempFolder } from '../packages/verify/test/support/temp-folder.ts'
import { compare, formatNote, inFlight, newId, runInParallel, useOnce } from './compare-stores.ts'
import type { Row } from './row.ts'

/** A client, connected to an empty database. */
interface BenchDatabase {
  readonly name: string
  readonly dialect: SqlDialect
  readonly execute: SqlExecutor
  /** A query for the bytes of the table and its indexes, as `n`. */
  readonly size?: string
  close(): Promise<unknown>
}

const plainRows = 5000
const records = 5000

/** Reserving and committing a use in SQL databases, compared to two UPDATE statements through the same client. */
export async function measureSql(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const open of [...onPostgres, ...onMariadb, ...onSqlite]) {
    const database = await open()
    try {
      rows.push(...(await measureDatabase(database)))
    } finally {
      await database.close()
    }
  }
  return rows
}

async function measureDatabase({ name, dialect, execute, size }: BenchDatabase): Promise<Row[]> {
  const run = async (sql: string) => parseSqlResult(await execute(sql, []))
  for (const statement of createUseSchema(dialect)) await run(statement)
  await run(
    'CREATE TABLE plain (id varchar(64) NOT NULL PRIMARY KEY, version bigint NOT NULL, record varchar(200) NOT NULL)',
  )
  const ids = Array.from({ length: plainRows }, newId)
  for (const id of ids) await run(`INSERT INTO plain VALUES ('${id}', 1, '${'x'.repeat(100)}')`)
  const returning = dialect === 'mysql' ? '' : ' RETURNING id'
  const update =
    dialect === 'postgres'
      ? `UPDATE plain SET version = $1, record = $2 WHERE id = $3${returning}`
      : `UPDATE plain SET version = ?, record = ? WHERE id = ?${returning}`
  let next = 0
  const comparison = await compare(sqlUseStore(execute, { dialect }), async () => {
    const id = ids[next++ % plainRows] as string
    await execute(update, [next, newId(), id])
    await execute(update, [next, newId(), id])
  })
  const task = `single use on ${name}`
  const row: Row = { task, comparedTo: 'two UPDATE statements', ...comparison, note: formatNote('the same client') }
  if (size === undefined) return [row]
  const measure = async (): Promise<number> => Number((await run(size)).rows[0]?.n)
  await run('DELETE FROM hookurl_uses')
  const vacuum = { postgres: 'VACUUM FULL hookurl_uses', mysql: 'OPTIMIZE TABLE hookurl_uses', sqlite: 'VACUUM' }
  await run(vacuum[dialect])
  const before = await measure()
  const store = sqlUseStore(execute, { dialect })
  for (let at = 0; at < records; at += inFlight) await runInParallel(() => useOnce(store))
  const stored = Math.ceil(records / inFlight) * inFlight
  await run(vacuum[dialect])
  return [
    row,
    {
      task: `a record of a ${task}`,
      comparedTo: 'its table and indexes',
      value: ((await measure()) - before) / stored / 1000,
      unit: 'kB',
      note: 'until the URL has expired; without room for changes',
    },
  ]
}

type Open = () => Promise<BenchDatabase>

const postgresSize = "SELECT pg_total_relation_size('hookurl_uses') AS n"
const durable = { postgres: ['fsync=on', 'shared_buffers=128MB'], mariadb: ['--innodb-flush-log-at-trx-commit=1'] }

const onPostgres: readonly Open[] =
  postgresAbsence !== undefined
    ? []
    : [
        async () => {
          const server = await startPostgres({ settings: durable.postgres })
          const pool = new Pool({ connectionString: server.url })
          return {
            name: 'PostgreSQL, pg',
            dialect: 'postgres',
            execute: (sql, values) => pool.query(sql, values),
            size: postgresSize,
            close: () => pool.end().then(server.stop),
          }
        },
        async () => {
          const server = await startPostgres({ settings: durable.postgres })
          const sql = postgres(server.url, { onnotice: () => {} })
          return {
            name: 'PostgreSQL, postgres.js',
            dialect: 'postgres',
            execute: (text, values) => sql.unsafe(text, values),
            close: () => sql.end().then(server.stop),
          }
        },
      ]

const onMariadb: readonly Open[] =
  mariadbAbsence !== undefined
    ? []
    : [
        async () => {
          const server = await startMariadb({ settings: durable.mariadb })
          const pool = createPool(server.adminUrl)
          return {
            name: 'MariaDB, mysql2',
            dialect: 'mysql',
            execute: (sql, values) => pool.query(sql, values),
            size: "SELECT SUM(file_size) AS n FROM information_schema.innodb_sys_tablespaces WHERE name = 'hookurl/hookurl_uses'",
            close: () => pool.end().then(server.stop),
          }
        },
        async () => {
          const server = await startMariadb({ settings: durable.mariadb })
          const pool = createMariadbPool(server.url.replace('mysql:', 'mariadb:'))
          return {
            name: 'MariaDB, mariadb',
            dialect: 'mysql',
            execute: (sql, values) => pool.query(sql, values),
            close: () => pool.end().then(server.stop),
          }
        },
      ]

const onSqlite: readonly Open[] = [
  async () => {
    const { path, remove } = createTempFolder()
    const database = new Database(join(path, 'uses.db'))
    database.exec('PRAGMA journal_mode = WAL')
    return {
      name: 'SQLite, libsql',
      dialect: 'sqlite',
      execute: (sql, values) => database.prepare(sql).all(...values),
      size: "SELECT SUM(pgsize) AS n FROM dbstat WHERE name LIKE '%hookurl_uses%'",
      close: async () => {
        database.close()
        remove()
      },
    }
  },
]
