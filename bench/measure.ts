import { measure } from 'mitata'
import { median } from './median.ts'

export { median }

/** The cost of one call. */
export interface Measured {
  /** The median of all rounds, in microseconds. */
  readonly micros: number
}

/** What is measured: wall time, or the processor time of all threads. */
export type Clock = 'wall' | 'processor'

/** Whether to run fewer rounds. */
export const isQuick: boolean = process.argv.includes('--quick')
const rounds = isQuick ? 7 : 21
// Many short rounds, so that on a shared machine all subjects run under the same conditions. No garbage collection is
// forced between rounds: a full one discards the engine's allocation statistics.
const settings = { min_cpu_time: 50e6, batch_samples: 512, gc: false } as const
const clocks: Readonly<Record<Clock, { now?: () => number }>> = { wall: {}, processor: { now: getProcessorNanos } }

/** Measures several calls in turn, round after round, so that other load on the machine affects them equally. */
export async function measureInTurn<Name extends string>(
  subjects: Readonly<Record<Name, () => unknown>>,
  { clock = 'wall' }: { clock?: Clock } = {},
): Promise<Record<Name, Measured>> {
  const names = Object.keys(subjects) as Name[]
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]))
  // The first round is a warm-up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      // The mean includes garbage collection; the median sample would not.
      const { avg } = await measure(subjects[name], { ...settings, ...clocks[clock] })
      if (round > 0) costs.get(name)?.push(avg / 1000)
    }
  }
  const medians = names.map((name) => [name, { micros: median(costs.get(name) ?? []) }])
  return Object.fromEntries(medians) as Record<Name, Measured>
}

/** Formats a cost for the tables: '2.31 µs'. */
export function formatMicros(micros: number): string {
  return micros < 1000 ? `${micros.toPrecision(3)} µs` : `${(micros / 1000).toPrecision(3)} ms`
}

function getProcessorNanos(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
