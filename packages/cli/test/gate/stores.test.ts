import { setTimeout } from 'node:timers/promises'
import { memoryUseStore, type ReserveRequest, type UseStore } from '@hookurl/verify'
import { describe, expect, test } from 'vitest'
import { createResultStore, limitStoreTime } from '../../src/gate/stores.ts'

const request: ReserveRequest = {
  id: 'a'.repeat(64),
  owner: 'owner-1',
  maxUses: 1,
  leaseMs: 60_000,
  expiresAt: new Date(Date.now() + 3_600_000),
  deliveryId: undefined,
  duplicateMs: 0,
}

interface SlowStore {
  readonly store: UseStore
  /** Lets the calls that were made so far continue. */
  proceed(): void
  readonly calls: readonly string[]
}

/** A store whose reservations and commits wait, as those of a server that is busy. */
function createSlowStore(): SlowStore {
  const real = memoryUseStore()
  const calls: string[] = []
  let proceed = (): void => {}
  const gate = new Promise<void>((resolve) => (proceed = resolve))
  return {
    calls,
    proceed: () => proceed(),
    store: {
      reserve: async (reservation) => {
        calls.push('reserve')
        await gate
        return real.reserve(reservation)
      },
      commit: async (id, owner, deliveryId) => {
        calls.push('commit')
        await gate
        return real.commit(id, owner, deliveryId)
      },
      renew: real.renew,
      release: async (id, owner) => {
        calls.push('release')
        return real.release(id, owner)
      },
    },
  }
}

const unavailable = expect.objectContaining({ code: 'store_unavailable' })

describe('a store with limited time', () => {
  test('a reservation that takes too long is rejected, and released when it succeeds after all', async () => {
    const { store, proceed, calls } = createSlowStore()
    const limited = limitStoreTime(store, { timeoutMs: 10, getTimeLeft: () => 10, onCommit: () => {} })
    await expect(limited.reserve(request)).rejects.toEqual(unavailable)
    proceed()
    await expect.poll(() => calls).toEqual(['reserve', 'release'])
    const other = limitStoreTime(store, { timeoutMs: 10_000, getTimeLeft: () => 10_000, onCommit: () => {} })
    expect(await other.reserve({ ...request, owner: 'owner-2' })).toMatchObject({ result: 'reserved' })
  })

  test('nothing is called when there is no time left', async () => {
    const { store, calls } = createSlowStore()
    const limited = limitStoreTime(store, { timeoutMs: 50, getTimeLeft: () => 0, onCommit: () => {} })
    await expect(limited.reserve(request)).rejects.toEqual(unavailable)
    expect(calls).toEqual([])
  })

  test('a commit is not started when there is no time left', async () => {
    const { store, calls } = createSlowStore()
    const limited = limitStoreTime(store, { timeoutMs: 50, getTimeLeft: () => 0, onCommit: () => {} })
    await expect(limited.commit(request.id, request.owner, undefined)).rejects.toEqual(unavailable)
    expect(calls).toEqual([])
  })

  test('a commit that is under way when the time is over is awaited', async () => {
    const { store, proceed } = createSlowStore()
    let commits = 0
    const limited = limitStoreTime(store, { timeoutMs: 10, getTimeLeft: () => 10, onCommit: () => commits++ })
    const committing = limited.commit(request.id, request.owner, undefined)
    await setTimeout(50)
    expect(commits).toBe(1)
    proceed()
    expect(await committing).toBe(false)
  })

  test('a commit that adds the delivery has no time limit, since the hook was passed on', async () => {
    const { store, proceed } = createSlowStore()
    const limited = limitStoreTime(store, { timeoutMs: 50, getTimeLeft: () => 0, onCommit: () => {} })
    const committing = limited.commit(request.id, request.owner, 'id:1')
    proceed()
    expect(await committing).toBe(false)
  })

  test('while 1000 calls wait, others fail without a call', async () => {
    const { store, proceed, calls } = createSlowStore()
    const limited = limitStoreTime(store, { timeoutMs: 60_000, getTimeLeft: () => 60_000, onCommit: () => {} })
    const waiting = Array.from({ length: 1000 }, (_, at) => limited.reserve({ ...request, owner: `owner-${at}` }))
    await expect(limited.reserve(request)).rejects.toEqual(unavailable)
    expect(calls).toHaveLength(1000)
    proceed()
    const results = await Promise.all(waiting)
    expect(results.filter(({ result }) => result === 'reserved')).toHaveLength(1)
    expect(await limited.reserve(request)).toMatchObject({ result: 'in_progress' })
  })

  test('a store that throws synchronously fails like one that rejects', async () => {
    const store = {
      ...memoryUseStore(),
      reserve: () => {
        throw new Error('disconnected')
      },
    }
    const limited = limitStoreTime(store, { timeoutMs: 1000, getTimeLeft: () => 1000, onCommit: () => {} })
    await expect(limited.reserve(request)).rejects.toThrow('disconnected')
  })
})

test.each([
  ['already_used', 'already_used'],
  ['duplicate', 'duplicate'],
  ['in_progress', 'in_progress'],
  ['denied', 'reserved'],
])('a store that reproduces the result %s reserves with %s, and commits nothing', async (result, expected) => {
  const store = createResultStore(() => result, 50)
  expect(await store.reserve(request)).toEqual({ result: expected })
  expect(await store.commit(request.id, request.owner, undefined)).toBe(false)
})

test.each(['store_unavailable', undefined])('a store that reproduces %s fails', async (result) => {
  await expect(createResultStore(() => result, 50).reserve(request)).rejects.toEqual(unavailable)
})
