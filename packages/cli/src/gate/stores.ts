import { HookurlError } from '@hookurl/core'
import type { ReserveRequest, ReserveResult, UseStore } from '@hookurl/verify'

/** Calls that wait for a store that does not respond. Beyond this, calls fail immediately. */
const MAX_PENDING = 1000

/** How much time the current request has. */
export interface TimeLimit {
  readonly timeoutMs: number
  /** Milliseconds until its time is over. */
  getTimeLeft(): number
  /** Called when the commit of a use begins. */
  onCommit(): void
}

/**
 * Limits the time that a store may take before a use is committed, to what is left for its request. A use that is
 * reserved too late is released. A commit is not started too late; once it is under way, it is awaited, because the use
 * would be lost. The guard ends the call after 500 ms.
 */
export function limitStoreTime(store: UseStore, { timeoutMs, getTimeLeft, onCommit }: TimeLimit): UseStore {
  let pending = 0

  function startLimited<T>(call: () => Promise<T>): Promise<T> {
    if (getTimeLeft() <= 0) throw createTimeoutError(timeoutMs)
    if (pending >= MAX_PENDING) throw createOverloadError()
    pending++
    return startCall(call).finally(() => pending--)
  }

  async function reserve(request: ReserveRequest): Promise<ReserveResult> {
    const reserving = startLimited(() => store.reserve(request))
    const release = (): Promise<void> => store.release(request.id, request.owner)
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => {
          reserving.then(release, release).catch(() => {})
          reject(createTimeoutError(timeoutMs))
        },
        Math.max(getTimeLeft(), 0),
      )
    })
    try {
      return await Promise.race([reserving, timeout])
    } finally {
      clearTimeout(timer)
    }
  }

  async function commit(id: string, owner: string): Promise<boolean> {
    return startLimited(() => {
      onCommit()
      return store.commit(id, owner, undefined)
    })
  }

  return {
    reserve,
    // A commit with a delivery ID only adds it, after the hook was passed on.
    commit: (id, owner, deliveryId) =>
      deliveryId === undefined ? commit(id, owner) : store.commit(id, owner, deliveryId),
    renew: (id, owner, leaseMs) => store.renew(id, owner, leaseMs),
    release: (id, owner) => store.release(id, owner),
  }
}

/** Creates the error for a request that took too long. */
export function createTimeoutError(timeoutMs: number): HookurlError {
  return new HookurlError('store_unavailable', {
    message: `verifying took longer than --timeout (${timeoutMs} ms)`,
    fix: 'Raise --timeout, or check that the use store responds.',
  })
}

function createOverloadError(): HookurlError {
  return new HookurlError('store_unavailable', {
    message: `${MAX_PENDING} calls to the use store have no response yet`,
    fix: 'Check that the use store responds.',
  })
}

const knownResults: readonly string[] = ['already_used', 'duplicate', 'in_progress'] satisfies ReserveResult['result'][]

/**
 * Creates a store that reproduces the result of an earlier reservation, to create its response. It reserves nothing, and
 * no hook passes.
 */
export function createResultStore(getResult: () => string | undefined, timeoutMs: number): UseStore {
  return {
    reserve: async () => {
      const result = getResult() ?? 'store_unavailable'
      if (knownResults.includes(result)) return { result: result as ReserveResult['result'] }
      if (result === 'store_unavailable') throw createTimeoutError(timeoutMs)
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
