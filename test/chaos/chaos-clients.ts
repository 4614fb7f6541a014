import type { ReceivedHook, UseStore } from '@hookurl/verify'
import { redisUseStore } from '@hookurl/verify/redis'
import { createUseSchema, type SqlDialect, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import { Redis } from 'ioredis'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { parseSqlResult } from '../../packages/verify/src/uses/sql-executor.ts'
import { type RedisServer, redisAbsence, startRedis } from '../../packages/verify/test/support/redis.ts'
import {
  mariadbAbsence,
  postgresAbsence,
  type SqlServer,
  startMariadb,
  startPostgres,
} from '../../packages/verify/test/support/sql-servers.ts'
import { connectNodeSqlite, sqliteAbsence } from '../../packages/verify/test/support/sql-stores.ts'
import { type Fault, openSharedSite, openSite, type RedisSite, serverFaults, wireFaults } from './faults.ts'
import {
  canMount,
  mariadbFaults,
  openSharedSqlSite,
  openSqlSite,
  postgresFaults,
  type SqlFault,
  type SqlSite,
  sqliteFaults,
  sqlWireFaults,
} from './sql-faults.ts'

/** What a fault is, without how it is made. */
export type FaultFacts = Pick<Fault, 'name' | 'ms' | 'onlySlows' | 'mayPass' | 'ownServer'>

/** A store whose server or connection fails on demand. */
export interface ChaosSession {
  readonly store: UseStore
  beginFault(): unknown
  endFault(): unknown
  /** Commits the use and a row of work in a transaction; `before` is called before each step. */
  transact?(hook: ReceivedHook, before: (step: 'commitUse' | 'end') => Promise<void>): Promise<void>
  /** Counts the rows of work, without the faulty connection. */
  countWork?(): Promise<number>
  close(): Promise<void>
}

/** A store through one client library, with the client's default settings. */
export interface ChaosClient {
  readonly name: string
  readonly absence: string | undefined
  readonly hasTransactions: boolean
  readonly faults: readonly FaultFacts[]
  /** Opens a store with a fault from `faults`, which needs a shared server unless the fault has its own. */
  open(fault: FaultFacts): Promise<ChaosSession>
  /** Stops the shared server. */
  stop(): Promise<void>
}

type ConnectRedis = (port: number) => Promise<[Parameters<typeof redisUseStore>[0], () => void]>

function createRedisClient(name: string, connect: ConnectRedis): ChaosClient {
  const faults: readonly Fault[] = [...wireFaults, ...serverFaults]
  let shared: Promise<RedisServer> | undefined
  return {
    name,
    absence: redisAbsence,
    hasTransactions: false,
    faults,
    open: async (facts) => {
      const fault = facts as Fault
      shared ??= startRedis()
      const site: RedisSite = fault.ownServer === true ? await openSite() : await openSharedSite(await shared)
      const [client, disconnect] = await connect(site.proxy.port)
      return {
        store: redisUseStore(client),
        beginFault: () => fault.begin(site),
        endFault: () => fault.end(site),
        close: async () => {
          disconnect()
          await site.close()
        },
      }
    },
    stop: async () => (await shared)?.stop(),
  }
}

/** A pool of a SQL client. */
interface SqlPool {
  readonly execute: SqlExecutor
  /** Begins a transaction on a connection of its own. */
  begin(): Promise<{ execute: SqlExecutor; commit(): Promise<unknown>; abandon(): void }>
  close(): Promise<unknown>
}

interface SqlKind {
  readonly name: string
  readonly kind: 'postgres' | 'mariadb'
  readonly dialect: SqlDialect
  readonly absence: string | undefined
  readonly faults: readonly SqlFault[]
  start(): Promise<SqlServer>
  connect(url: string): SqlPool
}

function createSqlClient({ name, kind, dialect, absence, faults, start, connect }: SqlKind): ChaosClient {
  let shared: Promise<SqlServer> | undefined
  let tables = 0
  return {
    name,
    absence,
    hasTransactions: true,
    faults: selectFaults([...sqlWireFaults, ...faults]),
    open: async (facts) => {
      const fault = facts as SqlFault
      shared ??= start()
      const site: SqlSite =
        fault.ownServer === true ? await openSqlSite(kind, fault) : await openSharedSqlSite(kind, await shared)
      const id = ++tables
      const table = `uses_${id}`
      for (const statement of createUseSchema(dialect, table)) await site.command(statement)
      await site.command(`CREATE TABLE work_${id} (note varchar(10))`)
      const pool = connect(site.url)
      return {
        store: sqlUseStore(pool.execute, { dialect, table }),
        beginFault: () => fault.begin(site),
        endFault: () => fault.end(site),
        transact: async (hook, before) => {
          const transaction = await pool.begin()
          try {
            await before('commitUse')
            await hook.commitUse(transaction.execute)
            await transaction.execute(`INSERT INTO work_${id} VALUES ('done')`, [])
            await before('end')
            await transaction.commit()
          } catch (error) {
            transaction.abandon()
            throw error
          }
        },
        countWork: async () =>
          Number(parseSqlResult(await site.command(`SELECT count(*) AS n FROM work_${id}`)).rows[0]?.n),
        close: async () => {
          await Promise.race([pool.close(), new Promise((resolve) => setTimeout(resolve, 500))])
          await site.close()
        },
      }
    },
    stop: async () => (await shared)?.stop(),
  }
}

// A full disk needs a small one.
function selectFaults(faults: readonly SqlFault[]): readonly SqlFault[] {
  return canMount ? faults : faults.filter(({ name }) => name !== 'full disk')
}

const sqlite: ChaosClient = {
  name: 'node:sqlite',
  absence: sqliteAbsence,
  hasTransactions: false,
  faults: selectFaults(sqliteFaults),
  open: async (facts) => {
    const fault = facts as SqlFault
    const site = await openSqlSite('sqlite', fault)
    for (const statement of createUseSchema('sqlite')) await site.command(statement)
    const { execute, close } = await connectNodeSqlite(site.url)
    return {
      store: sqlUseStore(execute, { dialect: 'sqlite' }),
      beginFault: () => fault.begin(site),
      endFault: () => fault.end(site),
      close: async () => {
        await close()
        await site.close()
      },
    }
  },
  stop: async () => {},
}

export const chaosClients: readonly ChaosClient[] = [
  createRedisClient('node-redis', async (port) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', () => {})
    return [await client.connect(), () => client.destroy()]
  }),
  createRedisClient('ioredis', async (port) => {
    const client = new Redis(port, '127.0.0.1').on('error', () => {})
    await client.ping()
    return [client, () => client.disconnect()]
  }),
  createSqlClient({
    name: 'pg',
    kind: 'postgres',
    dialect: 'postgres',
    absence: postgresAbsence,
    faults: postgresFaults,
    start: startPostgres,
    connect: (url) => {
      const pool = new Pool({ connectionString: url }).on('error', () => {})
      return {
        execute: (sql, values) => pool.query(sql, values),
        begin: async () => {
          const client = await pool.connect()
          client.on('error', () => {})
          await client.query('BEGIN')
          return {
            execute: (sql, values) => client.query(sql, values),
            commit: () => client.query('COMMIT').then(() => client.release()),
            abandon: () => client.release(true),
          }
        },
        close: () => pool.end(),
      }
    },
  }),
  createSqlClient({
    name: 'mysql2',
    kind: 'mariadb',
    dialect: 'mysql',
    absence: mariadbAbsence,
    faults: mariadbFaults,
    start: startMariadb,
    connect: (url) => {
      const pool = createPool(url)
      return {
        execute: (sql, values) => pool.query(sql, values),
        begin: async () => {
          const connection = await pool.getConnection()
          await connection.beginTransaction()
          return {
            execute: (sql, values) => connection.query(sql, values),
            commit: () => connection.commit().then(() => connection.release()),
            abandon: () => connection.destroy(),
          }
        },
        close: () => pool.end(),
      }
    },
  }),
  sqlite,
]
