import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { MeasuredRow } from './row.ts'

/** The machine that a benchmark ran on. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly node: string
}

/** The result of one benchmark. */
export interface Result {
  readonly date: string
  /** Whether it ran with fewer rounds. */
  readonly quick: boolean
  readonly machine: Machine
  readonly rows: readonly MeasuredRow[]
}

/** The latest result of every benchmark, by name. */
export type Results = Record<string, Result>

const file = fileURLToPath(new URL('results.json', import.meta.url))

/** Reads the latest results; an empty object before the first run. */
export function readResults(): Results {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** Writes the results in the order of the names. Results under other names are dropped. */
export function writeResults(results: Results, names: readonly string[]): void {
  const ordered = names.flatMap((name) => (results[name] === undefined ? [] : [[name, results[name]]]))
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(ordered), undefined, 2)}\n`)
}

/** Describes the machine that this process runs on. */
export function describeMachine(): Machine {
  const processors = cpus()
  const processor = (processors[0]?.model ?? 'unknown').replaceAll(/\s+/g, ' ').trim()
  return { processor, cores: processors.length, node: process.version.slice(1) }
}
