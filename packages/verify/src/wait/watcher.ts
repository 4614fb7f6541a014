import { type ErrorDetails, HookurlError } from '@hookurl/core'
import { unref } from '../uses/unref.ts'
import { callStore, storeError } from './call-store.ts'
import type { Settlement, SettlementCodec } from './settlement.ts'
import type { WaitRecord, WaitStore } from './store.ts'
import type { ReceivedCallback } from './waiter.ts'

/** How long a wait is kept after its URL has expired: long enough for another process to take what it received. */
export const KEPT_AFTER_MS = 3_600_000

/** A wait that this process watches. */
export interface Watch {
  /** Resolves to what the wait receives. Awaiting it keeps the process alive until then. */
  wait(): Promise<ReceivedCallback>
  /** Ends the wait, unless it was settled before. */
  abort(reason: unknown): Promise<void>
  /** Calls back once the wait is settled. */
  onSettled(callback: () => void): void
}

/** Watches waits until they are settled. All of them are read together. */
export interface Watcher {
  /** Watches a wait. `expiresAt`, in epoch milliseconds, is known to the process that opened it. */
  watch(waitId: string, expiresAt?: number): Watch
  isWatching(waitId: string): boolean
  /** Settles a watched wait with what this process has stored. */
  settle(waitId: string, settlement: Settlement): void
}

/** What a watcher needs. */
export interface WatcherOptions {
  readonly waits: WaitStore
  readonly codec: SettlementCodec
  readonly pollIntervalMs: number
  now(): number
  onError(error: unknown): void
}

interface Entry extends Watch {
  readonly waitId: string
  expiresAt: number | undefined
  settle(settlement: Settlement): void
  fail(error: unknown): void
}

/** How many waits one call of a store reads. */
const MAX_BATCH = 500
const MIN_RETRY_MS = 1000
// The longest delay of a timer.
const FOREVER_MS = 2_147_483_647

const aborted: ErrorDetails = { message: 'the wait was aborted', fix: 'Open a new wait.' }
const unknown: ErrorDetails = { message: 'there is no such wait, or it has expired', fix: 'Open a new wait.' }
const expired: ErrorDetails = { message: 'the wait expired before its URL was called', fix: 'Open a new wait.' }
const undecryptable: ErrorDetails = {
  message: 'no key of the keyring decrypts what the wait received',
  fix: 'Keep a retired key in the keyring until its waits have expired.',
}

