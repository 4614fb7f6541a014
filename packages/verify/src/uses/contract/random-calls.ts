import { memoryUseStore } from '../memory.ts'
import type { ReserveRequest, UseStore } from '../store.ts'
import { expectEqual } from './expect-equal.ts'
import { createId, type StoreFacts, type StoreSubject } from './subject.ts'

const SEQUENCES = 8
const STEPS = 40
const owners = ['a', 'b', 'c', 'd', 'e', 'f']
const deliveryIds = [undefined, 'id:1', 'id:2', 'fp:1', 'fp:2']

/** Random calls, some of which are repeated as if their response had been lost. */
export const randomFacts: StoreFacts = {
  'random calls, some of them repeated, have the same results as in memory': async (subject) => {
    const sequences = Array.from({ length: SEQUENCES }, (_, seed) => runSequence(subject, createRandom(seed)))
    await Promise.all(sequences)
  },
}

/** Makes one call after the other for one hook. */
async function runSequence({ store, otherStore, createRequest }: StoreSubject, random: () => number): Promise<void> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const model = memoryUseStore()
  const id = createId()
  for (let step = 0; step < STEPS; step++) {
    const [owner, deliveryId] = [pick(owners), pick(deliveryIds)]
    const request = createRequest(owner, { id, maxUses: pick([2, 3, 4]), deliveryId })
    const { name, call } = pick(calls)
    const expected = await call(model, request)
    const instance = pick([store, otherStore])
    for (let times = pick([1, 1, 1, 2]); times > 0; times--)
      expectEqual(await call(instance, request), expected, `step ${step}, ${name} of ${owner}`)
  }
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
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
