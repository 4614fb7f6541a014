import { setTimeout as sleep } from 'node:timers/promises'
import { generateKey } from '@hookurl/core'
import { type Fleet, startFleet } from './fleet.ts'
import { type LoadResult, runLoad } from './load.ts'
import type { Program } from './program.ts'
import { type VariantName, variants } from './variants.ts'

export interface ClusterOptions {
  readonly variant: VariantName
  readonly seconds: number
  readonly rate: number
  readonly receivers: number
  readonly workers: number
  /** The time between two kills. The list of kills repeats. */
  readonly killEveryMs: number
  readonly kills: readonly KillTarget[]
  random(): number
}

export type KillTarget = 'receiver' | 'worker' | 'database'

export interface ClusterResult extends LoadResult {
  readonly kills: Readonly<Record<KillTarget, number>>
  /** How many jobs were taken over from a killed worker, and how many of those were already done. */
  readonly takenOver: number
  readonly alreadyCredited: number
  readonly logs: string
}

/** Runs the fleet on this machine, sends hooks to it, and kills its processes meanwhile. */
export async function runCluster(options: ClusterOptions): Promise<ClusterResult> {
  const { variant, seconds, rate, random, receivers, workers } = options
  const keys = generateKey()
  const fleet = await startFleet({ variant, keys, receivers, workers })
  try {
    const killing = new AbortController()
    const killed = killInTurn(fleet, { ...options, signal: killing.signal })
    const { origin, databaseUrl } = fleet
    const { severalUses, readLedger } = variants[variant]
    const result = await runLoad({
      keys,
      origin,
      severalUses,
      seconds,
      rate,
      random,
      readLedger: () => readLedger(databaseUrl),
    })
    killing.abort()
    const logs = fleet.readLogs()
    return {
      ...result,
      kills: await killed,
      takenOver: count(logs, 'taken over'),
      alreadyCredited: count(logs, 'already credited'),
      logs,
    }
  } finally {
    await fleet.stop()
  }
}

interface Killing extends ClusterOptions {
  readonly signal: AbortSignal
}

async function killInTurn(fleet: Fleet, options: Killing): Promise<Record<KillTarget, number>> {
  const { seconds, killEveryMs, kills, random, signal } = options
  const victims: Record<KillTarget, readonly Program[]> = {
    receiver: fleet.receivers,
    worker: fleet.workers,
    database: [fleet.database],
  }
  const counts = { receiver: 0, worker: 0, database: 0 }
  const end = performance.now() + seconds * 1000
  for (let round = 0; kills.length > 0; round++) {
    await sleep(killEveryMs, undefined, { signal }).catch(() => {})
    if (signal.aborted || performance.now() > end) break
    const victim = kills[round % kills.length] as KillTarget
    const programs = victims[victim]
    if (programs[Math.floor(random() * programs.length)]?.kill()) counts[victim]++
  }
  return counts
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}
