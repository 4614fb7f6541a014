import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const examples = fileURLToPath(new URL('..', import.meta.url))
const folder = join(examples, '../node_modules/.cache/examples')

/** One line of the table of examples. */
export interface CheckNote {
  readonly example: string
  readonly what: string
}

/** The file with the notes of a test file. */
export function getNotesPath(testPath: string): string {
  return join(folder, `${relative(examples, testPath).replaceAll(/[\\/]/g, '__')}.jsonl`)
}

/** Deletes the notes of an earlier run of a test file. */
export function clearNotes(testPath: string): void {
  rmSync(getNotesPath(testPath), { force: true })
}
