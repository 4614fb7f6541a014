import { HookurlError } from '@hookurl/core'
import { invalidOption, type MaybePromise } from '@hookurl/core/internal'
import type { Rejection } from '../verifier/rejection.ts'
import type { UsesConfig } from './options.ts'
import { sleep } from './sleep.ts'
import type { SqlExecutor } from './sql-executor.ts'
import type { ReserveRequest, ReserveResult, UseTransactions } from './store.ts'
import { unref } from './unref.ts'

/** A reserved use. Only the first call that ends it has an effect. */
export interface Lease {
  /**
   * Called before the handler runs: in at-most-once mode, commits the use. Resolves to why the handler may not run, such
   * as that the lease ended while the request was checked. Then the lease has ended.
   */
  begin(): MaybePromise<Rejection | undefined>
  /** Commits the use. Resolves to whether it is committed. */
  commit(): Promise<boolean>
  /**
   * Releases the use. Resolves to whether it was released: not after a commit, also in a transaction, nor after `begin`
   * in at-most-once mode.
   */
  release(): Promise<boolean>
  /**
   * Commits the use in a transaction of the application, which may still be rolled back.
   *
   * @throws {HookurlError} `lease_lost`, `invalid_option`, and what `execute` throws
   */
  commitIn(execute: SqlExecutor): Promise<boolean>
  /** The same for a transaction that ends before anything is awaited. */
  commitInSync(execute: SqlExecutor): boolean
  /**
   * Ends the lease after the handler: commits or releases the use or, if it was committed in a transaction, determines
   * whether the transaction was. Resolves to the problem if it was not, although the handler succeeded.
   */
  settle(hasSucceeded: boolean): Promise<Rejection | undefined>
}

