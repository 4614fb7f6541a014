import type { RunnerTestFile } from 'vitest'
import { VitestTestRunner } from 'vitest/runners'

/** Reports a test file that does not load as an error: Stryker counts only tests, and such a file has none. */
export default class LoadErrorRunner extends VitestTestRunner {
  onCollected(files: RunnerTestFile[]): void {
    const failed = files.find(({ result }) => result?.state === 'fail')
    if (failed !== undefined) throw new Error(`${failed.name} does not load`)
  }
}
