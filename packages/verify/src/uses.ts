import { HookurlError } from '@hookurl/core'
import type { Awaitable } from '@hookurl/core/internal'
import type { Refusal } from './policy.ts'
import type { ClaimAnswer, UseClaim } from './stores/store.ts'
import type { UseSettings } from './use-settings.ts'

/** A use that was claimed for a run. */
export interface Use {
  /** Spends it after a success, gives it back after a failure. Only the first call counts. */
  settle(ended: 'well' | 'badly'): Awaitable<void>
}

/** What a use is claimed for. */
export interface Wanted {
  readonly settings: UseSettings
  readonly claim: Omit<UseClaim, 'owner' | 'leaseMs'>
  /** A person waits for a run that is going on; a machine is told to come back. */
  readonly patient: boolean
  /** Work that goes on after the answer. */
  keepAlive(work: Promise<unknown>): void
  onError(error: unknown): void
}

/** A claimed use, as far as its end is concerned. */
interface Held extends Wanted {
  readonly use: UseClaim
  /** When the claim was sent, by the clock of `performance.now`. */
  readonly since: number
}

/** How long a store may take for one answer. */
const answerMs = 500
const patienceMs = 3000
const pauseMs = 150
const answers: readonly unknown[] = ['claimed', 'busy', 'spent', 'repeated']

/** A use where nothing is counted. */
export const uncounted: Use = { settle: () => {} }

/** Claims a use in bounded time: the use, or why there is none. */
export async function claimUse(wanted: Wanted): Promise<Use | 'repeated' | Refusal> {
  const { settings, claim } = wanted
  const use: UseClaim = { ...claim, owner: crypto.randomUUID(), leaseMs: settings.leaseMs }
  const begin = performance.now()
  for (;;) {
    const since = performance.now()
    const answer = await tryClaim(settings, use)
    if (typeof answer !== 'string' || answer === 'repeated') return answer
    if (answer === 'claimed') return hold({ ...wanted, use, since })
    if (answer === 'spent') return { ok: false, code: 'spent' }
    const isOver = performance.now() - begin + pauseMs > patienceMs
    if (!wanted.patient || isOver) return { ok: false, code: 'busy' }
    await sleep(pauseMs)
  }
}

async function tryClaim({ store, mode }: UseSettings, use: UseClaim): Promise<ClaimAnswer | Refusal> {
  const claiming = ask(() => store.claim(use))
  try {
    const answer = await within(claiming, answerMs)
    if (!answers.includes(answer)) throw new TypeError('the use store gave an answer that is none')
    if (answer === 'claimed' && mode === 'at-most-once') {
      const isSpent = await within(
        ask(() => store.commit(use.key, use.owner, undefined)),
        answerMs,
      )
      if (!isSpent) throw new Error('the use store lost a use that was just claimed')
    }
    return answer
  } catch (cause) {
    // It may have been claimed all the same: without an answer, or with one that comes too late.
    const giveBack = (): Promise<void> => store.release(use.key, use.owner)
    claiming.then(giveBack, giveBack).catch(() => {})
    return { ok: false, code: 'store_unavailable', message: 'the use store failed, or did not answer in time', cause }
  }
}

function hold(held: Held): Use {
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
    const renewing = ask(() => store.renew(use.key, use.owner, leaseMs))
    const isOurs = await within(renewing, leaseMs / 3).catch(() => undefined)
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
async function spend(held: Held, leaseEnd: number): Promise<void> {
  const { mode } = held.settings
  // Spent before the run; without a delivery there is nothing more to say.
  if (mode === 'at-most-once' && held.use.delivery === undefined) return
  const committing = commit(held, leaseEnd).then((problem) => {
    if (problem === undefined || mode === 'at-most-once') return
    const fix = 'See that the store answers, or choose a longer lease or maxRun.'
    held.onError(new HookurlError('store_unavailable', { message: problem, fix }))
  })
  await within(committing, answerMs).catch(() => held.keepAlive(committing))
}

/** What went wrong, if anything did. */
async function commit({ settings, use }: Held, leaseEnd: number): Promise<string | undefined> {
  const { store } = settings
  for (;;) {
    const committing = ask(() => store.commit(use.key, use.owner, use.delivery))
    const isOurs = await within(committing, answerMs).catch(() => undefined)
    if (isOurs === true) return undefined
    if (isOurs === false) return 'a use was lost while its handler ran, and may have been run by another request too'
    if (performance.now() + pauseMs > leaseEnd) return 'a use was run and could not be counted: it can be used again'
    await sleep(pauseMs)
  }
}

async function giveBack({ settings, use }: Held): Promise<void> {
  if (settings.mode === 'at-most-once') {
    // Spent, and run no longer: a repeat is not to wait for the lease.
    const ending = ask(() => settings.store.renew(use.key, use.owner, 0))
    await within(ending, answerMs).catch(() => {})
    return
  }
  // Where this fails, the lease ends by itself.
  const releasing = ask(() => settings.store.release(use.key, use.owner))
  await within(releasing, answerMs).catch(() => {})
}

// A store may throw at once too.
async function ask<T>(call: () => Promise<T>): Promise<T> {
  return call()
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
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
