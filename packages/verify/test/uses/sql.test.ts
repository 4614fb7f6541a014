import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { UseStore } from '@hookurl/verify'
import { createUseSchema, createUseSweep, type SqlDialect, type SqlExecutor, sqlUseStore } from '@hookurl/verify/sql'
import Database from 'libsql'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseSqlResult } from '../../src/uses/sql-executor.ts'
import { countingReceiver, singleUseRequest, summarize } from '../support/counting-receiver.ts'
import { catchError } from '../support/fixtures.ts'
import { mariadbAbsence, postgresAbsence, startPostgres } from '../support/sql-servers.ts'
import {
  connectMysql2,
  connectPg,
  createShiftedClock,
  shareMariadb,
  sharePostgres,
  stopSqlServers,
} from '../support/sql-stores.ts'
import { createTempFolder } from '../support/temp-folder.ts'

afterAll(stopSqlServers)

const createReserve =
  (store: UseStore) =>
  (id: string, more: { owner?: string; leaseMs?: number; expiresAt?: Date } = {}) =>
    store.reserve({
      id,
      maxUses: 1,
      owner: randomUUID(),
      leaseMs: 60_000,
      expiresAt: new Date(Date.now() + 1e9),
      deliveryId: undefined,
      duplicateMs: 1e9,
      ...more,
    })

/** Expects a receiver with this executor to reject a single-use URL without running, and returns what `onError` got. */
async function getStoreError(execute: SqlExecutor, dialect: SqlDialect, table?: string): Promise<Error> {
  const store = sqlUseStore(execute, table === undefined ? { dialect } : { dialect, table })
  const { send, runs, errors } = countingReceiver(store)
  expect(summarize(await send(singleUseRequest()))).toBe('503 store_unavailable')
  expect(runs()).toBe(0)
  return errors[0] as Error
}

describe('the options of sqlUseStore', () => {
  test.each([
    '',
    'a b',
    'uses;',
    'a.b.c',
    '.uses',
    'uses.',
    '1uses',
    '"uses"',
    '`uses`',
    'ü',
    "x' OR 1=1 --",
    'a'.repeat(64),
  ])('a table with the name %j is rejected', async (table) => {
    for (const create of [
      () => sqlUseStore(() => [], { dialect: 'postgres', table }),
      () => createUseSchema('mysql', table),
      () => createUseSweep('sqlite', table),
    ]) {
      expect(await catchError(create)).toMatchObject({
        code: 'invalid_option',
        message: expect.stringContaining('table'),
      })
    }
  })

  test('an unknown dialect is rejected', async () => {
    const dialect = 'toString' as SqlDialect
    expect(await catchError(() => sqlUseStore(() => [], { dialect }))).toMatchObject({ code: 'invalid_option' })
    expect(await catchError(() => createUseSweep(dialect))).toMatchObject({ code: 'invalid_option' })
  })
})

interface TestDatabase {
  readonly dialect: SqlDialect
  readonly execute: SqlExecutor
  /** Connects to a database that accepts no writes. */
  connectReadOnly(): Promise<{ execute: SqlExecutor; close(): unknown }>
  /** Locks a row until the returned function is called. */
  lock?(table: string, id: string): Promise<() => Promise<unknown>>
  close(): Promise<unknown>
}

