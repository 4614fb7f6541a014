import { HookurlError } from '@hookurl/core'
import type { ReserveResult, UseStore } from '@hookurl/verify'

/** Calls that wait for a store that does not respond. Beyond this, calls fail immediately. */
const MAX_PENDING = 1000

/** How much time the current request has. */
export interface TimeLimit {
  readonly timeoutMs: number
  /** Milliseconds until its time is over. */
  getTimeLeft(): number
}

/** A call to a store, how much time it needs at least, and what undoes it if it ends too late. */
interface LimitedCall<T> {
  start(): Promise<T>
  readonly minTimeMs: number
  undo?(): Promise<void>
}

/**
 * Limits the time that a store may take before a hook is passed on, to what is left for its request. A use that is
 * reserved too late is released. A use that is committed too late is lost, so with less than half of the time left, a
 * commit is not started.
 */
export function limitStoreTime(store: UseStore, { timeoutMs, getTimeLeft }: TimeLimit): UseStore {
  let pending = 0

  async function limit<T>({ start, minTimeMs, undo }: LimitedCall<T>): Promise<T> {
    const timeLeft = getTimeLeft()
    if (timeLeft <= minTimeMs || pending >= MAX_PENDING) throw createTimeoutError()
    pending++
    const calling = startCall(start).finally(() => pending--)
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        if (undo !== undefined) calling.then(undo, undo).catch(() => {})
        reject(createTimeoutError())
      }, timeLeft)
    })
    try {
      return await Promise.race([calling, timeout])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    reserve: (request) =>
      limit({
        start: () => store.reserve(request),
        minTimeMs: 0,
        undo: () => store.release(request.id, request.owner),
      }),
    // A commit with a delivery ID only adds it, after the hook was passed on.
    commit: (id, owner, deliveryId) =>
      deliveryId === undefined
        ? limit({ start: () => store.commit(id, owner, undefined), minTimeMs: timeoutMs / 2 })
        : store.commit(id, owner, deliveryId),
    renew: (id, owner, leaseMs) => store.renew(id, owner, leaseMs),
    release: (id, owner) => store.release(id, owner),
  }
}

/** Creates the error for a store, or a request, that took too long. */
export function createTimeoutError(): HookurlError {
  return new HookurlError('store_unavailable', {
    message: 'the use store did not respond in time',
    fix: 'Check that the use store responds, or raise --timeout.',
  })
}

const knownResults: readonly string[] = ['already_used', 'duplicate', 'in_progress'] satisfies ReserveResult['result'][]

/**
 * Creates a store that reproduces the result of an earlier reservation, to create its response. It reserves nothing, and
 * no hook passes.
 */
export function createResultStore(getResult: () => string | undefined): UseStore {
  return {
    reserve: async () => {
      const result = getResult() ?? 'store_unavailable'
      if (knownResults.includes(result)) return { result: result as ReserveResult['result'] }
      if (result === 'store_unavailable') throw createTimeoutError()
      return { result: 'reserved' }
    },
    commit: async () => false,
    renew: async () => true,
    release: async () => {},
  }
}

// Turns an error that a store throws synchronously into a rejected promise.
async function startCall<T>(call: () => Promise<T>): Promise<T> {
  return call()
}
