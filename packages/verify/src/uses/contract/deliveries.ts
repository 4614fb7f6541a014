import { expectEqual } from './expect-equal.ts'
import type { StoreFacts } from './subject.ts'

/** Deliveries, and their duplicates. */
export const deliveryFacts: StoreFacts = {
  'a named delivery is in progress while it is processed, and a duplicate once it is committed': async (subject) => {
    const named = { maxUses: 3, deliveryId: 'id:1' }
    const other = { ...named, deliveryId: 'id:2' }
    await subject.expectReserve('a', 'reserved', named)
    await subject.expectReserve('b', 'in_progress', named)
    await subject.expectReserve('c', 'reserved', other)
    await subject.commit('a', 'id:1')
    await subject.expectReserve('b', 'duplicate', named)
    await subject.release('c')
    await subject.expectReserve('b', 'reserved', other)
  },

  'a fingerprint is a duplicate only when no uses are left': async (subject) => {
    const first = { maxUses: 3, deliveryId: 'fp:1' }
    const second = { ...first, deliveryId: 'fp:2' }
    await subject.expectReserve('a', 'reserved', first)
    await subject.commit('a', 'fp:1')
    for (const owner of ['b', 'c']) await subject.expectReserve(owner, 'reserved', second)
    await subject.commit('b', 'fp:2')
    await subject.expectReserve('d', 'in_progress', second)
    await subject.commit('c', 'fp:2')
    await subject.expectReserve('d', 'duplicate', first)
    await subject.expectReserve('d', 'already_used', { maxUses: 3 })
    await subject.expectReserve('d', 'already_used', { maxUses: 3, deliveryId: 'fp:3' })
  },

  'a fingerprint of several committed uses is not a duplicate': async (subject) => {
    const same = { maxUses: 3, deliveryId: 'fp:1' }
    for (const owner of ['a', 'b', 'c']) {
      await subject.expectReserve(owner, 'reserved', same)
      await subject.commit(owner, 'fp:1')
    }
    await subject.expectReserve('d', 'already_used', same)
  },

  'a use can be committed first and get its delivery id later': async (subject) => {
    const same = { deliveryId: 'fp:1' }
    await subject.reserve('a', same)
    expectEqual(await subject.commit('a'), true, 'the commit of a')
    await subject.expectReserve('b', 'already_used')
    await subject.expectReserve('b', 'in_progress', same)
    await subject.release('a')
    await subject.expectReserve('b', 'already_used')
    expectEqual(await subject.renew('a'), true, 'the renewal of a')
    expectEqual(await subject.commit('a', 'fp:1'), true, 'the commit of a with its delivery')
    await subject.expectReserve('b', 'already_used')
    await subject.expectReserve('b', 'duplicate', same)
  },

  'a delivery is a duplicate for duplicateMs after its commit': async (subject) => {
    const { leaseMs } = subject
    await subject.reserve('a', { deliveryId: 'id:1' })
    await subject.commit('a', 'id:1')
    await subject.expectReserve('b', 'duplicate', { deliveryId: 'id:1', duplicateMs: 600_000 })
    await subject.advance(leaseMs)
    await subject.expectReserve('b', 'already_used', { deliveryId: 'id:1', duplicateMs: leaseMs / 2 })
  },
}
