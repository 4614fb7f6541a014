import { randomUUID } from 'node:crypto'
import { memoryUseStore, type ReserveRequest, type UseStore } from '@hookurl/verify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sqlStoreKinds, stopSqlServers } from '../support/sql-stores.ts'
import { type OpenStore, type StoreKind, stopServers, storeKinds } from '../support/use-stores.ts'

for (const kind of [...storeKinds, ...sqlStoreKinds]) describeStore(kind)

afterAll(stopServers)
afterAll(stopSqlServers)

/** What every store does. */
function describeStore({ name, absence, open }: StoreKind): void {
  describe.skipIf(absence !== undefined)(absence === undefined ? name : `${name}: ${absence}`, () => {
    let opened: OpenStore
    let id: string

    beforeAll(async () => {
      opened = await open()
    }, 30_000)
    beforeEach(() => {
      id = randomUUID()
    })
    afterAll(() => opened.close())

    const reserveWithTime = (owner: string, more: Partial<ReserveRequest> = {}) => {
      const { store, leaseMs } = opened
      const expiresAt = new Date((opened.now?.() ?? Date.now()) + 1e9)
      const request = { id, maxUses: 1, owner, leaseMs, expiresAt, deliveryId: undefined, duplicateMs: 1e9 }
      return store.reserve({ ...request, ...more })
    }
    const reserve = async (owner: string, more: Partial<ReserveRequest> = {}) =>
      (await reserveWithTime(owner, more)).result
    const commit = (owner: string, deliveryId?: string) => opened.store.commit(id, owner, deliveryId)
    const renew = (owner: string) => opened.store.renew(id, owner, opened.leaseMs)
    const release = (owner: string) => opened.store.release(id, owner)
    const endLease = () => opened.advance(opened.leaseMs + 20)

    test('a use is in progress while it is reserved, and already used once it is committed', async () => {
      expect(await reserve('a')).toBe('reserved')
      expect(await reserve('b')).toBe('in_progress')
      expect(await commit('a')).toBe(true)
      expect(await reserve('b')).toBe('already_used')
      await endLease()
      expect(await reserve('b')).toBe('already_used')
    })

    test('exactly one of 100 concurrent reservations gets the use', async () => {
      const results = await Promise.all(Array.from({ length: 100 }, (_, index) => reserve(`owner ${index}`)))
      expect(results.filter((result) => result === 'reserved')).toHaveLength(1)
      expect(results.filter((result) => result === 'in_progress')).toHaveLength(99)
    })

    test('exactly maxUses of 100 concurrent reservations get a use', async () => {
      const results = await Promise.all(Array.from({ length: 100 }, (_, index) => reserve(`${index}`, { maxUses: 7 })))
      expect(results.filter((result) => result === 'reserved')).toHaveLength(7)
    })

    test('a released use can be reserved again', async () => {
      await reserve('a')
      await release('a')
      expect(await commit('a')).toBe(false)
      expect(await reserve('b')).toBe('reserved')
    })

    test('another owner can reserve a use whose lease has ended, and the first owner loses it', async () => {
      await reserve('a')
      await endLease()
      expect(await reserve('b')).toBe('reserved')
      expect(await renew('a')).toBe(false)
      expect(await commit('a')).toBe(false)
      await release('a')
      expect(await reserve('c')).toBe('in_progress')
      expect(await commit('b')).toBe(true)
    })

    test('an owner keeps a use whose lease has ended until another owner reserves it', async () => {
      await reserve('a')
      await endLease()
      expect(await renew('a')).toBe(true)
      expect(await reserve('b')).toBe('in_progress')
      await endLease()
      expect(await commit('a')).toBe(true)
      expect(await reserve('b')).toBe('already_used')
    })

    test('a renewal extends the lease from the time of the renewal', async () => {
      await reserve('a')
      for (let times = 0; times < 3; times++) {
        await opened.advance(opened.leaseMs * 0.6)
        expect(await renew('a')).toBe(true)
      }
      expect(await reserve('b')).toBe('in_progress')
    })

    test('repeating a reserve or commit of the same owner changes nothing', async () => {
      // A client repeats a call whose response it did not receive.
      expect(await reserve('a')).toBe('reserved')
      expect(await reserve('a')).toBe('reserved')
      expect(await commit('a', 'fp:1')).toBe(true)
      expect(await commit('a', 'fp:1')).toBe(true)
      expect(await reserve('b')).toBe('already_used')
    })

    test('a committed use cannot be released or renewed', async () => {
      await reserve('a')
      await commit('a', 'fp:1')
      await release('a')
      expect(await reserve('b')).toBe('already_used')
      expect(await renew('a')).toBe(false)
    })

    test('repeating a renew or release changes nothing', async () => {
      await reserve('a')
      expect(await renew('a')).toBe(true)
      expect(await renew('a')).toBe(true)
      await release('a')
      await release('a')
      expect(await reserve('b')).toBe('reserved')
    })

    test('a call with an unknown owner or id changes nothing', async () => {
      expect(await renew('x')).toBe(false)
      expect(await commit('x')).toBe(false)
      await release('x')
      await reserve('a')
      expect(await renew('x')).toBe(false)
      expect(await commit('x', 'id:1')).toBe(false)
      await release('x')
      expect(await reserve('b')).toBe('in_progress')
    })

    test('two ids are counted separately', async () => {
      const other = randomUUID()
      expect(await reserve('a')).toBe('reserved')
      expect(await reserve('a', { id: other })).toBe('reserved')
      await commit('a')
      expect(await reserve('b')).toBe('already_used')
      expect(await reserve('b', { id: other })).toBe('in_progress')
    })

    test('reserved and committed uses both count towards maxUses', async () => {
      const three = { maxUses: 3 }
      for (const owner of ['a', 'b', 'c']) expect(await reserve(owner, three)).toBe('reserved')
      await commit('a')
      expect(await reserve('d', three)).toBe('in_progress')
      await release('b')
      expect(await reserve('d', three)).toBe('reserved')
      for (const owner of ['c', 'd']) await commit(owner)
      expect(await reserve('e', three)).toBe('already_used')
    })

    test('a named delivery is in progress while it is processed, and a duplicate once it is committed', async () => {
      const named = { maxUses: 3, deliveryId: 'id:1' }
      expect(await reserve('a', named)).toBe('reserved')
      expect(await reserve('b', named)).toBe('in_progress')
      expect(await reserve('c', { ...named, deliveryId: 'id:2' })).toBe('reserved')
      await commit('a', 'id:1')
      expect(await reserve('b', named)).toBe('duplicate')
      await release('c')
      expect(await reserve('b', { ...named, deliveryId: 'id:2' })).toBe('reserved')
    })

    test('a named delivery can be reserved again after its lease has ended', async () => {
      const named = { maxUses: 3, deliveryId: 'id:1' }
      await reserve('a', named)
      await endLease()
      expect(await reserve('b', named)).toBe('reserved')
    })

    test('a fingerprint is a duplicate only when no uses are left', async () => {
      const [first, second] = ['fp:1', 'fp:2'].map((deliveryId) => ({ maxUses: 3, deliveryId }))
      expect(await reserve('a', first)).toBe('reserved')
      await commit('a', 'fp:1')
      for (const owner of ['b', 'c']) expect(await reserve(owner, second)).toBe('reserved')
      await commit('b', 'fp:2')
      expect(await reserve('d', second)).toBe('in_progress')
      await commit('c', 'fp:2')
      expect(await reserve('d', first)).toBe('duplicate')
      expect(await reserve('d', { maxUses: 3 })).toBe('already_used')
      expect(await reserve('d', { maxUses: 3, deliveryId: 'fp:3' })).toBe('already_used')
    })

    test('a fingerprint of several committed uses is not a duplicate', async () => {
      const same = { maxUses: 3, deliveryId: 'fp:1' }
      for (const owner of ['a', 'b', 'c']) {
        expect(await reserve(owner, same)).toBe('reserved')
        await commit(owner, 'fp:1')
      }
      expect(await reserve('d', same)).toBe('already_used')
    })

    test('a use can be committed first and get its delivery id later', async () => {
      const sameDelivery = { deliveryId: 'fp:1' }
      await reserve('a', sameDelivery)
      expect(await commit('a')).toBe(true)
      expect(await reserve('b')).toBe('already_used')
      expect(await reserve('b', sameDelivery)).toBe('in_progress')
      await release('a')
      expect(await reserve('b')).toBe('already_used')
      expect(await renew('a')).toBe(true)
      expect(await commit('a', 'fp:1')).toBe(true)
      expect(await reserve('b')).toBe('already_used')
      expect(await reserve('b', sameDelivery)).toBe('duplicate')
    })

    test('a use that was committed first stays used after its lease has ended', async () => {
      await reserve('a', { deliveryId: 'id:1' })
      await commit('a')
      await endLease()
      expect(await reserve('b', { deliveryId: 'id:1' })).toBe('already_used')
    })

    test('a record is removed when its URL expires, but not during its lease', async () => {
      const { leaseMs, advance } = opened
      const start = opened.now?.() ?? Date.now()
      const expiresAt = new Date(start + 3 * leaseMs)
      await reserve('a', { expiresAt })
      await commit('a')
      await advance(2 * leaseMs)
      expect(await reserve('b', { expiresAt })).toBe('already_used')
      await advance(leaseMs + 20)
      expect(await reserve('b', { expiresAt })).toBe('reserved')
      expect(await reserve('c', { expiresAt })).toBe('in_progress')
    })

    test('a record of two URLs is kept until the later one expires', async () => {
      const { leaseMs, advance } = opened
      const start = opened.now?.() ?? Date.now()
      const soon = { expiresAt: new Date(start + 2 * leaseMs), maxUses: 3 }
      const later = { expiresAt: new Date(start + 60 * leaseMs), maxUses: 3 }
      for (const [owner, expiry] of [
        ['a', soon],
        ['b', later],
        ['c', soon],
      ] as const) {
        await reserve(owner, expiry)
        await commit(owner)
      }
      await advance(3 * leaseMs)
      expect(await reserve('d', later)).toBe('already_used')
    })

    test('a delivery is a duplicate for duplicateMs after its commit', async () => {
      const { leaseMs, advance } = opened
      await reserve('a', { deliveryId: 'id:1' })
      await commit('a', 'id:1')
      expect(await reserve('b', { deliveryId: 'id:1', duplicateMs: 60_000 })).toBe('duplicate')
      await advance(leaseMs)
      expect(await reserve('b', { deliveryId: 'id:1', duplicateMs: leaseMs / 2 })).toBe('already_used')
    })

    test('already_used comes with the time of the last commit', async () => {
      const before = opened.now?.() ?? Date.now()
      await reserve('a')
      await commit('a')
      const { result, at = 0 } = await reserveWithTime('b')
      expect(result).toBe('already_used')
      expect(at).toBeGreaterThanOrEqual(before - 1000)
      expect(at).toBeLessThanOrEqual((opened.now?.() ?? Date.now()) + 1000)
    })

    test('a random sequence of calls has the same results as in the memory store', async () => {
      const model = memoryUseStore()
      const random = createRandom(20)
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
      const ids = [randomUUID(), randomUUID()]
      const expiresAt = new Date(Date.now() + 1e9)
      for (let step = 0; step < 400; step++) {
        const [id, owner, deliveryId] = [pick(ids), pick(owners), pick(deliveryIds)]
        const request = {
          id,
          maxUses: pick([2, 3, 4]),
          owner,
          leaseMs: 600_000,
          expiresAt,
          deliveryId,
          duplicateMs: 1e9,
        }
        const call = pick<(store: UseStore) => Promise<unknown>>([
          async (store) => (await store.reserve(request)).result,
          async (store) => (await store.reserve(request)).result,
          (store) => store.renew(id, owner, 600_000),
          (store) => store.commit(id, owner, deliveryId),
          (store) => store.release(id, owner),
        ])
        expect([step, await call(opened.store)]).toEqual([step, await call(model)])
        if (step % 40 === 39) ids.splice(0, 1, randomUUID())
      }
    })
  })
}

const owners = ['a', 'b', 'c', 'd', 'e', 'f']
const deliveryIds = [undefined, 'id:1', 'id:2', 'fp:1', 'fp:2']

// A linear congruential generator: the same numbers in every run.
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
