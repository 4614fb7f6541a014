import { expectEqual } from './expect-equal.ts'
import type { StoreFacts } from './subject.ts'

// The end of the year 9999, and the time that a record is kept after its URL.
const LATEST_EXPIRY = new Date(253_402_305_600_000)
const MANY_USES = 30
const MAX_DELIVERY_ID_LENGTH = 80
const MAX_CLOCK_DIFFERENCE_MS = 60_000

/** What a record keeps, and for how long. */
export const recordFacts: StoreFacts = {
  'a record is removed when its URL expires, but not during its lease': async (subject) => {
    const { leaseMs } = subject
    const expiresAt = new Date(subject.now() + 3 * leaseMs)
    await subject.reserveBriefly('a', { expiresAt })
    await subject.commit('a')
    await subject.advance(2 * leaseMs)
    await subject.expectReserve('b', 'already_used', { expiresAt })
    await subject.endLease()
    await subject.expectReserve('b', 'reserved', { expiresAt })
    await subject.expectReserve('c', 'in_progress', { expiresAt })
  },

  'a record of two URLs is kept until the later one expires': async (subject) => {
    const start = subject.now()
    const soon = { expiresAt: new Date(start + 2 * subject.leaseMs), maxUses: 3 }
    const later = { expiresAt: new Date(start + 60 * subject.leaseMs), maxUses: 3 }
    for (const [owner, expiry] of Object.entries({ a: soon, b: later, c: soon })) {
      await subject.reserveBriefly(owner, expiry)
      await subject.commit(owner)
    }
    await subject.advance(3 * subject.leaseMs)
    await subject.expectReserve('d', 'already_used', later)
  },

  'a record of the URL that expires last is kept': async (subject) => {
    const request = { expiresAt: LATEST_EXPIRY }
    await subject.expectReserve('a', 'reserved', request)
    await subject.expectReserve('b', 'in_progress', request)
    expectEqual(await subject.commit('a'), true, 'the commit of a')
    await subject.expectReserve('b', 'already_used', request)
  },

  'a record keeps many uses with their deliveries': async (subject) => {
    const toRequest = (use: number): { maxUses: number; deliveryId: string } => ({
      maxUses: MANY_USES,
      deliveryId: `id:${use}-`.padEnd(MAX_DELIVERY_ID_LENGTH, 'x'),
    })
    const owners = Array.from({ length: MANY_USES }, (_, use) => crypto.randomUUID() + use)
    for (const [use, owner] of owners.entries()) await subject.expectReserve(owner, 'reserved', toRequest(use))
    for (const use of [0, MANY_USES - 1]) {
      const { deliveryId } = toRequest(use)
      expectEqual(await subject.commit(String(owners[use]), deliveryId), true, `the commit of use ${use}`)
    }
    await subject.expectReserve('b', 'duplicate', toRequest(0))
    await subject.expectReserve('b', 'in_progress', toRequest(1))
    await subject.expectReserve('b', 'duplicate', toRequest(MANY_USES - 1))
  },

  'already_used comes with the time of the last commit, in epoch milliseconds': async (subject) => {
    const before = subject.now()
    await subject.reserve('a')
    await subject.commit('a')
    const { result, at = 0 } = await subject.store.reserve(subject.createRequest('b'))
    expectEqual(result, 'already_used', 'the reservation of b')
    const isRecent = at > before - MAX_CLOCK_DIFFERENCE_MS && at < subject.now() + MAX_CLOCK_DIFFERENCE_MS
    expectEqual(isRecent, true, `the commit was just now, and its time is ${at}`)
  },
}
