import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import type { UseStore } from '@hookurl/verify'
import { createUseSchema, type SqlDialect, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import { createClient } from '@libsql/client'
import { CompiledQuery, Kysely, MysqlDialect, PostgresDialect } from 'kysely'
import { createPool as createMariadbPool } from 'mariadb'
import { createPool as createCallbackPool } from 'mysql2'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import postgres from 'postgres'
import { findSqliteNode } from '../../../../tools/setup/nodes.js'
import { mariadbAbsence, postgresAbsence, type SqlServer, startMariadb, startPostgres } from './sql-servers.ts'
import { createTempFolder } from './temp-folder.ts'
import type { OpenStore, StoreKind } from './use-stores.ts'

/** A connection to a database. */
export interface SqlConnection {
  readonly execute: SqlExecutor
  close(): unknown
}

/** A client library, connected as the documentation shows it. */
export interface SqlClient {
  readonly name: string
  readonly dialect: SqlDialect
  /** Why it cannot be tested here. */
  readonly absence?: string | undefined
  connect(): Promise<SqlConnection>
}

const sqliteNode = findSqliteNode()

/** The reason node:sqlite cannot be tested; `undefined` if it can. */
export const sqliteAbsence: string | undefined = 'absence' in sqliteNode ? sqliteNode.absence : undefined

/** Connects to PostgreSQL through `pg`. */
export function connectPg(url: string, settings: object = {}): SqlConnection & { readonly pool: Pool } {
  const pool = new Pool({ connectionString: url, ...settings }).on('error', () => {})
  return { pool, execute: (sql, values) => pool.query(sql, values), close: () => pool.end() }
}

/** Connects to MySQL or MariaDB through `mysql2`. */
export function connectMysql2(url: string, method: 'query' | 'execute' = 'query'): SqlConnection {
  const pool = createPool(url)
  const run: SqlExecutor = (sql, values) => (method === 'query' ? pool.query(sql, values) : pool.execute(sql, values))
  return { execute: run, close: () => pool.end() }
}

/** Opens a file with node:sqlite, in a process of its own unless this Node has it. */
export async function connectNodeSqlite(file: string): Promise<SqlConnection> {
  if ('absence' in sqliteNode) throw new Error(sqliteNode.absence)
  const script = fileURLToPath(new URL('sqlite-process.js', import.meta.url))
  const child = fork(script, [file], {
    execPath: sqliteNode.program,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  })
  const pending = new Map<number, (reply: SqliteReply) => void>()
  child.on('message', (reply: SqliteReply) => {
    pending.get(reply.id)?.(reply)
    pending.delete(reply.id)
  })
  let lastId = 0
  return {
    execute: async (sql, values) => {
      const id = ++lastId
      const { rows, error } = await new Promise<SqliteReply>((resolve, reject) => {
        pending.set(id, resolve)
        // A renewal may still come after the test has closed the file.
        child.send({ id, sql, values }, (problem) => {
          if (problem !== null) reject(problem)
        })
      })
      if (error !== undefined) throw Object.assign(new Error(error.message), error)
      return rows
    },
    close: async () => {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

interface SqliteReply {
  readonly id: number
  readonly rows?: unknown[]
  readonly error?: { readonly message: string }
}

// The tests in a file share these servers.
let postgresServer: Promise<SqlServer> | undefined
let mariadbServer: Promise<SqlServer> | undefined

/** Returns the PostgreSQL server that the tests in a file share. */
export function sharePostgres(): Promise<SqlServer> {
  postgresServer ??= startPostgres()
  return postgresServer
}

/** Returns the MariaDB server that the tests in a file share. */
export function shareMariadb(): Promise<SqlServer> {
  mariadbServer ??= startMariadb()
  return mariadbServer
}

/** Stops every server that was started. */
export async function stopSqlServers(): Promise<void> {
  const started = [postgresServer, mariadbServer]
  postgresServer = undefined
  mariadbServer = undefined
  for (const server of started) await (await server)?.stop()
}

/** All clients that are tested. */
export const sqlClients: readonly SqlClient[] = [
  {
    name: 'PGlite',
    dialect: 'postgres',
    connect: async () => {
      const database = await PGlite.create()
      return { execute: (sql, values) => database.query(sql, values), close: () => database.close() }
    },
  },
  onPostgres('pg', async ({ url }) => connectPg(url)),
  onPostgres('pg, SERIALIZABLE', async ({ url }) =>
    connectPg(url, { options: '-c default_transaction_isolation=serializable' }),
  ),
  onPostgres('pg, REPEATABLE READ', async ({ url }) =>
    connectPg(url, { options: '-c default_transaction_isolation=repeatable\\ read' }),
  ),
  onPostgres('postgres.js', async ({ url }) => {
    const sql = postgres(url, { onnotice: () => {} })
    return { execute: (text, values) => sql.unsafe(text, values), close: () => sql.end() }
  }),
  onPostgres('Kysely', async ({ url }) =>
    connectKysely(new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }) })),
  ),
  onMariadb('mysql2, query', async ({ url }) => connectMysql2(url)),
  onMariadb('mysql2, execute', async ({ url }) => connectMysql2(url, 'execute')),
  onMariadb('mariadb', async ({ url }) => {
    const pool = createMariadbPool(url.replace('mysql:', 'mariadb:'))
    return { execute: (sql, values) => pool.query(sql, values), close: () => pool.end() }
  }),
  onMariadb('Kysely with mysql2', async ({ url }) =>
    connectKysely(new Kysely({ dialect: new MysqlDialect({ pool: createCallbackPool(url) }) })),
  ),
  {
    name: 'libSQL',
    dialect: 'sqlite',
    connect: async () => {
      const { path, remove } = createTempFolder()
      const client = createClient({ url: `file:${join(path, 'uses.db')}` })
      return {
        execute: (sql, args) => client.execute({ sql, args }),
        close: () => {
          client.close()
          remove()
        },
      }
    },
  },
  {
    name: 'node:sqlite',
    dialect: 'sqlite',
    absence: sqliteAbsence,
    connect: async () => {
      const { path, remove } = createTempFolder()
      const { execute, close } = await connectNodeSqlite(join(path, 'uses.db'))
      return { execute, close: async () => Promise.resolve(close()).then(remove) }
    },
  },
]

