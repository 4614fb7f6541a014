import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { root } from './setup/io.js'
import { explainAbsences } from './setup/programs.js'

/** What a run of vitest came to. */
export interface Summary {
  passed: number
  failed: number
  skipped: { name: string; reason: string | undefined }[]
}

export const summaryFile: string = join(root, 'node_modules/.cache/tests/summary.json')

/** Writes down how many tests passed and failed, and which were skipped for what reason. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const summary: Summary = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      summary.failed += countErrors(module)
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') summary.passed++
        if (result.state === 'failed') summary.failed++
        if (result.state !== 'skipped') continue
        // A reason is the note of `context.skip`, or a missing program that the suite's name tells of.
        const reason = result.note ?? explainAbsences().find((absence) => test.fullName.includes(absence))
        summary.skipped.push({ name: test.fullName, reason })
      }
    }
    mkdirSync(dirname(summaryFile), { recursive: true })
    writeFileSync(summaryFile, JSON.stringify(summary))
  }
}

// A file that can't be loaded, or a hook of a suite that throws, fails without any test that would be counted.
function countErrors(module: TestModule): number {
  const suites = [...module.children.allSuites()]
  return module.errors().length + suites.reduce((sum, suite) => sum + suite.errors().length, 0)
}
