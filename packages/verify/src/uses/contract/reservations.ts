import { expectEqual } from './expect-equal.ts'
import { createId, type StoreFacts } from './subject.ts'

/** Reserving, committing and releasing, one call after the other. */
export const reservationFacts: StoreFacts = {
  'a use is in progress while it is reserved, and already used once it is committed': async (subject) => {
    await subject.expectReserve('a', 'reserved')
    await subject.expectReserve('b', 'in_progress')
    expectEqual(await subject.commit('a'), true, 'the commit of a')
    await subject.expectReserve('b', 'already_used')
  },

  'a released use can be reserved again': async (subject) => {
    await subject.reserve('a')
    await subject.release('a')
    expectEqual(await subject.commit('a'), false, 'the commit of a after its release')
    await subject.expectReserve('b', 'reserved')
  },

  'a committed use cannot be released or renewed': async (subject) => {
    await subject.reserve('a')
    await subject.commit('a', 'fp:1')
    await subject.release('a')
    await subject.expectReserve('b', 'already_used')
    expectEqual(await subject.renew('a'), false, 'the renewal of a committed use')
  },

  // A client repeats a call whose response it did not receive.
  'repeating a call of the same owner changes nothing': async (subject) => {
    await subject.expectReserve('a', 'reserved')
    await subject.expectReserve('a', 'reserved')
    for (const time of ['first', 'second']) expectEqual(await subject.renew('a'), true, `the ${time} renewal`)
    await subject.release('a')
    await subject.release('a')
    await subject.expectReserve('b', 'reserved')
    for (const time of ['first', 'second']) expectEqual(await subject.commit('b', 'fp:1'), true, `the ${time} commit`)
    await subject.expectReserve('c', 'already_used')
  },

  'a call with an unknown owner or id changes nothing': async (subject) => {
    for (const when of ['before', 'after']) {
      expectEqual(await subject.renew('x'), false, `the renewal ${when} the reservation`)
      expectEqual(await subject.commit('x', 'id:1'), false, `the commit ${when} the reservation`)
      await subject.release('x')
      if (when === 'before') await subject.expectReserve('a', 'reserved')
    }
    await subject.expectReserve('b', 'in_progress')
  },

  'ids that differ only in their last character are counted separately': async (subject) => {
    const id = createId().slice(0, -1)
    await subject.expectReserve('a', 'reserved', { id: `${id}0` })
    await subject.expectReserve('a', 'reserved', { id: `${id}1` })
    await subject.store.commit(`${id}0`, 'a', undefined)
    await subject.expectReserve('b', 'already_used', { id: `${id}0` })
    await subject.expectReserve('b', 'in_progress', { id: `${id}1` })
  },

  'reserved and committed uses both count towards maxUses': async (subject) => {
    const three = { maxUses: 3 }
    for (const owner of ['a', 'b', 'c']) await subject.expectReserve(owner, 'reserved', three)
    await subject.commit('a')
    await subject.expectReserve('d', 'in_progress', three)
    await subject.release('b')
    await subject.expectReserve('d', 'reserved', three)
    for (const owner of ['c', 'd']) await subject.commit(owner)
    await subject.expectReserve('e', 'already_used', three)
  },
}