/** A use to reserve, and how. */
export interface Reservation {
  readonly uses: UsesConfig
  readonly request: Omit<ReserveRequest, 'owner' | 'leaseMs'>
  /** Whether to wait while another request is being processed: a browser waits; an API client is asked to retry. */
  readonly shouldWait: boolean
  /** What happens to a use that is still reserved after `maxLease`: it becomes free again, or it is committed. */
  readonly atMaxLease: 'expire' | 'commit'
  /** Returns the reason why the hook may no longer be used, such as that it has expired; called before each attempt. */
  findProblem(): Rejection | undefined
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
const COMMIT_RETRY_MS = 150
/** How long a browser waits between attempts while the use is in progress: 3 seconds in total. */
const WAIT_MS = [150, 300, 600, 1000, 1000] as const
/** How many requests of this process may wait, for one hook and in total; the others are asked to retry. */
const MAX_WAITING_PER_HOOK = 10
const MAX_WAITING = 100
const reserveResults: readonly unknown[] = ['reserved', 'in_progress', 'already_used', 'duplicate']
const inProgress: Rejection = { ok: false, code: 'in_progress' }

/** How many requests wait, by hook. */
const waitingByHook = new Map<string, number>()
let waitingCount = 0

/** The lease of a hook whose uses are not counted: there is nothing to commit or release. */
export const unlimitedLease: Lease = {
  begin: () => undefined,
  commit: async () => false,
  release: async () => false,
  commitIn: async () => false,
  commitInSync: () => false,
  settle: async () => undefined,
}

/** Reserves a use in bounded time. Resolves to its lease, or to the reason why there is none. */
export async function reserve(reservation: Reservation): Promise<Lease | 'duplicate' | Rejection> {
  const { uses } = reservation
  const request: ReserveRequest = { ...reservation.request, owner: crypto.randomUUID(), leaseMs: uses.leaseMs }
  const first = await attempt(reservation, request)
  if (first !== 'in_progress') return first
  if (!reservation.shouldWait || !startWaiting(request.id)) return inProgress
  try {
    for (const waitMs of WAIT_MS) {
      await sleep(waitMs)
      const result = await attempt(reservation, request)
      if (result !== 'in_progress') return result
    }
    return inProgress
  } finally {
    stopWaiting(request.id)
  }
}

async function attempt(
  reservation: Reservation,
  request: ReserveRequest,
): Promise<Lease | 'duplicate' | 'in_progress' | Rejection> {
  const problem = reservation.findProblem()
  if (problem !== undefined) return problem
  const reservedAt = performance.now()
  const reserved = await tryReserve(reservation.uses, request)
  if ('ok' in reserved) return reserved
  const { result, at } = reserved
  if (result === 'reserved') return startLease({ ...reservation, request, reservedAt })
  if (result !== 'already_used') return result
  return { ok: false, code: 'already_used', ...(at !== undefined && { usedAt: new Date(at) }) }
}

function startWaiting(id: string): boolean {
  const count = waitingByHook.get(id) ?? 0
  if (waitingCount >= MAX_WAITING || count >= MAX_WAITING_PER_HOOK) return false
  waitingByHook.set(id, count + 1)
  waitingCount++
  return true
}

function stopWaiting(id: string): void {
  const count = (waitingByHook.get(id) ?? 1) - 1
  if (count === 0) waitingByHook.delete(id)
  else waitingByHook.set(id, count)
  waitingCount--
}

async function tryReserve({ store }: UsesConfig, request: ReserveRequest): Promise<ReserveResult | Rejection> {
  const { id, owner } = request
  const reserving = callStore(() => store.reserve(request))
  try {
    const reserved = await withTimeout(reserving, STORE_TIMEOUT_MS)
    if (!reserveResults.includes(reserved?.result)) throw new TypeError('the use store returned an unknown result')
    return reserved
  } catch (cause) {
    // The use may be reserved anyway: the store may have failed only to respond, or responded too late.
    const release = (): Promise<void> => store.release(id, owner)
    reserving.then(release, release).catch(() => {})
    return storeUnavailable(cause)
  }
}

function storeUnavailable(cause: unknown): Rejection {
  if (cause instanceof HookurlError && cause.code === 'store_unavailable') {
    return { ok: false, code: cause.code, message: cause.message, fix: cause.fix, cause }
  }
  return { ok: false, code: 'store_unavailable', message: 'the use store failed or did not respond in time', cause }
}

function startLease(lease: ActiveLease): Lease {
  const { uses, request, reservedAt, atMaxLease } = lease
  const { store, mode, leaseMs, maxLeaseMs } = uses
  let leasedUntil = reservedAt + leaseMs
  let startedAt = reservedAt
  let hasBegun = false
  let isPaused = false
  let ended: { readonly isCommitted: boolean; readonly ending: Promise<boolean> } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let renewing: Promise<unknown> = Promise.resolve()
  let isSpent = false
  /** Whether the use was committed in a transaction, which may still be open. */
  let isInTransaction = false

  function scheduleRenewal(renewedAt: number): void {
    // Negative after a long synchronous handler, of which newer versions of Node warn.
    const delayMs = Math.max(renewedAt + leaseMs / 3 - performance.now(), 0)
    // A lease alone must not keep a process alive.
    timer = unref(setTimeout(() => (renewing = renew()), delayMs))
  }

  async function renew(): Promise<void> {
    const renewedAt = performance.now()
    if (renewedAt - startedAt > maxLeaseMs) {
      // Until the handler or route runs, there is nothing to commit.
      isPaused = !hasBegun
      if (hasBegun && atMaxLease === 'commit') commit()
      return
    }
    const isOwner = await withTimeout(
      callStore(() => store.renew(request.id, request.owner, leaseMs)),
      leaseMs / 3,
    ).catch(() => undefined)
    // If the store does not respond, there is time for one more attempt before the lease ends.
    if (isOwner === false) leasedUntil = renewedAt
    if (ended !== undefined || isInTransaction || isOwner === false) return
    if (isOwner === true) leasedUntil = renewedAt + leaseMs
    scheduleRenewal(renewedAt)
  }

  function end(isCommitted: boolean, start: () => Promise<boolean>): Promise<boolean> {
    if (ended === undefined) {
      clearTimeout(timer)
      ended = { isCommitted, ending: start() }
    }
    return ended.isCommitted === isCommitted ? ended.ending : Promise.resolve(false)
  }

  function commit(): Promise<boolean> {
    return isInTransaction ? isCommitted(lease) : end(true, () => commitLease(lease, leasedUntil))
  }

  function release(): Promise<boolean> {
    return isInTransaction ? Promise.resolve(false) : end(false, () => releaseLease(lease, isSpent))
  }

  // The lease needs no more renewals: the record is locked until the transaction ends, and the handler soon after it.
  function enterTransaction<K extends 'commit' | 'commitSync'>(name: K): NonNullable<UseTransactions[K]> {
    const call = getTransactionCall(lease.uses, name)
    if (ended?.isCommitted === false) throw createLeaseLostError()
    isInTransaction = ended === undefined
    clearTimeout(timer)
    return call
  }

  async function commitIn(execute: SqlExecutor): Promise<boolean> {
    const call = enterTransaction('commit')
    // In a transaction with a snapshot, a write that ends after its first statement would make it fail.
    await withTimeout(renewing, STORE_TIMEOUT_MS).catch(() => {})
    return assertOwner(await call(execute, request))
  }

  function commitInSync(execute: SqlExecutor): boolean {
    return assertOwner(enterTransaction('commitSync')(execute, request))
  }

  async function settle(hasSucceeded: boolean): Promise<Rejection | undefined> {
    if (!isInTransaction) {
      await (hasSucceeded ? commit() : release())
      return undefined
    }
    if (ended !== undefined) return undefined
    const problem = await findTransactionProblem(lease)
    if (problem === undefined) {
      end(true, async () => true)
      return undefined
    }
    // Released only if its transaction has ended without it; what is committed stays committed.
    await end(false, () => releaseLease(lease, false))
    if (!hasSucceeded) return undefined
    return problem
  }

  function begin(): MaybePromise<Rejection | undefined> {
    hasBegun = true
    startedAt = performance.now()
    if (isPaused) scheduleRenewal(startedAt)
    if (mode === 'at-most-once') return spend()
    return leasedUntil - startedAt > leaseMs / 3 ? undefined : keep()
  }

  // Renewals have failed, or have stopped after `maxLease`: another request may have reserved the use.
  async function keep(): Promise<Rejection | undefined> {
    try {
      const renewing = callStore(() => store.renew(request.id, request.owner, leaseMs))
      const isOwner = await withTimeout(renewing, STORE_TIMEOUT_MS)
      if (isOwner) leasedUntil = startedAt + leaseMs
      else await release()
      return isOwner ? undefined : inProgress
    } catch (cause) {
      await release()
      return storeUnavailable(cause)
    }
  }

  async function spend(): Promise<Rejection | undefined> {
    // The commit may have an effect even if its result is lost.
    isSpent = true
    const committing = callStore(() => store.commit(request.id, request.owner, undefined))
    try {
      if (await withTimeout(committing, STORE_TIMEOUT_MS)) return undefined
      throw new Error(
        'the use is no longer reserved: its lease ended while the request was checked, or the store lost it',
      )
    } catch (cause) {
      // The store may have failed only to respond, or responded too late: nothing has run.
      clearTimeout(timer)
      ended = { isCommitted: false, ending: Promise.resolve(false) }
      const release = (): Promise<void> => store.release(request.id, request.owner)
      committing.then(release, release).catch(() => {})
      return storeUnavailable(cause)
    }
  }

  scheduleRenewal(reservedAt)
  return { begin, commit, release, commitIn, commitInSync, settle }
}

function getTransactionCall<K extends 'commit' | 'commitSync'>(
  { store, mode }: UsesConfig,
  name: K,
): NonNullable<UseTransactions[K]> {
  const { transactions } = store
  if (mode === 'at-most-once') {
    throw invalidOption(
      "with mode: 'at-most-once', the use is committed before the handler runs",
      "Set mode to 'at-least-once' to commit it in a transaction.",
    )
  }
  const call = transactions?.[name]
  if (call !== undefined) return call.bind(transactions) as NonNullable<UseTransactions[K]>
  const other = name === 'commit' ? 'commitSync' : 'commit'
  if (transactions?.[other] === undefined) {
    throw invalidOption(
      'the use store cannot commit in a transaction of the application',
      'Use sqlUseStore with the database that the handler changes, or call commitUse() without an argument.',
    )
  }
  throw name === 'commit'
    ? invalidOption('a transaction on SQLite must end before anything is awaited', 'Call commitUseSync.')
    : invalidOption('commitUseSync supports only SQLite', 'Call and await commitUse.')
}

function assertOwner(isOwner: boolean): true {
  if (isOwner === true) return true
  throw createLeaseLostError()
}

function createLeaseLostError(): HookurlError {
  return new HookurlError('lease_lost', {
    message: 'another request has reserved the use in the meantime, or it was released',
    fix: 'Roll the transaction back.',
  })
}

function isCommitted({ uses, request }: ActiveLease): Promise<boolean> {
  const { transactions } = uses.store
  return withTimeout(
    callStore(async () => (await transactions?.isCommitted(request.id, request.owner)) === true),
    STORE_TIMEOUT_MS,
  )
}

async function findTransactionProblem(lease: ActiveLease): Promise<Rejection | undefined> {
  try {
    if (await isCommitted(lease)) return undefined
    return handlerFailed('the transaction that commits the use was not committed before the handler ended')
  } catch (cause) {
    return handlerFailed('the use store could not determine whether the transaction was committed', cause)
  }
}

function handlerFailed(message: string, cause?: unknown): Rejection {
  return { ok: false, code: 'handler_failed', message, ...(cause !== undefined && { cause }) }
}

// The response does not wait for a failing store: the work is done, and the commit is retried until the lease ends.
async function commitLease(lease: ActiveLease, leasedUntil: number): Promise<boolean> {
  const { mode } = lease.uses
  // It was committed before the handler ran; without a delivery id there is nothing to add.
  if (mode === 'at-most-once' && lease.request.deliveryId === undefined) return true
  const committing = retryCommit(lease, leasedUntil).then((problem) => {
    if (problem === undefined || mode === 'at-most-once') return true
    const fix = 'Check that the store responds, or choose a longer lease or maxLease.'
    lease.onError(new HookurlError('store_unavailable', { message: problem, fix }))
    return false
  })
  return withTimeout(committing, STORE_TIMEOUT_MS).catch(() => {
    lease.keepAlive(committing)
    return mode === 'at-most-once'
  })
}

/** Commits until the lease ends. Resolves to the problem, if there is one. */
async function retryCommit({ uses, request }: ActiveLease, leasedUntil: number): Promise<string | undefined> {
  const { id, owner, deliveryId } = request
  for (;;) {
    const committing = callStore(() => uses.store.commit(id, owner, deliveryId))
    const isOwner = await withTimeout(committing, STORE_TIMEOUT_MS).catch(() => undefined)
    if (isOwner === true) return undefined
    if (isOwner === false) return 'a use was lost while its handler ran, and another request may have run it too'
    if (performance.now() + COMMIT_RETRY_MS > leasedUntil) {
      return 'a handler ran, but its use could not be committed: the URL can be used again'
    }
    await sleep(COMMIT_RETRY_MS)
  }
}

async function releaseLease({ uses, request }: ActiveLease, isSpent: boolean): Promise<boolean> {
  const { store } = uses
  const { id, owner } = request
  // In at-most-once mode the use stays committed; ending its lease tells a duplicate not to wait for it. If the store
  // fails, the lease ends on its own.
  const ending = callStore<unknown>(() => (isSpent ? store.renew(id, owner, 0) : store.release(id, owner)))
  return withTimeout(ending, STORE_TIMEOUT_MS).then(
    () => !isSpent,
    () => false,
  )
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
