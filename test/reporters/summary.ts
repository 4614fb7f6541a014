import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { root } from '../../tools/setup/io.js'
import { explainAbsences } from '../../tools/setup/programs.js'

/** The result of a run of vitest. */
export interface Summary {
  passed: number
  failed: number
  /** The failed tests, with the first line of their first error. */
  failures: { name: string; message: string }[]
  skipped: { name: string; reason: string | undefined }[]
}

export const summaryFile: string = join(root, 'node_modules/.cache/tests/summary.json')

/** Writes how many tests passed and failed, and why others were skipped, to `summaryFile`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const summary: Summary = { passed: 0, failed: unhandledErrors.length, failures: [], skipped: [] }
    for (const module of modules) {
      summary.failed += countErrors(module)
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') summary.passed++
        if (result.state === 'failed') {
          summary.failed++
          const [message = ''] = (result.errors[0]?.message ?? '').split('\n')
          summary.failures.push({ name: `${module.relativeModuleId} > ${test.fullName}`, message })
        }
        if (result.state !== 'skipped') continue
        // The reason is the note of `context.skip`, or a missing program named by the suite.
        const reason = result.note ?? explainAbsences().find((absence) => test.fullName.includes(absence))
        summary.skipped.push({ name: test.fullName, reason })
      }
    }
    mkdirSync(dirname(summaryFile), { recursive: true })
    writeFileSync(summaryFile, JSON.stringify(summary))
  }
}

// A file that cannot be loaded and a hook that throws fail without a failed test.
function countErrors(module: TestModule): number {
  const suites = [...module.children.allSuites()]
  return module.errors().length + suites.reduce((sum, suite) => sum + suite.errors().length, 0)
}
