import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'vitest'
import { type CheckNote, getNotesPath } from './check-notes.ts'

/**
 * Records what a test file checks of an example, for the table at the end of `npm test`. Call it in `afterAll`; the
 * table takes the result from the tests.
 */
export function recordCheck(example: string, what: string): void {
  const { testPath } = expect.getState()
  if (testPath === undefined) throw new Error('recordCheck() must be called in a test file')
  const file = getNotesPath(testPath)
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify({ example, what } satisfies CheckNote)}\n`)
}
