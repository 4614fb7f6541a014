import { HookurlError } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import type { Rejection } from '../verifier/policy.ts'
import type { UsesConfig } from './options.ts'
import type { ReserveRequest, ReserveResult } from './store.ts'

/** A use that was claimed for a run. */
export interface Lease {
  /** Spends it after a success, gives it back after a failure. Only the first call counts. */
  settle(ended: 'well' | 'badly'): MaybePromise<void>
}

/** What a use is claimed for. */
export interface Wanted {
  readonly settings: UsesConfig
  readonly claim: Omit<ReserveRequest, 'owner' | 'leaseMs'>
  /** A person waits for a run that is going on; a machine is told to come back. */
  readonly patient: boolean
  /** Work that goes on after the answer. */
  keepAlive(work: Promise<unknown>): void
  onError(error: unknown): void
}

/** A claimed use, as far as its end is concerned. */
interface ActiveLease extends Wanted {
  readonly use: ReserveRequest
  /** When the claim was sent, by the clock of `performance.now`. */
  readonly since: number
}

/** How long a store may take for one answer. */
const STORE_TIMEOUT_MS = 500
const MAX_WAIT_MS = 3000
const pauseMs = 150
const answers: readonly unknown[] = ['reserved', 'in_progress', 'already_used', 'duplicate']

/** A use where nothing is counted. */
export const uncounted: Lease = { settle: () => {} }

/** Claims a use in bounded time: the use, or why there is none. */
export async function claimUse(wanted: Wanted): Promise<Lease | 'duplicate' | Rejection> {
  const { settings, claim } = wanted
  const use: ReserveRequest = { ...claim, owner: crypto.randomUUID(), leaseMs: settings.leaseMs }
  const begin = performance.now()
  for (;;) {
    const since = performance.now()
    const answer = await tryClaim(settings, use)
    if (typeof answer !== 'string' || answer === 'duplicate') return answer
    if (answer === 'reserved') return startLease({ ...wanted, use, since })
    if (answer === 'already_used') return { ok: false, code: 'already_used' }
    const isOver = performance.now() - begin + pauseMs > MAX_WAIT_MS
    if (!wanted.patient || isOver) return { ok: false, code: 'in_progress' }
    await sleep(pauseMs)
  }
}

async function tryClaim({ store, mode }: UsesConfig, use: ReserveRequest): Promise<ReserveResult | Rejection> {
  const claiming = callStore(() => store.reserve(use))
  try {
    const answer = await withTimeout(claiming, STORE_TIMEOUT_MS)
    if (!answers.includes(answer)) throw new TypeError('the use store gave an answer that is none')
    if (answer === 'reserved' && mode === 'at-most-once') {
      const isSpent = await withTimeout(
        callStore(() => store.commit(use.id, use.owner, undefined)),
        STORE_TIMEOUT_MS,
      )
      if (!isSpent) throw new Error('the use store lost a use that was just claimed')
    }
    return answer
  } catch (cause) {
    // It may have been claimed all the same: without an answer, or with one that comes too late.
    const giveBack = (): Promise<void> => store.release(use.id, use.owner)
    claiming.then(giveBack, giveBack).catch(() => {})
    return { ok: false, code: 'store_unavailable', message: 'the use store failed, or did not answer in time', cause }
  }
}

function startLease(held: ActiveLease): Lease {
  const { settings, use, since } = held
  const { store, leaseMs, maxRunMs } = settings
  let leaseEnd = since + leaseMs
  let isSettled = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function renewAfter(asked: number): void {
    timer = unref(setTimeout(renew, asked + leaseMs / 3 - performance.now()))
  }

  async function renew(): Promise<void> {
    const asked = performance.now()
    if (asked - since > maxRunMs) return
    const renewing = callStore(() => store.renew(use.id, use.owner, leaseMs))
    const isOurs = await withTimeout(renewing, leaseMs / 3).catch(() => undefined)
    // Without an answer there is time for another try before the lease ends.
    if (isSettled || isOurs === false) return
    if (isOurs === true) leaseEnd = asked + leaseMs
    renewAfter(asked)
  }

  renewAfter(since)
  return {
    settle: async (ended) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      await (ended === 'well' ? spend(held, leaseEnd) : giveBack(held))
    },
  }
}

// The answer does not wait for a store that fails now: the work is done, and the commit goes on until the lease ends.
async function spend(held: ActiveLease, leaseEnd: number): Promise<void> {
  const { mode } = held.settings
  // Spent before the run; without a delivery there is nothing more to say.
  if (mode === 'at-most-once' && held.use.deliveryId === undefined) return
  const committing = commit(held, leaseEnd).then((problem) => {
    if (problem === undefined || mode === 'at-most-once') return
    const fix = 'See that the store answers, or choose a longer lease or maxLease.'
    held.onError(new HookurlError('store_unavailable', { message: problem, fix }))
  })
  await withTimeout(committing, STORE_TIMEOUT_MS).catch(() => held.keepAlive(committing))
}

/** What went wrong, if anything did. */
async function commit({ settings, use }: ActiveLease, leaseEnd: number): Promise<string | undefined> {
  const { store } = settings
  for (;;) {
    const committing = callStore(() => store.commit(use.id, use.owner, use.deliveryId))
    const isOurs = await withTimeout(committing, STORE_TIMEOUT_MS).catch(() => undefined)
    if (isOurs === true) return undefined
    if (isOurs === false) return 'a use was lost while its handler ran, and may have been run by another request too'
    if (performance.now() + pauseMs > leaseEnd) return 'a use was run and could not be counted: it can be used again'
    await sleep(pauseMs)
  }
}

async function giveBack({ settings, use }: ActiveLease): Promise<void> {
  if (settings.mode === 'at-most-once') {
    // Spent, and run no longer: a repeat is not to wait for the lease.
    const ending = callStore(() => settings.store.renew(use.id, use.owner, 0))
    await withTimeout(ending, STORE_TIMEOUT_MS).catch(() => {})
    return
  }
  // Where this fails, the lease ends by itself.
  const releasing = callStore(() => settings.store.release(use.id, use.owner))
  await withTimeout(releasing, STORE_TIMEOUT_MS).catch(() => {})
}

// A store may throw at once too.
async function callStore<T>(call: () => Promise<T>): Promise<T> {
  return call()
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${Math.round(milliseconds)} ms`)), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

// A lease alone must not keep a process alive; not every runtime has such timers.
function unref<T>(timer: T): T {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
  return timer
}
