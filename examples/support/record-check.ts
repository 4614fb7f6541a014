import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'vitest'
import { type CheckNote, getNotesPath } from './check-notes.ts'

/**
 * Says what a test file checks of an example, for the table at the end of `npm test`: call it in `afterAll`. Whether it
 * held is told by the tests themselves.
 */
export function recordCheck(example: string, what: string): void {
  const { testPath } = expect.getState()
  if (testPath === undefined) throw new Error('checked() is for test files')
  const file = getNotesPath(testPath)
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify({ example, what } satisfies CheckNote)}\n`)
}
