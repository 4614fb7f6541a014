import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedHook, UseStore } from '@hookurl/verify'
import { createUseSchema, type SqlDialect, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import Database from 'libsql'
import { createPool } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseSqlResult } from '../../src/uses/sql-executor.ts'
import { countingReceiver, singleUseRequest, summarize } from '../support/counting-receiver.ts'
import { startProxy } from '../support/proxy.ts'
import { mariadbAbsence, postgresAbsence } from '../support/sql-servers.ts'
import {
  connectNodeSqlite,
  connectPg,
  createShiftedClock,
  shareMariadb,
  sharePostgres,
  sqliteAbsence,
  stopSqlServers,
} from '../support/sql-stores.ts'
import { createTempFolder } from '../support/temp-folder.ts'

afterAll(stopSqlServers)

/** A connection with an open transaction. */
interface OpenTransaction {
  readonly execute: SqlExecutor
  /** Runs `COMMIT` or `ROLLBACK`, and returns the connection. */
  end(sql: 'COMMIT' | 'ROLLBACK'): Promise<unknown>
}

interface TestDatabase {
  readonly dialect: SqlDialect
  readonly execute: SqlExecutor
  begin(isolation: string): Promise<OpenTransaction>
  close(): unknown
}

const insertWork = "INSERT INTO work (note) VALUES ('done')"

