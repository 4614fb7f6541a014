import { randomUUID } from 'node:crypto'
import { memoryUseStore, type UseStore } from '@hookurl/verify'
import { type CasRow, type CasTable, type CasWrite, casUseStore } from '@hookurl/verify/cas'
import { createStoreTests, type StoreTestOptions } from '@hookurl/verify/store-tests'
import { expect, test } from 'vitest'
import { createCasTable } from '../support/use-stores.ts'

interface TestClock {
  now(): number
  advance(milliseconds: number): void
}

/** Returns the first test that a store fails, with its message; `undefined` if it passes all. */
async function findFailure(open: (clock: TestClock) => () => UseStore): Promise<string | undefined> {
  let time = 1_800_000_000_000
  const clock: TestClock = { now: () => time, advance: (milliseconds) => (time += milliseconds) }
  for (const { name, run } of createStoreTests(open(clock), { clock })) {
    try {
      await run()
    } catch (error) {
      return `${name}: ${error instanceof Error ? error.message : error}`
    }
  }
  return undefined
}

type Rows = Map<string, { version: string; record: string }>

/** A table in memory, and functions of it that are replaced by faulty ones. */
function createFaultyTable(
  toFaults: (rows: Rows, table: CasTable<string>) => Partial<CasTable<string>>,
): CasTable<string> {
  const rows: Rows = new Map()
  const table: CasTable<string> = {
    read: async (id) => rows.get(id),
    insert: async (row) => !rows.has(row.id) && write(rows, row),
    replace: async (row, version) => rows.get(row.id)?.version === version && write(rows, row),
  }
  return { ...table, ...toFaults(rows, table) }
}

function write(rows: Rows, { id, record }: CasWrite, version: string = randomUUID()): true {
  rows.set(id, { version, record })
  return true
}

const tableFaults: Readonly<Record<string, (clock: TestClock) => CasTable<string>>> = {
  'replaces a row whatever its version is': () =>
    createFaultyTable((rows) => ({ replace: async (row) => write(rows, row) })),
  'overwrites a row when it inserts': () => createFaultyTable((rows) => ({ insert: async (row) => write(rows, row) })),
  'reports an insert as successful although the row exists': () =>
    createFaultyTable((rows) => ({ insert: async (row) => rows.has(row.id) || write(rows, row) })),
  'reports a replace as successful although the version has changed': () =>
    createFaultyTable((_rows, table) => ({ replace: async (...row) => (await table.replace(...row)) || true })),
  'throws when the row exists': () =>
    createFaultyTable((_rows, table) => ({
      insert: async (row) => (await table.insert(row)) || Promise.reject(new Error('duplicate key')),
    })),
  'gives every write the same version': () =>
    createFaultyTable((rows) => ({
      insert: async (row) => !rows.has(row.id) && write(rows, row, '1'),
      replace: async (row, version) => rows.get(row.id)?.version === version && write(rows, row, '1'),
    })),
  'reads from a replica that is one write behind': () => {
    const replica = new Map<string, CasRow<string> | undefined>()
    return createFaultyTable((rows, table) => {
      const replicate = (id: string): object => replica.set(id, rows.get(id))
      return {
        read: async (id) => replica.get(id),
        insert: async (row) => replicate(row.id) && table.insert(row),
        replace: async (row, version) => replicate(row.id) && table.replace(row, version),
      }
    })
  },
  'cuts a record off after 4096 characters': () =>
    createFaultyTable((rows, table) => ({
      read: async (id) => {
        const row = rows.get(id)
        return row && { ...row, record: row.record.slice(0, 4096) }
      },
      insert: table.insert,
    })),
  'keeps the first 63 characters of an id': () =>
    createFaultyTable((_rows, table) => ({
      read: (id) => table.read(id.slice(0, 63)),
      insert: (row) => table.insert({ ...row, id: row.id.slice(0, 63) }),
      replace: (row, version) => table.replace({ ...row, id: row.id.slice(0, 63) }, version),
    })),
  'deletes a row half a second after it was written': ({ now }) => {
    const ends = new Map<string, number>()
    return createFaultyTable((rows, table) => {
      const keep = (id: string): object => ends.set(id, now() + 500)
      return {
        read: async (id) => ((ends.get(id) ?? 0) > now() ? rows.get(id) : undefined),
        insert: async (row) => keep(row.id) && table.insert(row),
        replace: async (row, version) => keep(row.id) && table.replace(row, version),
      }
    })
  },
  'takes seconds for milliseconds': ({ now }) =>
    createFaultyTable((rows) => ({ read: async (id) => ({ ...rows.get(id), now: Math.floor(now() / 1000) }) })),
  'has a clock that stands still': ({ now }) => {
    const start = now()
    return createFaultyTable((rows) => ({ read: async (id) => ({ ...rows.get(id), now: start }) }))
  },
  'does not write a record without uses': () =>
    createFaultyTable((rows, table) => ({
      replace: async (row, version) =>
        JSON.parse(row.record).length === 2 ? rows.has(row.id) : table.replace(row, version),
    })),
}