export function createWatcher({ waits, codec, pollIntervalMs, now, onError }: WatcherOptions): Watcher {
  const entries = new Map<string, Entry>()
  /** Those that were not read yet. */
  let added = new Set<Entry>()
  let awaitedCount = 0
  let keepAlive: ReturnType<typeof setInterval> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isPolling = false
  /** According to `performance.now`. */
  let nextPollAt = 0

  function createEntry(waitId: string, expiresAt: number | undefined): Entry {
    const { promise, resolve, reject } = createDeferred<ReceivedCallback>()
    const callbacks: (() => void)[] = []
    let isAwaited = false
    let getAbortReason = (): unknown => new HookurlError('already_used', aborted)

    function end(finish: () => void): void {
      if (entries.get(waitId) !== entry) return
      entries.delete(waitId)
      added.delete(entry)
      if (isAwaited) countAwaited(-1)
      finish()
      for (const callback of callbacks) callback()
    }

    const entry: Entry = {
      waitId,
      expiresAt,
      wait: () => {
        if (!isAwaited && entries.get(waitId) === entry) countAwaited(1)
        isAwaited = true
        return promise
      },
      abort: async (reason) => {
        getAbortReason = () => reason
        try {
          await endInStore(entry, 'aborted')
        } catch (cause) {
          onError(storeError(cause))
          end(() => reject(reason))
        }
      },
      onSettled: (callback) => void callbacks.push(callback),
      settle: (settlement) => {
        if (settlement.kind === 'delivered') end(() => resolve(settlement.received))
        else if (settlement.kind === 'expired') end(() => reject(new HookurlError('expired', expired)))
        else end(() => reject(getAbortReason()))
      },
      fail: (error) => end(() => reject(error)),
    }
    return entry
  }

  // Timers must not keep the process alive, unless someone awaits a result. Then this one does.
  function countAwaited(change: 1 | -1): void {
    awaitedCount += change
    if (awaitedCount === 0) clearInterval(keepAlive)
    else if (awaitedCount === 1 && change === 1) keepAlive = setInterval(() => {}, FOREVER_MS)
  }

  function schedule(): void {
    if (isPolling) return
    clearTimeout(timer)
    if (entries.size === 0) return
    timer = unref(setTimeout(poll, added.size > 0 ? 0 : getDelay()))
  }

  // A wait is checked as soon as it expires.
  function getDelay(): number {
    let delay = nextPollAt - performance.now()
    for (const { expiresAt } of entries.values()) {
      if (expiresAt !== undefined) delay = Math.min(delay, expiresAt - now())
    }
    return Math.max(0, delay)
  }

  async function poll(): Promise<void> {
    isPolling = true
    const isDue = performance.now() >= nextPollAt
    const due = [...entries.values()].filter((entry) => isDue || added.has(entry) || isExpired(entry))
    added = new Set()
    if (isDue) nextPollAt = performance.now() + pollIntervalMs
    for (let at = 0; at < due.length; at += MAX_BATCH) {
      const error = await readBatch(due.slice(at, at + MAX_BATCH))
      if (error === undefined) continue
      // A store that hangs is not asked for the others.
      failEnded(due.slice(at), error)
      nextPollAt = performance.now() + Math.max(pollIntervalMs, MIN_RETRY_MS)
      break
    }
    isPolling = false
    schedule()
  }

  /** Resolves to the error of the store, if it failed. */
  async function readBatch(batch: readonly Entry[]): Promise<HookurlError | undefined> {
    try {
      const records = await callStore(() => waits.read(batch.map(({ waitId }) => waitId)))
      if (records.length !== batch.length) throw new TypeError('the wait store returned too few or too many records')
      await Promise.all(batch.map((entry, at) => check(entry, records[at])))
      return undefined
    } catch (cause) {
      const error = storeError(cause)
      onError(error)
      return error
    }
  }

  // A wait that has expired, or whose expiration time was never read, has no end to wait for.
  function failEnded(unread: readonly Entry[], error: HookurlError): void {
    for (const entry of unread) if (entry.expiresAt === undefined || isExpired(entry)) entry.fail(error)
  }

  async function check(entry: Entry, record: WaitRecord | undefined): Promise<void> {
    if (record === undefined) return entry.fail(new HookurlError('expired', unknown))
    if (record.value !== undefined) return settleWithValue(entry, record.value)
    entry.expiresAt ??= record.expiresAt.getTime() - KEPT_AFTER_MS
    if (isExpired(entry)) await endInStore(entry, 'expired')
  }

  // The store decides between the end and a delivery at the same time.
  async function endInStore(entry: Entry, kind: 'aborted' | 'expired'): Promise<void> {
    const value = await codec.encode(entry.waitId, { kind, at: now() })
    const stored = await callStore(() => waits.settle(entry.waitId, value))
    if (stored === value) entry.settle({ kind, at: now() })
    else if (stored !== undefined) await settleWithValue(entry, stored)
    else entry.fail(new HookurlError('expired', unknown))
  }

  async function settleWithValue(entry: Entry, value: string): Promise<void> {
    const settlement = await codec.decode(entry.waitId, value)
    if (settlement === undefined) entry.fail(new HookurlError('unknown_key', undecryptable))
    else entry.settle(settlement)
  }

  function isExpired({ expiresAt }: Entry): boolean {
    // Negated, so that a clock that returns NaN ends the wait.
    return expiresAt !== undefined && !(now() < expiresAt)
  }

  return {
    watch: (waitId, expiresAt) => {
      const known = entries.get(waitId)
      if (known !== undefined) return known
      const entry = createEntry(waitId, expiresAt)
      entries.set(waitId, entry)
      added.add(entry)
      if (added.size === 1) schedule()
      return entry
    },
    isWatching: (waitId) => entries.has(waitId),
    settle: (waitId, settlement) => entries.get(waitId)?.settle(settlement),
  }
}

function createDeferred<T>(): { promise: Promise<T>; resolve(value: T): void; reject(reason: unknown): void } {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  // If no one awaits the result, its error is not an unhandled rejection.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
