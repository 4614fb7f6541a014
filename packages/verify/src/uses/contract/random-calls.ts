import { memoryUseStore } from '../memory.ts'
import type { ReserveRequest, UseStore } from '../store.ts'
import { expectEqual } from './expect-equal.ts'
import { createId, type StoreFacts } from './subject.ts'

const STEPS = 240
const STEPS_PER_HOOK = 40
const owners = ['a', 'b', 'c', 'd', 'e', 'f']
const deliveryIds = [undefined, 'id:1', 'id:2', 'fp:1', 'fp:2']

/** A random sequence of calls, some of which are repeated as if their response had been lost. */
export const randomFacts: StoreFacts = {
  'a random sequence of calls, some of them repeated, has the same results as in memory': async (subject) => {
    const model = memoryUseStore()
    const random = createRandom(20)
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
    const ids = [createId(), createId()]
    for (let step = 0; step < STEPS; step++) {
      const [owner, deliveryId] = [pick(owners), pick(deliveryIds)]
      const request = subject.createRequest(owner, { id: pick(ids), maxUses: pick([2, 3, 4]), deliveryId })
      const { name, call } = pick(calls)
      const expected = await call(model, request)
      const store = pick([subject.store, subject.otherStore])
      for (let times = pick([1, 1, 1, 2]); times > 0; times--)
        expectEqual(await call(store, request), expected, `step ${step}, ${name} of ${owner}`)
      if (step % STEPS_PER_HOOK === STEPS_PER_HOOK - 1) ids.splice(0, 1, createId())
    }
  },
}

interface StoreCall {
  readonly name: string
  readonly call: (store: UseStore, request: ReserveRequest) => Promise<unknown>
}

const reserving: StoreCall = {
  name: 'reserve',
  call: async (store, request) => (await store.reserve(request)).result,
}
const calls: readonly StoreCall[] = [
  reserving,
  reserving,
  { name: 'renew', call: (store, { id, owner, leaseMs }) => store.renew(id, owner, leaseMs) },
  { name: 'commit', call: (store, { id, owner, deliveryId }) => store.commit(id, owner, deliveryId) },
  { name: 'release', call: (store, { id, owner }) => store.release(id, owner) },
]

// A linear congruential generator: the same numbers in every run.
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
