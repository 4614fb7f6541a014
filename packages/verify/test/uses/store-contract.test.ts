import { randomUUID } from 'node:crypto'
import { memoryUseStore, type ReserveRequest, type UseStore } from '@hookurl/verify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { redisAbsence } from '../support/redis.ts'
import { storeKinds, type OpenStore, type StoreKind, stopServers } from '../support/use-stores.ts'

for (const kind of storeKinds) describeStore(kind)

afterAll(stopServers)

/** What every store promises. */
function describeStore({ name, needsRedis = false, open }: StoreKind): void {
  const isMissing = needsRedis && redisAbsence !== undefined
  describe.skipIf(isMissing)(isMissing ? `${name}: ${redisAbsence}` : name, () => {
    let opened: OpenStore
    let key: string

    beforeAll(async () => {
      opened = await open()
    }, 30_000)
    beforeEach(() => {
      key = randomUUID()
    })
    afterAll(() => opened.close())

    const claim = (owner: string, more: Partial<ReserveRequest> = {}) => {
      const { store, leaseMs } = opened
      const expiresAt = new Date((opened.now?.() ?? Date.now()) + 1e9)
      return store.reserve({ id, maxUses: 1, owner, leaseMs, expiresAt, deliveryId: undefined, ...more })
    }
    const commit = (owner: string, delivery?: string) => opened.store.commit(key, owner, delivery)
    const renew = (owner: string) => opened.store.renew(key, owner, opened.leaseMs)
    const release = (owner: string) => opened.store.release(key, owner)
    const endLease = () => opened.advance(opened.leaseMs + 20)

    test('a use is claimed, is busy while it is held, and spent once it is committed', async () => {
      expect(await claim('a')).toBe('reserved')
      expect(await claim('b')).toBe('in_progress')
      expect(await commit('a')).toBe(true)
      expect(await claim('b')).toBe('already_used')
      await endLease()
      expect(await claim('b')).toBe('already_used')
    })

    test('of a hundred claims at once exactly one gets the use', async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => claim(`owner ${index}`)))
      expect(answers.filter((answer) => answer === 'reserved')).toHaveLength(1)
      expect(answers.filter((answer) => answer === 'in_progress')).toHaveLength(99)
    })

    test('of a hundred claims at once exactly as many get one as there are uses', async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => claim(`${index}`, { maxUses: 7 })))
      expect(answers.filter((answer) => answer === 'reserved')).toHaveLength(7)
    })

    test('a released use can be claimed again', async () => {
      await claim('a')
      await release('a')
      expect(await commit('a')).toBe(false)
      expect(await claim('b')).toBe('reserved')
    })

    test('a use whose lease has ended can be claimed by another, and is lost then', async () => {
      await claim('a')
      await endLease()
      expect(await claim('b')).toBe('reserved')
      expect([await renew('a'), await commit('a')]).toEqual([false, false])
      await release('a')
      expect(await claim('c')).toBe('in_progress')
      expect(await commit('b')).toBe(true)
    })

    test('a use whose lease has ended is still its owner’s while nobody else has claimed it', async () => {
      await claim('a')
      await endLease()
      expect([await renew('a'), await claim('b')]).toEqual([true, 'in_progress'])
      await endLease()
      expect([await commit('a'), await claim('b')]).toEqual([true, 'already_used'])
    })

    test('a renewed lease holds from then on', async () => {
      await claim('a')
      for (let times = 0; times < 3; times++) {
        await opened.advance(opened.leaseMs * 0.6)
        expect(await renew('a')).toBe(true)
      }
      expect(await claim('b')).toBe('in_progress')
    })

    test('every call may come twice: a client sends again what it got no answer to', async () => {
      expect([await claim('a'), await claim('a')]).toEqual(['reserved', 'reserved'])
      expect([await commit('a', 'fp:1'), await commit('a', 'fp:1')]).toEqual([true, true])
      await release('a')
      expect(await claim('b')).toBe('already_used')
      expect(await renew('a')).toBe(false)
    })

    test('releasing or renewing twice changes nothing more', async () => {
      await claim('a')
      expect([await renew('a'), await renew('a')]).toEqual([true, true])
      await release('a')
      await release('a')
      expect(await claim('b')).toBe('reserved')
    })

    test('an unknown owner or key changes nothing', async () => {
      expect([await renew('x'), await commit('x')]).toEqual([false, false])
      await release('x')
      await claim('a')
      expect([await renew('x'), await commit('x', 'id:1')]).toEqual([false, false])
      await release('x')
      expect(await claim('b')).toBe('in_progress')
    })

    test('two keys are counted apart', async () => {
      const other = randomUUID()
      expect([await claim('a'), await claim('a', { key: other })]).toEqual(['reserved', 'reserved'])
      await commit('a')
      expect([await claim('b'), await claim('b', { key: other })]).toEqual(['already_used', 'in_progress'])
    })

    test('uses are counted down, and those that are held count', async () => {
      const three = { maxUses: 3 }
      for (const owner of ['a', 'b', 'c']) expect(await claim(owner, three)).toBe('reserved')
      await commit('a')
      expect(await claim('d', three)).toBe('in_progress')
      await release('b')
      expect(await claim('d', three)).toBe('reserved')
      for (const owner of ['c', 'd']) await commit(owner)
      expect(await claim('e', three)).toBe('already_used')
    })

    test('a named delivery is a repeat whenever it was committed, and busy while it runs', async () => {
      const named = { maxUses: 3, delivery: 'id:1' }
      expect(await claim('a', named)).toBe('reserved')
      expect(await claim('b', named)).toBe('in_progress')
      expect(await claim('c', { ...named, delivery: 'id:2' })).toBe('reserved')
      await commit('a', 'id:1')
      expect(await claim('b', named)).toBe('duplicate')
      await release('c')
      expect(await claim('b', { ...named, delivery: 'id:2' })).toBe('reserved')
    })

    test('a named delivery whose run has died may be claimed again', async () => {
      const named = { maxUses: 3, delivery: 'id:1' }
      await claim('a', named)
      await endLease()
      expect(await claim('b', named)).toBe('reserved')
    })

    test('a fingerprint is a repeat only where the uses are spent', async () => {
      const [one, two] = ['fp:1', 'fp:2'].map((delivery) => ({ maxUses: 3, delivery }))
      expect(await claim('a', one)).toBe('reserved')
      await commit('a', 'fp:1')
      for (const owner of ['b', 'c']) expect(await claim(owner, two)).toBe('reserved')
      await commit('b', 'fp:2')
      expect(await claim('d', two)).toBe('in_progress')
      await commit('c', 'fp:2')
      expect(await claim('d', one)).toBe('duplicate')
      expect([await claim('d', { maxUses: 3 }), await claim('d', { maxUses: 3, delivery: 'fp:3' })]).toEqual([
        'already_used',
        'already_used',
      ])
    })

    test('a fingerprint that stands for several uses tells nobody apart', async () => {
      const same = { maxUses: 3, delivery: 'fp:1' }
      for (const owner of ['a', 'b', 'c']) {
        expect(await claim(owner, same)).toBe('reserved')
        await commit(owner, 'fp:1')
      }
      expect(await claim('d', same)).toBe('already_used')
    })

    test('a use may be spent first, and its delivery said later', async () => {
      const same = { delivery: 'fp:1' }
      await claim('a', same)
      expect(await commit('a')).toBe(true)
      expect([await claim('b'), await claim('b', same)]).toEqual(['already_used', 'in_progress'])
      await release('a')
      expect(await claim('b')).toBe('already_used')
      expect([await renew('a'), await commit('a', 'fp:1')]).toEqual([true, true])
      expect([await claim('b'), await claim('b', same)]).toEqual(['already_used', 'duplicate'])
    })

    test('a use that was spent first and whose run has died is spent', async () => {
      await claim('a', { delivery: 'id:1' })
      await commit('a')
      await endLease()
      expect(await claim('b', { delivery: 'id:1' })).toBe('already_used')
    })

    test('a record vanishes with its URL, not before, and not while its lease holds', async () => {
      const { leaseMs, advance } = opened
      const start = opened.now?.() ?? Date.now()
      const expiresAt = new Date(start + 3 * leaseMs)
      await claim('a', { expiresAt })
      await commit('a')
      await advance(2 * leaseMs)
      expect(await claim('b', { expiresAt })).toBe('already_used')
      await advance(leaseMs + 20)
      expect(await claim('b', { expiresAt })).toBe('reserved')
      expect(await claim('c', { expiresAt })).toBe('in_progress')
    })

    test('a record stays for the longer of two URLs that share it', async () => {
      const { leaseMs, advance } = opened
      const start = opened.now?.() ?? Date.now()
      const soon = { expiresAt: new Date(start + 2 * leaseMs), maxUses: 3 }
      const later = { expiresAt: new Date(start + 60 * leaseMs), maxUses: 3 }
      for (const [owner, expiry] of [
        ['a', soon],
        ['b', later],
        ['c', soon],
      ] as const) {
        await claim(owner, expiry)
        await commit(owner)
      }
      await advance(3 * leaseMs)
      expect(await claim('d', later)).toBe('already_used')
    })

    test('a random mix of calls comes to what it comes to in memory', async () => {
      const model = memoryUseStore()
      const random = createRandom(20)
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
      const keys = [randomUUID(), randomUUID()]
      const expiresAt = new Date(Date.now() + 1e9)
      for (let step = 0; step < 400; step++) {
        const [key, owner, delivery] = [pick(keys), pick(owners), pick(deliveries)]
        const claimed = { key, uses: pick([2, 3, 4]), owner, leaseMs: 600_000, expiresAt, delivery }
        const call = pick<(store: UseStore) => Promise<unknown>>([
          (store) => store.claim(claimed),
          (store) => store.claim(claimed),
          (store) => store.renew(key, owner, 600_000),
          (store) => store.commit(key, owner, delivery),
          (store) => store.release(key, owner),
        ])
        expect([step, await call(opened.store)]).toEqual([step, await call(model)])
        if (step % 40 === 39) keys.splice(0, 1, randomUUID())
      }
    })
  })
}

const owners = ['a', 'b', 'c', 'd', 'e', 'f']
const deliveries = [undefined, 'id:1', 'id:2', 'fp:1', 'fp:2']

// The same numbers in every run (a linear congruential generator).
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
