import { randomUUID } from 'node:crypto'
import type { UseStore } from '@hookurl/verify'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { open } from 'lmdb'
import { expect, onTestFinished, test } from 'vitest'
import { expectOptionError } from '../support/fixtures.ts'
import { createTempFolder } from '../support/use-stores.ts'

const DAY_MS = 86_400_000
const startTime = 1_800_000_000_000

function createFolder(): string {
  const { path, remove } = createTempFolder()
  onTestFinished(remove)
  return path
}

/** A store over a new folder, with a clock that the test sets. */
function createStore() {
  const path = createFolder()
  const clock = { time: startTime }
  return { path, clock, store: lmdbUseStore(path, { now: () => clock.time }) }
}

async function reserveAndCommit(store: UseStore, id: string, expiresAt: number): Promise<unknown> {
  const owner = randomUUID()
  const { result } = await store.reserve({
    duplicateMs: DAY_MS,
    id,
    maxUses: 1,
    owner,
    leaseMs: 1000,
    expiresAt: new Date(expiresAt),
    deliveryId: undefined,
  })
  await store.commit(id, owner, undefined)
  return result
}

async function readKeys(path: string): Promise<string[]> {
  const database = open({ path, noSubdir: false, readOnly: true })
  const keys = [...database.getKeys()].map(String)
  await database.close()
  return keys
}

async function readRecords(path: string): Promise<string[]> {
  return (await readKeys(path)).filter((key) => key.startsWith('use'))
}

test('each reservation removes a few expired records from the file', async () => {
  const { path, clock, store } = createStore()
  for (let index = 0; index < 25; index++) await reserveAndCommit(store, `id ${index}`, clock.time + DAY_MS + index)
  clock.time += 2 * DAY_MS
  for (let index = 0; index < 3; index++) await reserveAndCommit(store, `later ${index}`, clock.time + DAY_MS)
  await store.close()
  expect(await readRecords(path)).toEqual(['use,later 0', 'use,later 1', 'use,later 2'])
  expect(await readKeys(path)).toHaveLength(6)
})

test('a reservation looks for expired records at most once a second', async () => {
  const { path, clock, store } = createStore()
  await reserveAndCommit(store, 'first', clock.time + 500 + 1000)
  clock.time += 1499
  await reserveAndCommit(store, 'second', clock.time + DAY_MS)
  clock.time += 1001
  await reserveAndCommit(store, 'third', clock.time + DAY_MS)
  await store.close()
  expect(await readRecords(path)).toEqual(['use,second', 'use,third'])
})

test('a reservation looks for expired records at once after the clock was set back', async () => {
  const { path, clock, store } = createStore()
  await reserveAndCommit(store, 'first', clock.time + 500)
  clock.time += 365 * DAY_MS
  await reserveAndCommit(store, 'second', clock.time + 2 * DAY_MS)
  clock.time -= 364 * DAY_MS
  await reserveAndCommit(store, 'third', clock.time + 500)
  clock.time += DAY_MS
  await reserveAndCommit(store, 'fourth', clock.time + DAY_MS)
  await store.close()
  expect(await readRecords(path)).toEqual(['use,fourth', 'use,second'])
})

test('a released use leaves no key in the file', async () => {
  const path = createFolder()
  const store = lmdbUseStore(path)
  const expiresAt = new Date(Date.now() + DAY_MS)
  await store.reserve({ id: 'k', maxUses: 1, owner: 'a', leaseMs: 1000, expiresAt, deliveryId: 'fp:1', duplicateMs: 0 })
  await store.release('k', 'a')
  await store.close()
  expect(await readKeys(path)).toEqual([])
})

test('a committed use stays committed after the file is reopened', async () => {
  const path = createFolder()
  const before = lmdbUseStore(path)
  await reserveAndCommit(before, 'k', Date.now() + DAY_MS)
  await before.close()
  const after = lmdbUseStore(path)
  expect(await reserveAndCommit(after, 'k', Date.now() + DAY_MS)).toBe('already_used')
  await after.close()
})

test('a closed store rejects a reservation', async () => {
  const store = lmdbUseStore(createFolder())
  await store.close()
  await expect(reserveAndCommit(store, 'k', Date.now() + DAY_MS)).rejects.toThrow()
})

const invalid: readonly [what: string, path: unknown, options: object, message: RegExp][] = [
  ['an empty path', '', {}, /needs the path of a folder/],
  ['a missing path', undefined, {}, /needs the path of a folder/],
  ['an unknown option', '/tmp/x', { sync: true }, /no option "sync"/],
  ['a clock that is not a function', '/tmp/x', { now: 1 }, /now must be/],
]
for (const [what, path, options, message] of invalid) {
  test(`lmdbUseStore throws invalid_option for ${what}`, async () => {
    await expectOptionError(() => lmdbUseStore(path as string, options as never), message)
  })
}
