import { chmodSync, closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { invalidOption } from '@hookurl/core/internal'
import { describeWriteError } from './write-error.ts'

/** A file that lines are appended to. */
export interface AppendFile {
  append(line: string): void
  close(): void
}

/**
 * Opens a file with secrets. A new file is readable by its owner only, and an existing one must be.
 *
 * @throws {HookurlError} `invalid_option`, also in `append`
 */
export function openPrivateAppendFile(path: string, flag: string): AppendFile {
  const file = openPrivately(path, flag)
  return {
    append: (line) => {
      const bytes = Buffer.from(`${line}\n`)
      try {
        // A write may be partial.
        for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset)
      } catch (error) {
        throw writeError(path, flag, error)
      }
    },
    close: () => closeSync(file),
  }
}

function openPrivately(path: string, flag: string): number {
  try {
    const file = openSync(path, 'a', 0o600)
    const stats = fstatSync(file)
    if (process.platform === 'win32' || !stats.isFile() || (stats.mode & 0o077) === 0) return file
    if (stats.size === 0) {
      chmodSync(path, 0o600)
      return file
    }
    closeSync(file)
  } catch (error) {
    throw writeError(path, flag, error)
  }
  throw invalidOption(
    `${flag}: other users of this machine can read ${path}`,
    'The file contains URLs with their tokens. Restrict permissions (chmod 600), or choose another file.',
  )
}

function writeError(path: string, flag: string, error: unknown): Error {
  const { reason, fix } = describeWriteError(error)
  return invalidOption(`${flag}: the file ${path} cannot be written (${reason})`, fix)
}