/** What is the same on every database. */
function describeDatabase(name: string, absence: string | undefined, open: () => Promise<TestDatabase>): void {
  describe.skipIf(absence !== undefined)(absence ?? name, () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await open()
    }, 30_000)
    afterAll(() => database.close())

    const createTable = async (table: string): Promise<void> => {
      for (const statement of createUseSchema(database.dialect, table)) await database.execute(statement, [])
    }
    const count = async (sql: string): Promise<number> =>
      Number(parseSqlResult(await database.execute(`SELECT count(*) AS n FROM ${sql}`, [])).rows[0]?.n)
    const fillWithExpired = async (table: string, rows: number): Promise<void> => {
      for (let index = 0; index < rows; index++) {
        await database.execute(`INSERT INTO ${table} VALUES ('${table} ${index}', ${index}, '[1,0]', ${index})`, [])
      }
    }

    test('creates a table and its index twice, also in a schema and with the longest name', async () => {
      const schema = { postgres: 'public', sqlite: 'main', mysql: 'hookurl' }[database.dialect]
      for (const table of [`${schema}.in_schema`, `t${'x'.repeat(62)}`]) {
        await createTable(table)
        await createTable(table)
        const { execute, dialect } = database
        expect(await createReserve(sqlUseStore(execute, { dialect, table }))('a')).toEqual({ result: 'reserved' })
        const name = table.slice(table.indexOf('.') + 1)
        const indexes = {
          postgres: `pg_indexes WHERE tablename = '${name}'`,
          sqlite: `sqlite_master WHERE type = 'index' AND tbl_name = '${name}'`,
          mysql: `information_schema.statistics WHERE table_name = '${name}'`,
        }
        // That of the primary key, which is the table itself on SQLite, and that of the expiration time.
        expect(await count(indexes[dialect])).toBe(dialect === 'sqlite' ? 1 : 2)
      }
    })

    test('a reservation deletes up to ten expired rows, which createUseSweep deletes at once', async () => {
      const table = 'swept'
      await createTable(table)
      await fillWithExpired(table, 25)
      const reserve = createReserve(sqlUseStore(database.execute, { dialect: database.dialect, table }))
      await reserve('a')
      await vi.waitFor(async () => expect(await count(table)).toBe(16))
      // More rows may be left, so the next reservation does not wait.
      await reserve('b')
      await vi.waitFor(async () => expect(await count(table)).toBe(7))
      await database.execute(createUseSweep(database.dialect, table), [])
      expect(await count(table)).toBe(2)
    })

    test('once no expired row is left, reservations look for them again after a second', async () => {
      const table = 'paused_sweep'
      await createTable(table)
      const statements: string[] = []
      const { dialect } = database
      const execute: SqlExecutor = (sql, values) => {
        statements.push(sql)
        return database.execute(sql, values)
      }
      const reserve = createReserve(sqlUseStore(execute, { dialect, table }))
      for (const id of ['a', 'b', 'c']) await reserve(id)
      await vi.waitFor(() => expect(statements.filter((sql) => sql.startsWith('DELETE'))).toHaveLength(1))
    })

    test('a sweep that fails or does not end has no effect on reservations, and no second one starts', async () => {
      const table = 'failing_sweep'
      await createTable(table)
      const { dialect } = database
      for (const sweep of [() => Promise.reject(new Error('failed')), () => new Promise(() => {})]) {
        let sweeps = 0
        const execute: SqlExecutor = (sql, values) => {
          if (!sql.startsWith('DELETE')) return database.execute(sql, values)
          sweeps++
          return sweep()
        }
        const reserve = createReserve(sqlUseStore(execute, { dialect, table }))
        for (let times = 0; times < 3; times++) expect(await reserve(randomUUID())).toEqual({ result: 'reserved' })
        expect(sweeps).toBe(1)
      }
    })

    test('a sweep and a reservation do not wait for a row that a transaction has locked', async (context) => {
      if (database.lock === undefined) return context.skip('a transaction on SQLite locks the whole database')
      const table = 'locked'
      await createTable(table)
      await fillWithExpired(table, 3)
      const clock = createShiftedClock(database.execute)
      const reserve = createReserve(sqlUseStore(clock.execute, { dialect: database.dialect, table }))
      await reserve('a', { leaseMs: 1000 })
      await vi.waitFor(async () => expect(await count(table)).toBe(1))
      await fillWithExpired(table, 3)
      await clock.advance(2000)
      const unlockOne = await database.lock(table, `${table} 1`)
      const unlockOther = await database.lock(table, 'a')
      try {
        const begin = performance.now()
        const fresh = createReserve(sqlUseStore(clock.execute, { dialect: database.dialect, table }))
        await expect(fresh('a')).rejects.toMatchObject({ code: 'store_unavailable' })
        expect(await fresh('b')).toEqual({ result: 'reserved' })
        await vi.waitFor(async () => expect(await count(table)).toBe(3))
        expect(performance.now() - begin).toBeLessThan(1500)
      } finally {
        await unlockOne()
        await unlockOther()
      }
      expect(await reserve('a')).toEqual({ result: 'reserved' })
    })

    test('a missing table is named, and nothing runs', async () => {
      for (const table of ['no_such_table', ...(database.dialect === 'mysql' ? [] : ['no_such_schema.uses'])]) {
        expect(await getStoreError(database.execute, database.dialect, table)).toMatchObject({
          code: 'store_unavailable',
          message: 'the table of the use store does not exist',
          fix: expect.stringContaining(`hookurl uses schema --dialect ${database.dialect}`),
        })
      }
    })

    test('a database that accepts no writes is named, and nothing runs', async () => {
      await createTable('hookurl_uses')
      const { execute, close } = await database.connectReadOnly()
      try {
        expect(await getStoreError(execute, database.dialect)).toMatchObject({
          code: 'store_unavailable',
          message: 'the database of the use store accepts no writes',
          fix: 'Connect to the primary.',
        })
      } finally {
        await close()
      }
    })

    test('a replica that lags behind is named, and nothing runs twice', async () => {
      const table = 'lagging'
      await createTable(table)
      const { dialect } = database
      const replies = new Map<unknown, unknown>()
      const execute: SqlExecutor = async (sql, values) => {
        if (!sql.startsWith('SELECT')) return database.execute(sql, values)
        const [id] = values
        if (!replies.has(id)) replies.set(id, await database.execute(sql, values))
        return replies.get(id)
      }
      const { send, runs, errors } = countingReceiver(sqlUseStore(execute, { dialect, table }))
      const request = singleUseRequest()
      expect(summarize(await send(request))).toBe('200 ok')
      expect(summarize(await send(request))).toBe('503 store_unavailable')
      expect(runs()).toBe(1)
      expect(errors.at(-1)).toMatchObject({
        message: 'the record of a hook changed between each read and write of the use store',
        fix: expect.stringContaining('Read from the primary'),
      })
    })

    test.each(['', '{}', '[]', '[2,0]', '[1,null]', '[1,0,["a","l",0]]', '[1,0,["a","x",0,0]]', '[1,0,["a","l",0,0'])(
      'a record %j is corrupt, and nothing runs',
      async (record) => {
        const table = 'corrupt'
        await createTable(table)
        const execute: SqlExecutor = async (sql, values) => {
          if (sql.startsWith('SELECT')) {
            await database.execute(`DELETE FROM ${table} WHERE id = '${values[0]}'`, [])
            await database.execute(`INSERT INTO ${table} VALUES ('${values[0]}', 1, '${record}', 9e15)`, [])
          }
          return database.execute(sql, values)
        }
        const error = await getStoreError(execute, database.dialect, table)
        expect(error).toMatchObject({ code: 'store_unavailable', cause: expect.any(Error) })
      },
    )
  })
}

