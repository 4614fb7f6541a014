import { expectEqual } from './expect-equal.ts'
import type { StoreFacts } from './subject.ts'

/** Leases that end. */
export const leaseFacts: StoreFacts = {
  'another owner can reserve a use whose lease has ended, and the first owner loses it': async (subject) => {
    await subject.reserveBriefly('a')
    await subject.endLease()
    await subject.expectReserve('b', 'reserved')
    expectEqual(await subject.renew('a'), false, 'the renewal of a')
    expectEqual(await subject.commit('a'), false, 'the commit of a')
    await subject.release('a')
    await subject.expectReserve('c', 'in_progress')
    expectEqual(await subject.commit('b'), true, 'the commit of b')
  },

  'an owner keeps a use whose lease has ended until another owner reserves it': async (subject) => {
    await subject.reserveBriefly('a')
    await subject.endLease()
    expectEqual(await subject.renew('a'), true, 'the renewal of a')
    await subject.expectReserve('b', 'in_progress')
    await subject.endLease()
    expectEqual(await subject.commit('a'), true, 'the commit of a')
    await subject.expectReserve('b', 'already_used')
  },

  'a renewal extends the lease from the time of the renewal': async (subject) => {
    await subject.reserveBriefly('a')
    for (let times = 0; times < 3; times++) {
      await subject.advance(subject.leaseMs * 0.5)
      expectEqual(await subject.renew('a'), true, 'the renewal of a')
    }
    await subject.expectReserve('b', 'in_progress')
  },

  'a renewal by 0 ends the lease': async (subject) => {
    await subject.reserve('a')
    expectEqual(await subject.store.renew(subject.id, 'a', 0), true, 'the renewal of a')
    await subject.expectReserve('b', 'reserved')
  },

  'a committed use stays used after its lease has ended': async (subject) => {
    await subject.reserveBriefly('a', { deliveryId: 'id:1' })
    await subject.commit('a')
    await subject.endLease()
    await subject.expectReserve('b', 'already_used', { deliveryId: 'id:1' })
  },

  'a named delivery can be reserved again after its lease has ended': async (subject) => {
    const named = { maxUses: 3, deliveryId: 'id:1' }
    await subject.reserveBriefly('a', named)
    await subject.endLease()
    await subject.expectReserve('b', 'reserved', named)
  },
}
