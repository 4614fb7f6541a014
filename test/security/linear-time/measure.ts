import type { InputPattern } from './inputs.ts'

/** A function of one string whose time is measured. */
export interface MeasuredFunction {
  readonly name: string
  run(text: string): unknown
}

/** How the time of a function grows when its input doubles. */
export interface Growth {
  readonly name: string
  readonly pattern: string
  readonly length: number
  readonly milliseconds: number
  readonly ratio: number
}

/** The largest allowed ratio between the times for the doubled and the single length. */
export const MAX_GROWTH = 2.5

// The first length is large enough to show superlinear growth, and small enough to avoid effects of caches and
// large-object allocation. Code that looks ahead by a limited distance, such as the longest token, takes superlinear time
// until the input is longer than that: then the second length decides. Fast functions run several times per
// measurement. The two inputs are measured in turns; the best counts.
const lengths = [15_000, 60_000] as const
const minMilliseconds = 3
const rounds = 5
const attempts = 15

/**
 * Repeats the measurement until the ratio is within `MAX_GROWTH`, at most 15 times for each length, which rules out
 * noise.
 */
export function measureGrowth({ name, run }: MeasuredFunction, pattern: InputPattern): Growth {
  let best: Growth | undefined
  for (const length of lengths) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const growth = { name, pattern: pattern.name, length, ...measure(run, pattern, length) }
      if (best === undefined || growth.ratio < best.ratio) best = growth
      if (best.ratio <= MAX_GROWTH) return best
    }
  }
  return best as Growth
}

function measure(
  run: MeasuredFunction['run'],
  { create }: InputPattern,
  length: number,
): Pick<Growth, 'milliseconds' | 'ratio'> {
  const [single, double] = [create(length), create(2 * length)]
  run(single)
  const times = Math.min(Math.ceil(minMilliseconds / time(run, { text: double, times: 1 })), 1000)
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round++) {
    short = Math.min(short, time(run, { text: single, times }))
    long = Math.min(long, time(run, { text: double, times }))
  }
  // Below one nanosecond per character, only the size of the CPU's caches would be measured.
  const isIdle = long / times < 2 * length * 1e-6
  return { milliseconds: short / times, ratio: isIdle ? 1 : long / short }
}

function time(run: MeasuredFunction['run'], { text, times }: { text: string; times: number }): number {
  const begin = performance.now()
  for (let at = 0; at < times; at++) run(text)
  return performance.now() - begin
}