describeDatabase('PostgreSQL', postgresAbsence, async () => {
  const { url } = await sharePostgres()
  const { pool, execute, close } = connectPg(url)
  return {
    dialect: 'postgres',
    execute,
    connectReadOnly: async () => connectPg(url, { options: '-c default_transaction_read_only=on' }),
    lock: async (table, id) => {
      const client = await pool.connect()
      await client.query('BEGIN')
      await client.query(`SELECT 1 FROM ${table} WHERE id = $1 FOR UPDATE`, [id])
      return () => client.query('ROLLBACK').then(() => client.release())
    },
    close: async () => close(),
  }
})

describeDatabase('MariaDB', mariadbAbsence, async () => {
  const { createConnection } = await import('mysql2/promise')
  const { url, adminUrl } = await shareMariadb()
  const { execute, close } = connectMysql2(url)
  const admin = connectMysql2(adminUrl)
  return {
    dialect: 'mysql',
    execute,
    connectReadOnly: async () => {
      await admin.execute('SET GLOBAL read_only = 1', [])
      return { execute, close: () => admin.execute('SET GLOBAL read_only = 0', []) }
    },
    lock: async (table, id) => {
      const connection = await createConnection(url)
      await connection.query('BEGIN')
      await connection.query(`SELECT 1 FROM ${table} WHERE id = ? FOR UPDATE`, [id])
      return () => connection.end()
    },
    close: async () => Promise.all([close(), admin.close()]),
  }
})

describeDatabase('SQLite', undefined, async () => {
  const { path, remove } = createTempFolder()
  const file = join(path, 'uses.db')
  const database = new Database(file)
  return {
    dialect: 'sqlite',
    execute: (sql, values) => database.prepare(sql).all(...values),
    connectReadOnly: async () => {
      const reader = new Database(file)
      reader.exec('PRAGMA query_only = 1')
      return { execute: (sql, values) => reader.prepare(sql).all(...values), close: () => reader.close() }
    },
    close: async () => {
      database.close()
      remove()
    },
  }
})

test.skipIf(postgresAbsence !== undefined)(
  `a hot standby of PostgreSQL accepts no writes, and nothing runs${postgresAbsence === undefined ? '' : `: ${postgresAbsence}`}`,
  async () => {
    const primary = await sharePostgres()
    const { execute, close } = connectPg(primary.url)
    for (const statement of createUseSchema('postgres')) await execute(statement, [])
    await close()
    const standby = await startPostgres({ standbyOf: primary })
    const reader = connectPg(standby.url)
    try {
      expect(await getStoreError(reader.execute, 'postgres')).toMatchObject({
        message: 'the database of the use store accepts no writes',
      })
    } finally {
      await reader.close()
      await standby.stop()
    }
  },
)

test.skipIf(mariadbAbsence !== undefined)(
  `a connection without autocommit is named, and nothing runs${mariadbAbsence === undefined ? '' : `: ${mariadbAbsence}`}`,
  async () => {
    const { createConnection } = await import('mysql2/promise')
    const { url } = await shareMariadb()
    const connection = await createConnection(url)
    await connection.query('SET autocommit = 0')
    for (const statement of createUseSchema('mysql')) await connection.query(statement)
    expect(await getStoreError((sql, values) => connection.query(sql, values), 'mysql')).toMatchObject({
      message: 'the connection of the use store does not commit its statements',
    })
    await connection.end()
  },
)
