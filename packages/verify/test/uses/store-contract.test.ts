import type { SqlExecutor } from '@hookurl/verify/sql'
import { createStoreTests } from '@hookurl/verify/store-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqlStoreKinds, stopSqlServers } from '../support/sql-stores.ts'
import { createTempFolder, type OpenStore, type StoreKind, stopServers, storeKinds } from '../support/use-stores.ts'
import { type StoreWorker, startStoreWorker } from '../support/workerd.ts'

for (const kind of [...storeKinds, ...sqlStoreKinds]) describeStore(kind)

afterAll(stopServers)
afterAll(stopSqlServers)

describe('in workerd', () => {
  const folder = createTempFolder()
  let worker: StoreWorker

  beforeAll(async () => {
    worker = await startStoreWorker(folder.path)
  }, 30_000)
  afterAll(() => worker.stop().then(folder.remove))

  test.concurrent.each([
    ['Durable Objects', 'durable'],
    ['D1', 'd1'],
  ] as const)(
    'the store in %s passes every test',
    async (_name, store) => {
      const { passed, failed } = await worker.runTests(store)
      expect(failed).toEqual([])
      expect(passed).toEqual(createStoreTests(() => worker.durable).map((each) => each.name))
    },
    120_000,
  )
})

/** What every store does. */
function describeStore({ name, absence, hasTransactions = false, open }: StoreKind): void {
  describe.skipIf(absence !== undefined)(absence === undefined ? name : `${name}: ${absence}`, () => {
    let opened: OpenStore

    beforeAll(async () => {
      opened = await open()
    }, 30_000)
    afterAll(() => opened.close())

    let instances = 0
    const openStore = () => (instances++ === 0 ? opened.store : (opened.otherStore ?? opened.store))
    const clock = { now: () => opened.now?.() ?? Date.now(), advance: (ms: number) => opened.advance(ms) }
    const execute: SqlExecutor | undefined = hasTransactions
      ? (sql, values) => opened.execute?.(sql, values)
      : undefined
    for (const { name, run } of createStoreTests(openStore, { clock, execute })) test(name, run, 60_000)
  })
}
