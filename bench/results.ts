import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Row } from './row.ts'

/** Where a benchmark ran. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly node: string
}

/** What one benchmark measured. */
export interface Result {
  readonly date: string
  /** With fewer rounds. */
  readonly quick: boolean
  readonly machine: Machine
  readonly rows: readonly Row[]
}

/** The last run of every benchmark, by its name. */
export type Results = Record<string, Result>

const file = fileURLToPath(new URL('results.json', import.meta.url))

/** What was measured last; nothing, where nothing was. */
export function readResults(): Results {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** Keeps what was measured, in the order of the names; what belongs to none of them goes. */
export function writeResults(results: Results, names: readonly string[]): void {
  const ordered = names.flatMap((name) => (results[name] === undefined ? [] : [[name, results[name]]]))
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(ordered), undefined, 2)}\n`)
}

/** The machine that this runs on. */
export function describeMachine(): Machine {
  const processors = cpus()
  const processor = (processors[0]?.model ?? 'unknown').replaceAll(/\s+/g, ' ').trim()
  return { processor, cores: processors.length, node: process.version.slice(1) }
}
