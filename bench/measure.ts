import { measure } from 'mitata'

/** The cost of one call. */
export interface Measured {
  /** The median of all rounds, in microseconds. */
  readonly micros: number
}

const rounds = 9
const roundNanos = 100e6

/** Measures several things in turn, round after round, so that what disturbs the machine disturbs them alike. */
export async function measureInTurn<Name extends string>(
  subjects: Readonly<Record<Name, () => unknown>>,
): Promise<Record<Name, Measured>> {
  const names = Object.keys(subjects) as Name[]
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const { avg } = await measure(subjects[name], { min_cpu_time: roundNanos })
      costs.get(name)?.push(avg / 1000)
    }
  }
  const medians = names.map((name) => [name, { micros: median(costs.get(name) ?? []) }])
  return Object.fromEntries(medians) as Record<Name, Measured>
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
