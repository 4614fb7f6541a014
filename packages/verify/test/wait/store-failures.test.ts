import { setTimeout as sleep } from 'node:timers/promises'
import { memoryWaitStore, type WaitStore } from '@hookurl/verify/wait'
import { describe, expect, test } from 'vitest'
import { summarize, timed } from '../support/counting-receiver.ts'
import { catchError } from '../support/fixtures.ts'
import { type MountedWaiter, mountWaiter } from '../support/waiters.ts'

type Fault = 'throws' | 'throws synchronously' | 'hangs' | 'loses its reply'
type Method = keyof WaitStore

interface FaultyWaiter extends MountedWaiter {
  /** The fault of each method. */
  readonly faults: Partial<Record<Method, Fault>>
  readonly calls: Method[]
}

/** Mounts a waiter whose store fails as the test says. */
function mountFaultyWaiter(): FaultyWaiter {
  const store = memoryWaitStore()
  const faults: Partial<Record<Method, Fault>> = {}
  const calls: Method[] = []
  function wrap<T extends unknown[], R>(
    method: Method,
    call: (...given: T) => Promise<R>,
  ): (...given: T) => Promise<R> {
    return (...given) => {
      calls.push(method)
      const fault = faults[method]
      if (fault === 'hangs') return new Promise(() => {})
      if (fault === 'throws synchronously') throw new Error('down')
      if (fault === 'throws') return Promise.reject(new Error('down'))
      const called = call(...given)
      return fault === 'loses its reply' ? called.then(() => Promise.reject(new Error('reset'))) : called
    }
  }
  const waits: WaitStore = {
    create: wrap('create', store.create),
    settle: wrap('settle', store.settle),
    read: wrap('read', store.read),
  }
  return { ...mountWaiter({ waits }), faults, calls }
}

const faults: readonly Fault[] = ['throws', 'throws synchronously', 'hangs', 'loses its reply']

describe.each(faults)('a store that %s', (fault) => {
  test('rejects open', async () => {
    const { waiter, faults } = mountFaultyWaiter()
    faults.create = fault
    const error = await catchError(() => waiter.open({ command: '/onResult' }))
    expect(error).toMatchObject({ code: 'store_unavailable', cause: expect.any(Error) })
  })

  test('gives a call 503, and a retry is received once', async () => {
    const { waiter, call, faults, errors } = mountFaultyWaiter()
    const { url, received } = await waiter.open({ command: '/onResult' })
    for (const method of ['read', 'settle'] as const) {
      faults[method] = fault
      const { response, ms } = await timed(call(url, 'retried'))
      expect(summarize(response)).toBe('503 store_unavailable')
      expect(response.header('retry-after')).toBe('5')
      expect(ms).toBeLessThan(3500)
      faults[method] = undefined
    }
    expect(errors).toHaveLength(2)
    // Without a reply, the first attempt was stored.
    expect(summarize(await call(url, 'retried'))).toBe(fault === 'loses its reply' ? '200 duplicate' : '200 ok')
    expect(summarize(await call(url, 'other'))).toBe('410 already_used')
    expect((await received).payload).toBe('retried')
  })

  test('delays received until it has recovered', async () => {
    const { waiter, call, faults, errors } = mountFaultyWaiter()
    const { url, received } = await waiter.open({ command: '/onResult' })
    faults.read = fault
    const waiting = received.then(({ payload }) => payload)
    await expect.poll(() => errors.length, { timeout: 5000 }).toBeGreaterThan(0)
    faults.read = undefined
    await call(url, 1)
    expect(await waiting).toBe(1)
  })

  test('rejects a resumed wait whose expiration time is not known', async () => {
    const { waiter, faults } = mountFaultyWaiter()
    faults.read = fault
    expect((await catchError(() => waiter.resume('some-id'))).code).toBe('store_unavailable')
  })

  test('rejects received once its URL has expired', async () => {
    const { waiter, faults, advance } = mountFaultyWaiter()
    const { received } = await waiter.open({ command: '/onResult', expiresIn: '15m' })
    faults.settle = fault
    const error = catchError(() => received)
    await sleep(20)
    advance(15 * 60_000)
    expect((await error).code).toBe('store_unavailable')
  })

  test('does not keep an aborted wait from rejecting', async () => {
    const { waiter, faults, errors } = mountFaultyWaiter()
    const controller = new AbortController()
    const { received } = await waiter.open({ command: '/onResult', signal: controller.signal })
    faults.settle = fault
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(received).rejects.toBe(reason)
    expect(errors).toMatchObject([{ code: 'store_unavailable' }])
  })
})

test('a store is asked again after a second while it fails, once for all waits', async () => {
  const { waiter, faults, calls, errors } = mountFaultyWaiter()
  const opened = await Promise.all(Array.from({ length: 1100 }, () => waiter.open({ command: '/onResult' })))
  faults.read = 'throws'
  for (const { received } of opened) received.catch(() => {})
  const startedAt = performance.now()
  await sleep(1500)
  const reads = calls.filter((method) => method === 'read').length
  expect(reads).toBeGreaterThanOrEqual(2)
  expect(reads).toBeLessThanOrEqual((performance.now() - startedAt) / 1000 + 1)
  expect(errors).toHaveLength(reads)
})

test('all resumed waits reject while a store hangs, after one call', async () => {
  const { waiter, faults, calls } = mountFaultyWaiter()
  faults.read = 'hangs'
  const ids = Array.from({ length: 1100 }, (_, at) => `id-${at}`)
  const codes = await Promise.all(ids.map((id) => catchError(() => waiter.resume(id)).then(({ code }) => code)))
  expect(new Set(codes)).toEqual(new Set(['store_unavailable']))
  expect(calls).toEqual(['read'])
})

test('the errors of a store name it, for the caller as for the waiter', async () => {
  const { waiter, call, faults, errors } = mountFaultyWaiter()
  const { url } = await waiter.open({ command: '/onResult' })
  faults.read = 'throws'
  await call(url, 1)
  expect(errors).toMatchObject([{ message: 'the wait store failed or did not respond in time' }])
})

test('an onError that throws changes nothing', async () => {
  const store = memoryWaitStore()
  let isDown = true
  const read: WaitStore['read'] = (ids) => (isDown ? Promise.reject(new Error('down')) : store.read(ids))
  const onError = (): void => {
    isDown = false
    throw new Error('of the application')
  }
  const { waiter } = mountWaiter({ waits: { ...store, read }, onError })
  const { url, received } = await waiter.open({ command: '/onResult' })
  const waiting = received.then(({ payload }) => payload)
  await expect.poll(() => isDown).toBe(false)
  // In another process, so that the store has to be read again.
  await mountWaiter({ waits: store }).call(url, 1)
  expect(await waiting).toBe(1)
})

test('a store that returns too few records has failed', async () => {
  const { waiter, errors } = mountWaiter({ waits: { ...memoryWaitStore(), read: async () => [] } })
  expect((await catchError(() => waiter.resume('some-id'))).code).toBe('store_unavailable')
  expect(errors).toHaveLength(1)
})
