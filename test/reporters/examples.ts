import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type CheckNote, clearNotes, getNotesPath } from '../../examples/support/check-notes.ts'
import { root } from '../../tools/setup/io.js'
import { explainAbsences } from '../../tools/setup/programs.js'

const folder = join(root, 'examples')

/** Prints the examples that ran, and what was checked of each. */
export default class ExamplesTable implements Reporter {
  onTestModuleQueued({ moduleId }: TestModule): void {
    if (exampleOf(moduleId) !== undefined) clearNotes(moduleId)
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap(toRows).sort(([one], [other]) => one.localeCompare(other))
    if (rows.length === 0) return
    const width = Math.max(...rows.map(([name]) => name.length))
    const lines = rows.map(([name, mark, what]) => `${name.padEnd(width)}  ${mark}  ${what}`)
    console.log(`\nExamples, each run as a user would\n${lines.join('\n')}`)
  }
}

type Row = [name: string, mark: string, what: string]

function exampleOf(file: string): string | undefined {
  const parts = file.startsWith(folder) ? file.slice(folder.length + 1).split(/[\\/]/) : []
  return parts.length > 1 ? parts[0] : undefined
}

function toRows(module: TestModule): Row[] {
  const name = exampleOf(module.moduleId)
  if (name === undefined) return []
  const tests = [...module.children.allTests()]
  const reasons = new Set(tests.flatMap((test) => reasonOf(test) ?? []))
  const skipped = [...reasons].map((reason): Row => [name, '–', reason])
  // A file whose setup throws fails without a failed test.
  const mark = module.state() === 'failed' ? '✗' : '✓'
  // Filtered out.
  if (mark === '✓' && !tests.some(isPassed)) return skipped
  const lines = readLines(module.moduleId).map(({ example, what }): Row => [example, mark, what])
  if (lines.length === 0) {
    return [[name, mark, mark === '✗' ? 'its tests do not start' : 'has no notes on what was checked'], ...skipped]
  }
  return [...lines, ...skipped]
}

function isPassed(test: TestCase): boolean {
  return test.result().state === 'passed'
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result()
  if (result.state !== 'skipped') return undefined
  // A suite that needs a missing program has the reason in its name.
  return result.note ?? explainAbsences().find((absence) => test.fullName.includes(absence))
}

function readLines(moduleId: string): CheckNote[] {
  const file = getNotesPath(moduleId)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
