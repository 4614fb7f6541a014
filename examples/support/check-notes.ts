import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const notes = join(here, '../node_modules/.cache/examples')

/** One line of the table of examples. */
export interface CheckNote {
  readonly example: string
  readonly what: string
}

/** Where the lines of a test file are kept. */
export function getNotesPath(testPath: string): string {
  return join(notes, `${relative(here, testPath).replaceAll(/[\\/]/g, '__')}.jsonl`)
}

/** Forgets what an earlier run of a test file said. */
export function clearNotes(testPath: string): void {
  rmSync(getNotesPath(testPath), { force: true })
}
