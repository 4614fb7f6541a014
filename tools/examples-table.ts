import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type Checked, forgetChecked, notesOf } from '../examples/notes.ts'
import { root } from './setup/io.js'

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

/** The examples there are: every folder with a package.json. */
export function listExamples(): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')))
}

function exampleOf(file: string): string | undefined {
  const parts = file.startsWith(folder) ? file.slice(folder.length + 1).split(/[\\/]/) : []
  return parts.length > 1 ? parts[0] : undefined
}

function toRows(module: TestModule): Row[] {
  const name = exampleOf(module.moduleId)
  if (name === undefined) return []
  const tests = [...module.children.allTests()]
  // A file whose set-up throws skips its tests and fails; one that was filtered out has nothing to say.
  const mark = module.state() === 'failed' ? '✗' : tests.some(isPassed) ? '✓' : '–'
  if (mark === '–') {
    const notes = tests.flatMap((test) => noteOf(test) ?? [])
    return notes.length === 0 ? [] : [[name, mark, [...new Set(notes)].join('; ')]]
  }
  const lines = readLines(module.moduleId)
  if (lines.length === 0) return [[name, mark, 'says nothing of what was checked']]
  return lines.map(({ example, what }) => [example, mark, what])
}

function isPassed(test: TestCase): boolean {
  return test.result().state === 'passed'
}

function noteOf(test: TestCase): string | undefined {
  const result = test.result()
  if (result.state !== 'skipped') return undefined
  // A suite that drives a missing program bears the reason as its name.
  return result.note ?? (test.parent.type === 'suite' ? test.parent.fullName : undefined)
}

function readLines(moduleId: string): Checked[] {
  const file = notesOf(moduleId)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
