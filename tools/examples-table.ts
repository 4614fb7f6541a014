import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type Checked, forgetChecked, notesOf } from '../examples/notes.ts'
import { root } from './setup/io.js'
import { explainAbsences } from './setup/programs.js'

const folder = join(root, 'examples')

/** Prints the examples that were run, each with what was checked of it. */
export default class ExamplesTable implements Reporter {
  onTestModuleQueued({ moduleId }: TestModule): void {
    if (exampleOf(moduleId) !== undefined) forgetChecked(moduleId)
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap(toRows).sort(([one], [other]) => one.localeCompare(other))
    if (rows.length === 0) return
    const width = Math.max(...rows.map(([name]) => name.length))
    const lines = rows.map(([name, mark, what]) => `${name.padEnd(width)}  ${mark}  ${what}`)
    console.log(`\nexamples, each run as a user would\n${lines.join('\n')}`)
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
  // A file whose set-up throws fails without a test that does.
  const mark = module.state() === 'failed' ? '✗' : '✓'
  // What was filtered out has nothing to say.
  if (mark === '✓' && !tests.some(isPassed)) return skipped
  const lines = readLines(module.moduleId).map(({ example, what }): Row => [example, mark, what])
  if (lines.length === 0) {
    return [[name, mark, mark === '✗' ? 'its tests do not start' : 'says nothing of what was checked'], ...skipped]
  }
  return [...lines, ...skipped]
}

function isPassed(test: TestCase): boolean {
  return test.result().state === 'passed'
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result()
  if (result.state !== 'skipped') return undefined
  // A suite that drives a missing program bears the reason as its name.
  return result.note ?? explainAbsences().find((absence) => test.fullName.includes(absence))
}

function readLines(moduleId: string): Checked[] {
  const file = notesOf(moduleId)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
