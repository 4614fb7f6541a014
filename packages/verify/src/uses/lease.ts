import { HookurlError } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import type { Rejection } from '../verifier/rejection.ts'
import type { UsesConfig } from './options.ts'
import type { ReserveRequest, ReserveResult } from './store.ts'

/** A reserved use. */
export interface Lease {
  /** Commits the use after a success, or releases it after a failure. Only the first call has an effect. */
  end(result: 'commit' | 'release'): MaybePromise<void>
}

/** A use to reserve, and how. */
export interface Reservation {
  readonly uses: UsesConfig
  readonly request: Omit<ReserveRequest, 'owner' | 'leaseMs'>
  /** Whether to wait while another request is being processed: a browser waits; an API client is asked to retry. */
  readonly waits: boolean
  /** Keeps the host alive for work that continues after the response. */
  keepAlive(work: Promise<unknown>): void
  onError(error: unknown): void
}

/** A successful reservation, and what is needed to end it. */
interface ActiveLease extends Omit<Reservation, 'request'> {
  readonly request: ReserveRequest
  /** When the reservation was sent, according to `performance.now`. */
  readonly reservedAt: number
}

/** How long a store may take for one call. */
const STORE_TIMEOUT_MS = 500
/** How long a browser waits for a use in progress. */
const MAX_WAIT_MS = 3000
const RETRY_PAUSE_MS = 150
const reserveResults: readonly unknown[] = ['reserved', 'in_progress', 'already_used', 'duplicate']

/** The lease of a hook whose uses are not counted. */
export const uncountedLease: Lease = { end: () => {} }

/** Reserves a use in bounded time. Resolves to its lease, or to the reason why there is none. */
export async function reserve(reservation: Reservation): Promise<Lease | 'duplicate' | Rejection> {
  const { uses, waits } = reservation
  const request: ReserveRequest = { ...reservation.request, owner: crypto.randomUUID(), leaseMs: uses.leaseMs }
  const startedAt = performance.now()
  for (;;) {
    const reservedAt = performance.now()
    const result = await tryReserve(uses, request)
    if (typeof result !== 'string' || result === 'duplicate') return result
    if (result === 'reserved') return startLease({ ...reservation, request, reservedAt })
    if (result === 'already_used') return { ok: false, code: 'already_used' }
    const isTimeUp = performance.now() - startedAt + RETRY_PAUSE_MS > MAX_WAIT_MS
    if (!waits || isTimeUp) return { ok: false, code: 'in_progress' }
    await sleep(RETRY_PAUSE_MS)
  }
}

async function tryReserve({ store, mode }: UsesConfig, request: ReserveRequest): Promise<ReserveResult | Rejection> {
  const { id, owner } = request
  const reserving = callStore(() => store.reserve(request))
  try {
    const result = await withTimeout(reserving, STORE_TIMEOUT_MS)
    if (!reserveResults.includes(result)) throw new TypeError('the use store returned an unknown result')
    if (result === 'reserved' && mode === 'at-most-once') {
      const committing = callStore(() => store.commit(id, owner, undefined))
      const isOwner = await withTimeout(committing, STORE_TIMEOUT_MS)
      if (!isOwner) throw new Error('the use store lost a use that was just reserved')
    }
    return result
  } catch (cause) {
    // The use may be reserved anyway: the store may have failed only to respond, or responded too late.
    const release = (): Promise<void> => store.release(id, owner)
    reserving.then(release, release).catch(() => {})
    return { ok: false, code: 'store_unavailable', message: 'the use store failed or did not respond in time', cause }
  }
}

function startLease(lease: ActiveLease): Lease {
  const { uses, request, reservedAt } = lease
  const { store, leaseMs, maxLeaseMs } = uses
  let leasedUntil = reservedAt + leaseMs
  let hasEnded = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function scheduleRenewal(renewedAt: number): void {
    timer = unref(setTimeout(renew, renewedAt + leaseMs / 3 - performance.now()))
  }

  async function renew(): Promise<void> {
    const renewedAt = performance.now()
    if (renewedAt - reservedAt > maxLeaseMs) return
    const renewing = callStore(() => store.renew(request.id, request.owner, leaseMs))
    const isOwner = await withTimeout(renewing, leaseMs / 3).catch(() => undefined)
    // If the store does not respond, there is time for one more attempt before the lease ends.
    if (hasEnded || isOwner === false) return
    if (isOwner === true) leasedUntil = renewedAt + leaseMs
    scheduleRenewal(renewedAt)
  }

  scheduleRenewal(reservedAt)
  return {
    end: async (result) => {
      if (hasEnded) return
      hasEnded = true
      clearTimeout(timer)
      await (result === 'commit' ? commitLease(lease, leasedUntil) : releaseLease(lease))
    },
  }
}

// The response does not wait for a failing store: the work is done, and the commit is retried until the lease ends.
async function commitLease(lease: ActiveLease, leasedUntil: number): Promise<void> {
  const { mode } = lease.uses
  // The use was committed before the handler ran; without a delivery ID, there is nothing to add.
  if (mode === 'at-most-once' && lease.request.deliveryId === undefined) return
  const committing = retryCommit(lease, leasedUntil).then((problem) => {
    if (problem === undefined || mode === 'at-most-once') return
    const fix = 'Check that the store responds, or choose a longer lease or maxLease.'
    lease.onError(new HookurlError('store_unavailable', { message: problem, fix }))
  })
  await withTimeout(committing, STORE_TIMEOUT_MS).catch(() => lease.keepAlive(committing))
}

/** Commits until the lease ends. Resolves to the problem, if there is one. */
async function retryCommit({ uses, request }: ActiveLease, leasedUntil: number): Promise<string | undefined> {
  const { id, owner, deliveryId } = request
  for (;;) {
    const committing = callStore(() => uses.store.commit(id, owner, deliveryId))
    const isOwner = await withTimeout(committing, STORE_TIMEOUT_MS).catch(() => undefined)
    if (isOwner === true) return undefined
    if (isOwner === false) return 'a use was lost while its handler ran, and another request may have run it too'
    if (performance.now() + RETRY_PAUSE_MS > leasedUntil) {
      return 'a handler ran, but its use could not be committed: the URL can be used again'
    }
    await sleep(RETRY_PAUSE_MS)
  }
}

async function releaseLease({ uses, request }: ActiveLease): Promise<void> {
  const { store, mode } = uses
  const { id, owner } = request
  // In at-most-once mode, the use stays committed; ending its lease tells a duplicate not to wait for it. If the store
  // fails, the lease ends on its own.
  const ending = callStore<unknown>(() =>
    mode === 'at-most-once' ? store.renew(id, owner, 0) : store.release(id, owner),
  )
  await withTimeout(ending, STORE_TIMEOUT_MS).catch(() => {})
}

// Turns an error that a store throws synchronously into a rejected promise.
async function callStore<T>(call: () => Promise<T>): Promise<T> {
  return call()
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${Math.round(milliseconds)} ms`)), milliseconds)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

// A lease alone must not keep a process alive. Not every runtime's timers have `unref`.
function unref<T>(timer: T): T {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref()
  }
  return timer
}
