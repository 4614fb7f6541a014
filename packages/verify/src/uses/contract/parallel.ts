import { isHookurlError } from '@hookurl/core'
import type { ReserveRequest, UseStore } from '../store.ts'
import { expectEqual } from './expect-equal.ts'
import type { StoreFacts, StoreSubject } from './subject.ts'

const CALLS = 200
const COMMITS = 5
const MAX_ROUNDS = 10

/** Calls at once, through two instances of the store. */
export const parallelFacts: StoreFacts = {
  'exactly one of 200 parallel reservations gets the use': (subject) => expectReservations(subject, 1),

  'exactly maxUses of 200 parallel reservations get a use': (subject) => expectReservations(subject, 3),

  'exactly one of 200 parallel reservations gets a released use': async (subject) => {
    await subject.reserve('first', { maxUses: 2 })
    await subject.reserve('second', { maxUses: 2 })
    await subject.release('second')
    await expectReservations(subject, 1, { maxUses: 2 })
  },

  'parallel commits of several owners are all kept': async (subject) => {
    const owners = Array.from({ length: COMMITS }, (_, use) => ({ owner: `owner ${use}`, deliveryId: `id:${use}` }))
    const toRequest = (deliveryId?: string): Partial<ReserveRequest> => ({ maxUses: COMMITS, deliveryId })
    for (const { owner, deliveryId } of owners) await subject.reserve(owner, toRequest(deliveryId))
    const results = await callInParallel(subject, owners, (store, { owner, deliveryId }) =>
      store.commit(subject.id, owner, deliveryId),
    )
    expectEqual(
      results,
      owners.map(() => true),
      'the commits',
    )
    await subject.expectReserve('last', 'already_used', toRequest())
    for (const { deliveryId } of owners) await subject.expectReserve('last', 'duplicate', toRequest(deliveryId))
  },

  'the instances see the changes of each other': async (subject) => {
    const { id, otherStore } = subject
    const [first, second] = [subject.createRequest('a'), subject.createRequest('b')]
    await subject.expectReserve('a', 'reserved')
    expectEqual((await otherStore.reserve(second)).result, 'in_progress', 'the reservation of the other instance')
    await subject.release('a')
    expectEqual((await otherStore.reserve(second)).result, 'reserved', 'its reservation after the release')
    expectEqual((await subject.store.reserve(first)).result, 'in_progress', 'the reservation of the first instance')
    expectEqual(await otherStore.commit(id, 'b', 'id:1'), true, 'the commit of the other instance')
    await subject.expectReserve('c', 'duplicate', { deliveryId: 'id:1' })
  },
}

async function expectReservations(
  subject: StoreSubject,
  count: number,
  more: Partial<ReserveRequest> = { maxUses: count },
): Promise<void> {
  const owners = Array.from({ length: CALLS }, (_, call) => `owner ${call}`)
  const results = await callInParallel(
    subject,
    owners,
    async (store, owner) => (await store.reserve(subject.createRequest(owner, more))).result,
  )
  const numbers = { reserved: 0, in_progress: 0, already_used: 0, duplicate: 0 }
  for (const result of results) numbers[result]++
  const expected = { reserved: count, in_progress: CALLS - count, already_used: 0, duplicate: 0 }
  expectEqual(numbers, expected, `the results of ${CALLS} reservations`)
}

/**
 * Makes the calls at once, every other one through the other instance, and those again that failed by a conflict: after
 * half a second of conflicts, a compare-and-set store gives up, the receiver responds with 503, and its client sends the
 * request again.
 */
async function callInParallel<Input, Result>(
  { store, otherStore }: StoreSubject,
  inputs: readonly Input[],
  call: (store: UseStore, input: Input) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let waiting = inputs
  for (let round = 1; waiting.length > 0; round++) {
    const settled = await Promise.allSettled(waiting.map((input, at) => call(at % 2 === 0 ? store : otherStore, input)))
    const failed: Input[] = []
    for (const [at, outcome] of settled.entries()) {
      if (outcome.status === 'fulfilled') results.push(outcome.value)
      else if (round < MAX_ROUNDS && isConflict(outcome.reason)) failed.push(waiting[at] as Input)
      else throw outcome.reason
    }
    waiting = failed
  }
  return results
}

function isConflict(error: unknown): boolean {
  return isHookurlError(error) && error.code === 'store_unavailable'
}
