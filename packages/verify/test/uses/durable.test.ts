import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { durableUseStore } from '@hookurl/verify/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTempFolder } from '../support/use-stores.ts'
import { type StoreWorker, startStoreWorker } from '../support/workerd.ts'

const folder = createTempFolder()
let worker: StoreWorker

beforeAll(async () => {
  worker = await startStoreWorker(folder.path)
}, 30_000)
afterAll(() => worker.stop().then(folder.remove))

/** Starts workerd again, as if every object had been evicted. */
async function restart(): Promise<void> {
  await worker.stop()
  worker = await startStoreWorker(folder.path)
}

function createRequest(owner: string, id: string, lifeMs: number = 1e9) {
  const expiresAt = new Date(Date.now() + lifeMs)
  return { id, maxUses: 1, owner, leaseMs: 60_000, expiresAt, deliveryId: 'id:1', duplicateMs: 1e9 }
}

test('a reservation and a commit are kept when the objects restart', async () => {
  const id = randomUUID()
  await worker.durable.reserve(createRequest('a', id))
  await restart()
  expect(await worker.durable.reserve(createRequest('b', id))).toEqual({ result: 'in_progress' })
  expect(await worker.durable.commit(id, 'a', 'id:1')).toBe(true)
  await restart()
  expect(await worker.durable.reserve(createRequest('b', id))).toEqual({ result: 'duplicate' })
}, 30_000)

test('exactly one of 200 parallel requests to the Worker reserves the use', async () => {
  const id = randomUUID()
  const owners = Array.from({ length: 200 }, (_, owner) => String(owner))
  const requests = owners.map((owner) => ({ ...createRequest(owner, id), deliveryId: undefined }))
  const results = await Promise.all(requests.map((request) => worker.durable.reserve(request)))
  expect(results.filter(({ result }) => result === 'reserved')).toHaveLength(1)
  expect(results.filter(({ result }) => result === 'in_progress')).toHaveLength(199)
})

test('an object deletes all that it has stored when its URL expires', async () => {
  const id = randomUUID()
  await worker.durable.reserve({ ...createRequest('a', id, 300), leaseMs: 300 })
  await worker.durable.commit(id, 'a', undefined)
  expect(await worker.readStorage(id)).toEqual({ keys: ['record'], alarm: expect.any(Number) })
  await expect.poll(() => worker.readStorage(id), { timeout: 5000 }).toEqual({ keys: [], alarm: null })
})

test('an object keeps a record that was extended until its later end', async () => {
  const id = randomUUID()
  await worker.durable.reserve({ ...createRequest('a', id, 300), leaseMs: 300, maxUses: 2 })
  await worker.durable.reserve({ ...createRequest('b', id, 60_000), maxUses: 2, deliveryId: undefined })
  await sleep(600)
  const { keys, alarm } = await worker.readStorage(id)
  expect(keys).toEqual(['record'])
  expect(alarm).toBeGreaterThan(Date.now() + 30_000)
})

test('a call whose object was restarted is repeated once, unless the object is overloaded', async () => {
  const createStore = (properties: object, failures: number) => {
    let calls = 0
    const fetch = async () => {
      calls++
      if (calls <= failures) throw Object.assign(new Error('restarted'), properties)
      return Response.json(true)
    }
    return { store: durableUseStore({ idFromName: (name) => name, get: () => ({ fetch }) }), count: () => calls }
  }
  const restarted = createStore({ retryable: true }, 1)
  expect(await restarted.store.commit('id', 'a', undefined)).toBe(true)
  expect(restarted.count()).toBe(2)
  const gone = createStore({ retryable: true }, 2)
  await expect(gone.store.renew('id', 'a', 1)).rejects.toThrow('restarted')
  const overloaded = createStore({ retryable: true, overloaded: true }, 1)
  await expect(overloaded.store.release('id', 'a')).rejects.toThrow('restarted')
  expect(overloaded.count()).toBe(1)
})

test('a binding to another class, or none, is reported', async () => {
  const other = durableUseStore({
    idFromName: (name) => name,
    get: () => ({ fetch: async () => new Response('no', { status: 404 }) }),
  })
  await expect(other.commit('id', 'a', undefined)).rejects.toThrow(
    'responded with 404; check that the binding uses the class HookurlUses',
  )
  expect(() => durableUseStore(undefined as never)).toThrow('needs the binding')
})