const storeFaults: Readonly<Record<string, (store: UseStore) => Partial<UseStore>>> = {
  'renews every lease': (store) => ({ renew: async (...lease) => (await store.renew(...lease)) || true }),
  'reports every commit as successful': (store) => ({ commit: async (...use) => (await store.commit(...use)) || true }),
  'forgets the delivery of a commit': (store) => ({ commit: (id, owner) => store.commit(id, owner, undefined) }),
  'counts a repeated reservation as another owner': (store) => ({
    reserve: (request) => store.reserve({ ...request, owner: request.owner + randomUUID() }),
  }),
  'ignores maxUses': (store) => ({ reserve: (request) => store.reserve({ ...request, maxUses: 1 }) }),
  'treats a fingerprint as a name': (store) => ({
    reserve: (request) => store.reserve({ ...request, deliveryId: request.deliveryId?.replace('fp:', 'id:fp:') }),
    commit: (id, owner, deliveryId) => store.commit(id, owner, deliveryId?.replace('fp:', 'id:fp:')),
  }),
  'ignores duplicateMs': (store) => ({ reserve: (request) => store.reserve({ ...request, duplicateMs: 1e12 }) }),
  'returns the time of the commit in seconds': (store) => ({
    reserve: async (request) => {
      const { result, at } = await store.reserve(request)
      return { result, ...(at !== undefined && { at: at / 1000 }) }
    },
  }),
}

for (const [fault, createTable] of Object.entries(tableFaults)) {
  test(`a table that ${fault} fails the tests`, async () => {
    const failure = await findFailure((clock) => {
      const table = createTable(clock)
      return () => casUseStore(table, { now: clock.now })
    })
    expect(failure).toBeDefined()
  })
}

for (const [fault, toFaults] of Object.entries(storeFaults)) {
  test(`a store that ${fault} fails the tests`, async () => {
    const failure = await findFailure(({ now }) => {
      const store = memoryUseStore({ now })
      return () => ({ ...store, ...toFaults(store) })
    })
    expect(failure).toBeDefined()
  })
}

test('a store whose instances do not share their data fails the tests', async () => {
  expect(
    await findFailure(
      ({ now }) =>
        () =>
          memoryUseStore({ now }),
    ),
  ).toContain('200 parallel')
})

test('a table whose client repeats a write, and so reports a successful one as failed, passes the tests', async () => {
  let writes = 0
  const table = createCasTable()
  const lose = async (isWritten: Promise<boolean>) => (await isWritten) && ++writes % 3 !== 0
  const losing: typeof table = {
    ...table,
    insert: (row) => lose(table.insert(row)),
    replace: (row, version) => lose(table.replace(row, version)),
  }
  expect(await findFailure((clock) => () => casUseStore(losing, { now: clock.now }))).toBeUndefined()
  expect(writes).toBeGreaterThan(200)
})

test('a store that cannot be opened fails every test with the reason', async () => {
  const tests = createStoreTests(() => Promise.reject(new Error('no connection')))
  for (const { run } of tests.slice(0, 2)) await expect(run()).rejects.toThrow('no connection')
})

test('a failure shows both values', async () => {
  const [first] = createStoreTests(() => ({
    ...memoryUseStore(),
    reserve: async () => ({ result: 'duplicate' as const }),
  }))
  await expect(first?.run()).rejects.toMatchObject({
    message: 'the reservation of a: expected "reserved", got "duplicate"',
    actual: 'duplicate',
    expected: 'reserved',
  })
})

test('invalid options are rejected', () => {
  const create = (open: unknown, options?: unknown) => () =>
    createStoreTests(open as () => UseStore, options as StoreTestOptions)
  expect(create(memoryUseStore())).toThrow('needs a function')
  expect(create(memoryUseStore, { lease: 1 })).toThrow('no option "lease"')
  expect(create(memoryUseStore, { leaseMs: 0 })).toThrow('positive')
})
