import { measure } from 'mitata'

/** The cost of one call. */
export interface Measured {
  /** The median of all rounds, in microseconds. */
  readonly micros: number
}

/** What is counted: time on the wall, or on the processor, of all threads. */
export type Clock = 'wall' | 'processor'

/** Whether fewer rounds are asked for. */
export const isQuick: boolean = process.argv.includes('--quick')
const rounds = isQuick ? 7 : 21
// Short rounds, and many of them: on a shared machine what is measured in turn must meet the same neighbours.
// No collection is forced between them: a whole one lets the engine forget what it has learnt of short-lived objects.
const settings = { min_cpu_time: 50e6, batch_samples: 512, gc: false } as const
const clocks: Readonly<Record<Clock, { now?: () => number }>> = { wall: {}, processor: { now: processorNanos } }

/** Measures several things in turn, round after round, so that what disturbs the machine disturbs them alike. */
export async function measureInTurn<Name extends string>(
  subjects: Readonly<Record<Name, () => unknown>>,
  { clock = 'wall' }: { clock?: Clock } = {},
): Promise<Record<Name, Measured>> {
  const names = Object.keys(subjects) as Name[]
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]))
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      // The mean, as it has the garbage collector's share in it, which the middle sample has not.
      const { avg } = await measure(subjects[name], { ...settings, ...clocks[clock] })
      if (round > 0) costs.get(name)?.push(avg / 1000)
    }
  }
  const medians = names.map((name) => [name, { micros: median(costs.get(name) ?? []) }])
  return Object.fromEntries(medians) as Record<Name, Measured>
}

/** The middle one of several figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A cost as the tables show it: '2.31 µs'. */
export function writeMicros(micros: number): string {
  return micros < 1000 ? `${micros.toPrecision(3)} µs` : `${(micros / 1000).toPrecision(3)} ms`
}

function processorNanos(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