let tableCount = 0

/** A store for each client, with its own table. */
export const sqlStoreKinds: readonly StoreKind[] = sqlClients.map(({ name, dialect, absence, connect }) => ({
  name,
  absence,
  // The tests need one connection for all statements. `sql-transactions.test.ts` has those of the other clients.
  hasTransactions: name === 'PGlite',
  open: async (): Promise<OpenStore> => {
    const { execute, close } = await connect()
    const table = `hookurl_uses_${++tableCount}`
    for (const statement of createUseSchema(dialect, table)) await execute(statement, [])
    const clock = createShiftedClock(execute)
    const [store, otherStore] = [1, 2].map(() => sqlUseStore(clock.execute, { dialect, table })) as [UseStore, UseStore]
    return { ...clock, store, otherStore, close: async () => void (await close()) }
  },
}))

/** Shifts the clock of a database: its time in the statements that read it. */
export function createShiftedClock(
  execute: SqlExecutor,
): Omit<OpenStore, 'store' | 'close'> & { execute: SqlExecutor } {
  let shiftMs = 0
  const shift = (sql: string): string =>
    sql
      .replaceAll('clock_timestamp()', `(clock_timestamp() + interval '${shiftMs} ms')`)
      .replaceAll("julianday('now')", `julianday('now', '+${shiftMs / 1000} seconds')`)
      .replaceAll('UTC_TIMESTAMP(3)', `(UTC_TIMESTAMP(3) + INTERVAL ${shiftMs * 1000} MICROSECOND)`)
  return {
    leaseMs: 60_000,
    now: () => Date.now() + shiftMs,
    advance: async (milliseconds) => {
      shiftMs += milliseconds
    },
    execute: (sql, values) => execute(shift(sql), values),
  }
}

function connectKysely(database: Kysely<unknown>): SqlConnection {
  return {
    execute: (sql, values) => database.executeQuery(CompiledQuery.raw(sql, values)),
    close: () => database.destroy(),
  }
}

function onPostgres(name: string, connect: (server: SqlServer) => Promise<SqlConnection>): SqlClient {
  return {
    name: `PostgreSQL, ${name}`,
    dialect: 'postgres',
    absence: postgresAbsence,
    connect: async () => connect(await sharePostgres()),
  }
}

function onMariadb(name: string, connect: (server: SqlServer) => Promise<SqlConnection>): SqlClient {
  return {
    name: `MariaDB, ${name}`,
    dialect: 'mysql',
    absence: mariadbAbsence,
    connect: async () => connect(await shareMariadb()),
  }
}
