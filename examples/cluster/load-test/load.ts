import { setTimeout as sleep } from 'node:timers/promises'
import { type DeliveryResult, deliver } from './deliver.ts'
import { type PlannedHook, type PlanOptions, planHooks } from './plan.ts'
import type { Ledger } from './variants.ts'

export interface LoadOptions extends PlanOptions {
  readonly seconds: number
  /** Hooks per second. */
  readonly rate: number
  /** Reads the ledger once all work is done. */
  readLedger(): Promise<Ledger>
}

/** A hook that was called, and its deliveries. */
export interface HookCall {
  readonly planned: PlannedHook
  readonly deliveries: readonly DeliveryResult[]
}

export interface LoadResult {
  readonly calls: readonly HookCall[]
  readonly ledger: Ledger
}

/** Calls hooks for a while, and reads the ledger. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { seconds, rate, random, readLedger } = options
  const end = performance.now() + seconds * 1000
  const calling: Promise<HookCall>[] = []
  for (const planned of planHooks(options)) {
    if (performance.now() >= end) break
    calling.push(call(planned, random))
    await sleep(1000 / rate)
  }
  const calls = await Promise.all(calling)
  return { calls, ledger: await readLedger() }
}

async function call(planned: PlannedHook, random: () => number): Promise<HookCall> {
  const { orders } = planned
  const deliveries = await Promise.all(orders.map((order) => deliver(planned, { order, random })))
  const accepted = deliveries.find(({ outcome }) => outcome === 'accepted')
  if (accepted === undefined || orders.length === 1) return { planned, deliveries }
  // The accepted delivery is sent once more, as if its sender missed the response.
  return { planned, deliveries: [...deliveries, await deliver(planned, { order: accepted.order, random })] }
}
