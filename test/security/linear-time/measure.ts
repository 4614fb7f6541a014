import type { InputPattern } from './inputs.ts'

/** What is measured: a function of one text. */
export interface MeasuredFunction {
  readonly name: string
  run(text: string): unknown
}

/** How much longer a text of twice the length takes. */
export interface Growth {
  readonly work: string
  readonly shape: string
  readonly length: number
  readonly milliseconds: number
  readonly ratio: number
}

/** Twice the length in at most this many times the time. */
export const MAX_GROWTH = 2.5

// Long enough for what grows to show, short enough for caches and the allocation of large objects not to; what
// is quick is run several times for one measurement. The best of several counts, the two lengths measured in turn.
const length = 15_000
const enough = 3
const rounds = 5
const attempts = 15

/** Measures until it is no more than `mostGrowth`, or the attempts are used up: noise passes, growth stays. */
export function measureGrowth({ name: work, run }: MeasuredFunction, shape: InputPattern): Growth {
  let best: Growth | undefined
  for (let attempt = 0; attempt < attempts; attempt++) {
    const growth = { work, shape: shape.name, ...measure(run, shape) }
    if (best === undefined || growth.ratio < best.ratio) best = growth
    if (best.ratio <= MAX_GROWTH) break
  }
  return best as Growth
}

function measure(run: MeasuredFunction['run'], { write }: InputPattern): Pick<Growth, 'length' | 'milliseconds' | 'ratio'> {
  const [once, twice] = [write(length), write(2 * length)]
  run(once)
  const times = Math.min(Math.ceil(enough / time(run, { text: twice, times: 1 })), 1000)
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round++) {
    short = Math.min(short, time(run, { text: once, times }))
    long = Math.min(long, time(run, { text: twice, times }))
  }
  // What takes no nanosecond a character is as fast as memory is read: only the sizes of caches would be measured.
  const isIdle = long / times < 2 * length * 1e-6
  return { length, milliseconds: short / times, ratio: isIdle ? 1 : long / short }
}

function time(run: MeasuredFunction['run'], { text, times }: { text: string; times: number }): number {
  const begin = performance.now()
  for (let at = 0; at < times; at++) run(text)
  return performance.now() - begin
}