/** What is the same in each isolation level of each database. */
function describeIsolation(
  name: string,
  isolation: string,
  absence: string | undefined,
  open: (port?: number) => Promise<TestDatabase>,
): void {
  describe.skipIf(absence !== undefined)(absence ?? `commitUse in a transaction on ${name}, ${isolation}`, () => {
    const table = `uses_${isolation.replaceAll(' ', '_').toLowerCase()}`
    let database: TestDatabase
    let clock: ReturnType<typeof createShiftedClock>
    let store: UseStore

    beforeAll(async () => {
      database = await open()
      const { dialect, execute } = database
      for (const statement of createUseSchema(dialect, table)) await execute(statement, [])
      await execute('CREATE TABLE IF NOT EXISTS work (note varchar(10))', [])
      clock = createShiftedClock(execute)
      store = sqlUseStore(clock.execute, { dialect, table })
    }, 30_000)
    afterAll(() => database.close())

    const countWork = async (): Promise<number> => {
      const result = await database.execute('SELECT count(*) AS n FROM work', [])
      await database.execute('DELETE FROM work', [])
      return Number(parseSqlResult(result).rows[0]?.n)
    }
    /** Commits the use and the work in one transaction, after `during`. */
    const work = async (hook: ReceivedHook, during = async (): Promise<void> => {}): Promise<void> => {
      const { execute, end } = await database.begin(isolation)
      try {
        await hook.commitUse(execute)
        await execute(insertWork, [])
        await during()
      } catch (error) {
        await end('ROLLBACK')
        throw error
      }
      await end('COMMIT')
    }

    test('commits the use with the work, or neither', async () => {
      let isBroken = true
      const { send, runs } = countingReceiver(store, (hook) =>
        work(hook, async () => {
          if (isBroken) throw new Error('the work failed')
        }),
      )
      const request = singleUseRequest()
      expect(summarize(await send(request))).toBe('500 handler_failed')
      expect(await countWork()).toBe(0)
      isBroken = false
      expect(summarize(await send(request))).toBe('200 ok')
      expect(summarize(await send(request))).toBe('200 duplicate')
      expect(summarize(await send({ ...request, body: 'y' }))).toBe('410 already_used')
      expect([runs(), await countWork()]).toEqual([2, 1])
    })

    test('waits for a renewal in flight', async () => {
      let renewals = 0
      const { execute, dialect } = database
      const slow = sqlUseStore(
        async (sql, values) => {
          if (renewals === 0 || !sql.startsWith('UPDATE')) return execute(sql, values)
          await sleep(100)
          return execute(sql, values)
        },
        { dialect, table },
      )
      const renew: UseStore['renew'] = (...args) => {
        renewals++
        return slow.renew(...args)
      }
      const { send } = countingReceiver({ store: { ...slow, renew }, lease: '1s' }, async (hook) => {
        while (renewals === 0) await sleep(5)
        await work(hook)
      })
      const request = singleUseRequest()
      expect(summarize(await send(request))).toBe('200 ok')
      expect(summarize(await send(request))).toBe('200 duplicate')
      expect([renewals, await countWork()]).toEqual([1, 1])
    })

    test('throws lease_lost if another delivery has run in the meantime', async () => {
      const first = countingReceiver(store, async (hook) => {
        await clock.advance(120_000)
        const second = countingReceiver(store, (other) => work(other))
        expect(summarize(await second.send({ ...request, body: 'y' }))).toBe('200 ok')
        await work(hook)
      })
      const request = singleUseRequest()
      expect(summarize(await first.send(request))).toBe('503 lease_lost')
      expect(summarize(await first.send({ ...request, body: 'y' }))).toBe('200 duplicate')
      expect(await countWork()).toBe(1)
    })

    test('keeps the use while a transaction is open past the lease', async () => {
      const request = singleUseRequest()
      const { send, runs } = countingReceiver(store, (hook) =>
        work(hook, async () => {
          await clock.advance(120_000)
          const begin = performance.now()
          expect(summarize(await send({ ...request, body: 'y' }))).toBe('503 store_unavailable')
          expect(performance.now() - begin).toBeLessThan(1000)
        }),
      )
      expect(summarize(await send(request))).toBe('200 ok')
      expect(summarize(await send(request))).toBe('200 duplicate')
      expect([runs(), await countWork()]).toEqual([1, 1])
    })

    test('reports a transaction that is still open when the handler ends, and keeps what it commits later', async () => {
      const transactions: OpenTransaction[] = []
      const { send, errors } = countingReceiver(store, async (hook) => {
        const transaction = await database.begin(isolation)
        transactions.push(transaction)
        await hook.commitUse(transaction.execute)
        await transaction.execute(insertWork, [])
      })
      const request = singleUseRequest()
      expect(summarize(await send(request))).toBe('500 handler_failed')
      expect(errors).toMatchObject([{ code: 'handler_failed', message: expect.stringContaining('not committed') }])
      await transactions[0]?.end('COMMIT')
      expect(summarize(await send(request))).toBe('200 duplicate')
      expect([transactions.length, await countWork()]).toEqual([1, 1])
    })

    test('keeps the use if the reply to the commit is lost', async (context) => {
      const port = Number(
        new URL((await (database.dialect === 'postgres' ? sharePostgres() : shareMariadb())).url).port,
      )
      const proxy = await startProxy(port, context)
      const throughProxy = await open(proxy.port)
      const { send, runs } = countingReceiver(store, async (hook) => {
        const { execute, end } = await throughProxy.begin(isolation)
        await hook.commitUse(execute)
        await execute(insertWork, [])
        proxy.cutNextResponse()
        await end('COMMIT')
      })
      const request = singleUseRequest()
      expect(summarize(await send(request))).toBe('500 handler_failed')
      expect(proxy.cuts()).toBe(1)
      expect(summarize(await send(request))).toBe('200 duplicate')
      expect([runs(), await countWork()]).toEqual([1, 1])
      await throughProxy.close()
    })
  })
}

