import { memoryUseStore, type UseStore } from '@hookurl/verify'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { open } from 'lmdb'
import { expect, onTestFinished, test } from 'vitest'
import { expectOptionError } from '../support/fixtures.ts'
import { createTempFolder } from '../support/use-stores.ts'

const day = 86_400_000

function folder(): string {
  const { path, remove } = createTempFolder()
  onTestFinished(remove)
  return path
}

async function spend(store: UseStore, key: string, expiresAt: number) {
  const use = { key, maxUses: 1, owner: 'a', leaseMs: 1000, expiresAt: new Date(expiresAt), delivery: undefined }
  const answer = await store.reserve(use)
  await store.commit(key, 'a', undefined)
  return answer
}

test('LMDB: records that have expired leave the file by themselves, a few with each claim', async () => {
  const path = folder()
  let time = 1_800_000_000_000
  const store = lmdbUseStore(path, { now: () => time })
  for (let index = 0; index < 25; index++) await spend(store, `key ${index}`, time + day + index)
  time += 2 * day
  for (let index = 0; index < 3; index++) await spend(store, `later ${index}`, time + day)
  await store.close()
  const database = open({ path, noSubdir: false, readOnly: true })
  const keys = [...database.getKeys()].map(String)
  await database.close()
  expect(keys.filter((key) => key.startsWith('use'))).toEqual(['use,later 0', 'use,later 1', 'use,later 2'])
  expect(keys).toHaveLength(6)
})

test('LMDB: where nothing had expired, claims look again a second later', async () => {
  const path = folder()
  let time = 1_800_000_000_000
  const store = lmdbUseStore(path, { now: () => time })
  await spend(store, 'first', time + 500 + 1000)
  time += 1499
  await spend(store, 'second', time + day)
  time += 1001
  await spend(store, 'third', time + day)
  await store.close()
  const database = open({ path, noSubdir: false, readOnly: true })
  const keys = [...database.getKeys()].map(String)
  await database.close()
  expect(keys.filter((key) => key.startsWith('use'))).toEqual(['use,second', 'use,third'])
})

test('LMDB: a released use leaves nothing', async () => {
  const path = folder()
  const store = lmdbUseStore(path)
  const expiresAt = new Date(Date.now() + day)
  await store.reserve({ id: 'k', maxUses: 1, owner: 'a', leaseMs: 1000, expiresAt, deliveryId: 'fp:1' })
  await store.release('k', 'a')
  await store.close()
  const database = open({ path, noSubdir: false, readOnly: true })
  const keys = [...database.getKeys()]
  await database.close()
  expect(keys).toEqual([])
})

test('LMDB: what was spent is spent after closing and opening again', async () => {
  const path = folder()
  const before = lmdbUseStore(path)
  await spend(before, 'k', Date.now() + day)
  await before.close()
  const after = lmdbUseStore(path)
  const use = { key: 'k', maxUses: 1, owner: 'b', leaseMs: 1000, expiresAt: new Date(Date.now() + day) }
  expect(await after.reserve({ ...use, deliveryId: undefined })).toBe('already_used')
  await after.close()
})

test('LMDB: a store that is closed errs, and is not taken for an answer', async () => {
  const store = lmdbUseStore(folder())
  await store.close()
  await expect(spend(store, 'k', Date.now() + day)).rejects.toThrow()
})

test('memory: records that have expired leave it by themselves', async () => {
  let time = 1_800_000_000_000
  const before = process.memoryUsage().heapUsed
  const store = memoryUseStore({ now: () => time })
  const key = 'k'.repeat(1000)
  for (let index = 0; index < 60_000; index++) {
    time += 1000
    await spend(store, `${key}${index}`.split('').reverse().join(''), time + 5000)
  }
  // Without the sweep it would be more than 60 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000)
}, 30_000)

test('lmdbUses: a mistake in the options is reported when it is made', async () => {
  await expectOptionError(() => lmdbUseStore(''), /takes the path of a folder/)
  await expectOptionError(() => lmdbUseStore(undefined as never), /takes the path of a folder/)
  await expectOptionError(() => lmdbUseStore('/tmp/x', { sync: true } as never), /no option "sync"/)
  await expectOptionError(() => lmdbUseStore('/tmp/x', { now: 1 } as never), /now must be/)
})

test('LMDB: claims look again at once where the clock was set back', async () => {
  const path = folder()
  let time = 1_800_000_000_000
  const store = lmdbUseStore(path, { now: () => time })
  await spend(store, 'first', time + 500)
  time += 365 * day
  await spend(store, 'second', time + 2 * day)
  time -= 364 * day
  await spend(store, 'third', time + 500)
  time += day
  await spend(store, 'fourth', time + day)
  await store.close()
  const database = open({ path, noSubdir: false, readOnly: true })
  const keys = [...database.getKeys()].map(String)
  await database.close()
  expect(keys.filter((key) => key.startsWith('use'))).toEqual(['use,fourth', 'use,second'])
})
