import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Stryker } from '@stryker-mutator/core'
import { explanations } from './equivalent-mutants.ts'

/** What became of one mutant. */
export type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

/** How the mutants of one source fared. */
export interface Score {
  readonly file: string
  readonly mutants: number
  readonly killed: number
  readonly explained: number
  /** One line a mutant that no test notices and nobody explains. */
  readonly unexplained: readonly string[]
  /** Explanations of mutants that survive no more. */
  readonly stale: readonly Change[]
}

const alive: ReadonlySet<string> = new Set(['Survived', 'NoCoverage'])
const killed: ReadonlySet<string> = new Set(['Killed', 'Timeout'])

/** Sets what survived in a source against what is explained. */
export function scoreFile(file: string, results: readonly MutantResult[]): Score {
  const lines = readFileSync(file, 'utf8').split('\n')
  const mutants = results.filter(
    (mutant) => relative(process.cwd(), mutant.fileName).replaceAll('\\', '/') === file && mutant.status !== 'Ignored',
  )
  const survivors = mutants.filter(({ status }) => alive.has(status)).map((mutant) => describe(mutant, lines))
  const known = explanations
    .filter((each) => each.file === file)
    .flatMap(({ code, becomes }) => becomes.map((one) => ({ code, becomes: one })))
  const isSame = (one: Change, other: Change): boolean => one.code === other.code && one.becomes === other.becomes
  const unexplained = survivors.filter((survivor) => !known.some((each) => isSame(survivor, each)))
  return {
    file,
    mutants: mutants.length,
    killed: mutants.filter(({ status }) => killed.has(status)).length,
    explained: survivors.length - unexplained.length,
    unexplained: unexplained.map(({ line, code, becomes }) => `${file}:${line}\n    ${code}\n    becomes: ${becomes}`),
    stale: known.filter((each) => !survivors.some((survivor) => isSame(survivor, each))),
  }
}

/** A line as it is and as a mutant has it. */
interface Change {
  readonly code: string
  readonly becomes: string
}

interface Survivor extends Change {
  readonly line: number
}

// Told by the line's text, which moves less than its number.
function describe({ location, replacement }: MutantResult, lines: readonly string[]): Survivor {
  const { start, end } = location
  // Lines and columns count from 1.
  const first = lines[start.line - 1] ?? ''
  const last = lines[end.line - 1] ?? ''
  const becomes = `${first.slice(0, start.column - 1)}${replacement ?? ''}${last.slice(end.column - 1)}`
  return { line: start.line, code: first.trim(), becomes: becomes.trim() }
}