for (const isolation of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']) {
  describeIsolation('PostgreSQL', isolation, postgresAbsence, async (port) => {
    const url = new URL((await sharePostgres()).url)
    if (port !== undefined) url.port = String(port)
    const { pool, execute, close } = connectPg(url.href)
    return {
      dialect: 'postgres',
      execute,
      begin: async () => {
        const client = await pool.connect()
        client.on('error', () => {})
        await client.query(`BEGIN ISOLATION LEVEL ${isolation}`)
        return {
          execute: (sql, values) => client.query(sql, values),
          end: (sql) =>
            client.query(sql).finally(() => {
              client.release(port !== undefined)
            }),
        }
      },
      close,
    }
  })

  describeIsolation('MariaDB', isolation, mariadbAbsence, async (port) => {
    const url = new URL((await shareMariadb()).url)
    if (port !== undefined) url.port = String(port)
    const pool = createPool(url.href)
    return {
      dialect: 'mysql',
      execute: (sql, values) => pool.query(sql, values),
      begin: async () => {
        const connection = await pool.getConnection()
        await connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`)
        await connection.beginTransaction()
        return {
          execute: (sql, values) => connection.query(sql, values),
          end: (sql) => connection.query(sql).finally(() => connection.destroy()),
        }
      },
      close: () => pool.end(),
    }
  })
}

describe('commitUseSync in a transaction on SQLite', () => {
  const { path, remove } = createTempFolder()
  const file = `${path}/app.db`
  const forStore = new Database(file)
  const forWork = new Database(file)
  const run =
    (database: typeof forWork): SqlExecutor =>
    (sql, values) =>
      database.prepare(sql).all(...values)
  const clock = createShiftedClock(run(forStore))
  const store = sqlUseStore(clock.execute, { dialect: 'sqlite' })

  beforeAll(() => {
    forStore.exec('PRAGMA journal_mode = WAL')
    for (const statement of createUseSchema('sqlite')) forStore.exec(statement)
    forStore.exec('CREATE TABLE work (note text)')
  })
  afterAll(() => {
    forStore.close()
    forWork.close()
    remove()
  })

  const countWork = (): number => {
    const { n } = forStore.prepare('SELECT count(*) AS n FROM work').get() as { n: number }
    forStore.exec('DELETE FROM work')
    return n
  }
  const work = (hook: ReceivedHook, during = (): void => {}): void => {
    forWork.exec('BEGIN')
    try {
      hook.commitUseSync(run(forWork))
      forWork.exec(insertWork)
      during()
    } catch (error) {
      forWork.exec('ROLLBACK')
      throw error
    }
    forWork.exec('COMMIT')
  }

  test('commits the use with the work, or neither', async () => {
    let isBroken = true
    const { send, runs } = countingReceiver(store, (hook) =>
      work(hook, () => {
        if (isBroken) throw new Error('the work failed')
      }),
    )
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('500 handler_failed')
    expect(countWork()).toBe(0)
    isBroken = false
    expect(summarize(await send(request))).toBe('200 ok')
    expect(summarize(await send(request))).toBe('200 duplicate')
    expect([runs(), countWork()]).toEqual([2, 1])
  })

  test('does not fail because another connection has written since the transaction began', async () => {
    const { send } = countingReceiver(store, (hook) => {
      forWork.exec('BEGIN')
      forStore.exec('CREATE TABLE IF NOT EXISTS other (note text)')
      hook.commitUseSync(run(forWork))
      forWork.exec(insertWork)
      forWork.exec('COMMIT')
    })
    expect(summarize(await send(singleUseRequest()))).toBe('200 ok')
    expect(countWork()).toBe(1)
  })

  test('throws lease_lost if another delivery has run in the meantime', async () => {
    const request = singleUseRequest()
    const first = countingReceiver(store, async (hook) => {
      await clock.advance(120_000)
      const second = countingReceiver(store, (other) => work(other))
      expect(summarize(await second.send({ ...request, body: 'y' }))).toBe('200 ok')
      work(hook)
    })
    expect(summarize(await first.send(request))).toBe('503 lease_lost')
    expect(countWork()).toBe(1)
  })

  test('rejects a reservation while a transaction is open', async (context) => {
    if (sqliteAbsence !== undefined) return context.skip(sqliteAbsence)
    // libsql does not release its lock after it found the database locked.
    const { execute, close } = await connectNodeSqlite(file)
    const { send, runs } = countingReceiver(sqlUseStore(execute, { dialect: 'sqlite' }))
    forWork.exec('BEGIN IMMEDIATE')
    const request = singleUseRequest()
    expect(summarize(await send(request))).toBe('503 store_unavailable')
    forWork.exec('ROLLBACK')
    expect(summarize(await send(request))).toBe('200 ok')
    expect(runs()).toBe(1)
    await close()
  })

  test('rejects a function that returns a promise', async () => {
    const { send, errors } = countingReceiver(store, (hook) => {
      hook.commitUseSync(async (sql, values) => run(forWork)(sql, values))
    })
    expect(summarize(await send(singleUseRequest()))).toBe('500 handler_failed')
    expect(errors).toMatchObject([{ message: expect.stringContaining('returned a promise') }])
  })
})
