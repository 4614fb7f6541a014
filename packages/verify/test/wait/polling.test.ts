import { setTimeout as sleep } from 'node:timers/promises'
import { memoryWaitStore, type Wait } from '@hookurl/verify/wait'
import { expect, test } from 'vitest'
import { type MountedWaiter, mountWaiter } from '../support/waiters.ts'

/** Mounts a waiter that records how many waits each call of its store reads. */
function mountCountingWaiter(pollInterval: string): MountedWaiter & { reads: number[] } {
  const store = memoryWaitStore()
  const reads: number[] = []
  const waits = {
    ...store,
    read: (ids: readonly string[]) => {
      reads.push(ids.length)
      return store.read(ids)
    },
  }
  return { ...mountWaiter({ waits, pollInterval }), reads }
}

async function openMany(mounted: MountedWaiter, count: number): Promise<Wait[]> {
  return Promise.all(Array.from({ length: count }, () => mounted.waiter.open({ command: '/onResult' })))
}

test('a wait that no one awaits is never read', async () => {
  const mounted = mountCountingWaiter('50ms')
  await openMany(mounted, 100)
  await sleep(150)
  expect(mounted.reads).toEqual([])
})

test('all awaited waits are read in one call, once per interval', async () => {
  const mounted = mountCountingWaiter('50ms')
  const waits = await openMany(mounted, 100)
  const startedAt = performance.now()
  for (const { received } of waits) received.catch(() => {})
  await sleep(275)
  const intervals = (performance.now() - startedAt) / 50
  expect(new Set(mounted.reads)).toEqual(new Set([100]))
  expect(mounted.reads.length).toBeGreaterThanOrEqual(2)
  expect(mounted.reads.length).toBeLessThanOrEqual(intervals + 1)
})

test('a wait that is awaited later is read immediately, alone', async () => {
  const mounted = mountCountingWaiter('1m')
  const [first, ...others] = await openMany(mounted, 10)
  for (const { received } of others) received.catch(() => {})
  await sleep(20)
  mounted.reads.length = 0
  first?.received.catch(() => {})
  await expect.poll(() => mounted.reads).toEqual([1])
})

test('a call reads at most 500 waits', async () => {
  const mounted = mountCountingWaiter('1m')
  for (const { received } of await openMany(mounted, 1200)) received.catch(() => {})
  await expect.poll(() => mounted.reads).toEqual([500, 500, 200])
})

test('nothing is read once every wait is settled', async () => {
  const mounted = mountCountingWaiter('50ms')
  const waits = await openMany(mounted, 20)
  const waiting = Promise.all(waits.map(({ received }) => received))
  await sleep(20)
  for (const { url } of waits) await mounted.call(url, 1)
  await waiting
  mounted.reads.length = 0
  await sleep(150)
  expect(mounted.reads).toEqual([])
})

test('a wait is awaited any number of times, and read once', async () => {
  const mounted = mountCountingWaiter('50ms')
  const { url, id, received } = await mounted.waiter.open({ command: '/onResult' })
  const all = Promise.all([received, received, mounted.waiter.resume(id), Promise.race([received, sleep(1000)])])
  await sleep(20)
  await mounted.call(url, 1)
  const [first, ...others] = await all
  for (const other of others) expect(other).toBe(first)
  expect(first.payload).toBe(1)
  expect(new Set(mounted.reads)).toEqual(new Set([1]))
})

test('a signal that outlives its waits keeps no listeners', async () => {
  const mounted = mountCountingWaiter('50ms')
  const { signal } = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++
    addEventListener.apply(signal, given)
  }
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--
    removeEventListener.apply(signal, given)
  }
  const called = await mounted.waiter.open({ command: '/onResult', signal })
  await mounted.waiter.open({ command: '/onResult', signal, expiresIn: '1m' })
  expect(listeners).toBe(2)
  await mounted.call(called.url, 1)
  mounted.advance(60_000)
  await expect.poll(() => listeners).toBe(0)
})
