// A receiver process for crash tests. Its handler commits the use and a row of work in one transaction.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedHook } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { type SqlDialect, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { key } from './fixtures.ts'

/** What the URL's content says about the transaction. */
export interface TransactionContent {
  readonly isolation: string
}

interface WorkDatabase {
  /** Runs the statements of the store. */
  readonly execute: SqlExecutor
  work(hook: ReceivedHook): Promise<void>
}

const [dialect = '', target = '', lease = '1s'] = process.argv.slice(2)
const insert = 'INSERT INTO work (id) VALUES'
/** The most time between two steps of the work, in milliseconds. */
const MAX_PAUSE_MS = 4

const databases: Readonly<Record<SqlDialect, () => Promise<WorkDatabase>>> = {
  postgres: async () => {
    const pool = new Pool({ connectionString: target }).on('error', () => {})
    return {
      execute: (sql, values) => pool.query(sql, values),
      work: async (hook) => {
        const client = await pool.connect()
        try {
          await client.query(`BEGIN ISOLATION LEVEL ${getIsolation(hook)}`)
          const id = await commitUse(hook, (sql, values) => client.query(sql, values))
          await pause()
          await client.query(`${insert} ($1)`, [id])
          await pause()
          await client.query('COMMIT')
          await pause()
          client.release()
        } catch (error) {
          client.release(true)
          throw error
        }
      },
    }
  },
  mysql: async () => {
    const pool = createPool(target)
    return {
      execute: (sql, values) => pool.query(sql, values),
      work: async (hook) => {
        const connection = await pool.getConnection()
        try {
          await connection.query(`SET TRANSACTION ISOLATION LEVEL ${getIsolation(hook)}`)
          await connection.beginTransaction()
          const id = await commitUse(hook, (sql, values) => connection.query(sql, values))
          await pause()
          await connection.query(`${insert} (?)`, [id])
          await pause()
          await connection.commit()
          await pause()
          connection.release()
        } catch (error) {
          connection.destroy()
          throw error
        }
      },
    }
  },
  sqlite: async () => {
    // @ts-expect-error: the types of Node 20 do not have it
    const { DatabaseSync } = await import('node:sqlite')
    const [forStore, forWork] = [new DatabaseSync(target), new DatabaseSync(target)]
    forWork.exec('PRAGMA busy_timeout = 5000')
    return {
      execute: (sql, values) => forStore.prepare(sql).all(...values),
      work: async (hook) => {
        forWork.exec('BEGIN')
        try {
          let id: unknown
          hook.commitUseSync((sql, values) => {
            id ??= values[0]
            return forWork.prepare(sql).all(...values)
          })
          block()
          forWork.prepare(`${insert} (?)`).run(id)
          block()
          forWork.exec('COMMIT')
          block()
        } catch (error) {
          if (forWork.isTransaction) forWork.exec('ROLLBACK')
          throw error
        }
      },
    }
  },
}

/** Commits the use, and returns its ID: the value of the first statement. */
async function commitUse(hook: ReceivedHook, execute: SqlExecutor): Promise<unknown> {
  let id: unknown
  await hook.commitUse((sql, values) => {
    id ??= values[0]
    return execute(sql, values)
  })
  return id
}

function getIsolation({ content }: ReceivedHook): string {
  return (content as unknown as TransactionContent).isolation
}

function pause(): Promise<void> {
  return sleep(Math.random() * MAX_PAUSE_MS)
}

function block(): void {
  const end = performance.now() + Math.random() * MAX_PAUSE_MS
  while (performance.now() < end);
}

const { execute, work } = await databases[dialect as SqlDialect]()
const store = sqlUseStore(execute, { dialect: dialect as SqlDialect })
const receive = hookurl({ keys: key, uses: { store, lease }, handlers: { '*': work }, onError: () => {} })
const server = createServer(receive)
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())
