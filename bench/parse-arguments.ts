import { parseArgs } from 'node:util'

/** What `npm run bench` is asked to do. */
export interface BenchArguments {
  /** The benchmarks to run, in the order in which they are listed. */
  readonly names: readonly string[]
  /** How often to run each of them. */
  readonly runs: number
  /** Whether to measure fewer rounds in each run. */
  readonly isQuick: boolean
}

const MAX_RUNS = 99

/** Parses the arguments of `npm run bench`. Throws an error that says what is wrong with them. */
export function parseArguments(args: readonly string[], available: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' } },
    allowPositionals: true,
  })
  const runs = Number(values.runs)
  if (!/^\d+$/.test(values.runs) || runs < 1 || runs > MAX_RUNS) {
    throw new Error(`--runs must be an integer from 1 to ${MAX_RUNS}`)
  }
  const unknown = positionals.filter((name) => !available.includes(name))
  if (unknown.length > 0) {
    throw new Error(`unknown benchmark: ${unknown.join(', ')}. Available: ${available.join(', ')}`)
  }
  const names = available.filter((name) => positionals.length === 0 || positionals.includes(name))
  return { names, runs, isQuick: values.quick }
}
