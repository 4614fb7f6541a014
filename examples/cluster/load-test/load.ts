import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { readLedger } from '../ledger.ts'
import { type Credit, openQueue } from '../queue.ts'
import { type DeliveryResult, deliver } from './deliver.ts'
import { type PlannedHook, type PlanOptions, planHooks } from './plan.ts'

export interface LoadOptions extends PlanOptions {
  readonly redisUrl: string
  readonly seconds: number
  /** Hooks per second. */
  readonly rate: number
}

/** A hook that was called, and its deliveries. */
export interface HookCall {
  readonly planned: PlannedHook
  readonly deliveries: readonly DeliveryResult[]
}

export interface LoadResult {
  readonly calls: readonly HookCall[]
  /** The final entries of each account. */
  readonly ledger: ReadonlyMap<string, readonly Credit[]>
}

const MAX_IDLE_WAIT_MS = 60_000

/** Calls hooks for a while, waits until the queue is empty, and reads the ledger. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { seconds, rate, random, redisUrl } = options
  const end = performance.now() + seconds * 1000
  const calling: Promise<HookCall>[] = []
  for (const planned of planHooks(options)) {
    if (performance.now() >= end) break
    calling.push(call(planned, random))
    await sleep(1000 / rate)
  }
  const calls = await Promise.all(calling)
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null }).on('error', () => {})
  try {
    await waitUntilIdle(redis)
    return { calls, ledger: await readLedger(redis) }
  } finally {
    redis.disconnect()
  }
}

async function call(planned: PlannedHook, random: () => number): Promise<HookCall> {
  const { orders } = planned
  const deliveries = await Promise.all(orders.map((order) => deliver(planned, { order, random })))
  const accepted = deliveries.find(({ outcome }) => outcome === 'accepted')
  if (accepted === undefined || orders.length === 1) return { planned, deliveries }
  // The accepted delivery is sent once more, as if its sender missed the response.
  return { planned, deliveries: [...deliveries, await deliver(planned, { order: accepted.order, random })] }
}

async function waitUntilIdle(redis: Redis): Promise<void> {
  const queue = openQueue(redis)
  const end = performance.now() + MAX_IDLE_WAIT_MS
  while (performance.now() < end) {
    if ((await queue.getJobCountByTypes('waiting', 'active', 'delayed')) === 0) return
    await sleep(200)
  }
}
