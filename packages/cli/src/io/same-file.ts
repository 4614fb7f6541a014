import { type BigIntStats, fstatSync, statSync } from 'node:fs'
import { invalidOption } from '@hookurl/core/internal'
import { followLinks } from './atomic-file.ts'

/** A file of a command: its path, or the descriptor of a stream. */
export interface NamedFile {
  /** How error messages name it. */
  readonly name: string
  readonly file: string | number | undefined
}

/**
 * Checks that a file is not one of the others under a different name, such as a relative path, a link or different
 * letter case.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function assertOtherFile(written: NamedFile, others: readonly NamedFile[]): Promise<void> {
  for (const other of others) {
    if (written.file === undefined || other.file === undefined || !(await isSameFile(written.file, other.file)))
      continue
    throw invalidOption(
      `${written.name} and ${other.name} are the same file`,
      `Choose another file for ${written.name}.`,
    )
  }
}

async function isSameFile(one: string | number, other: string | number): Promise<boolean> {
  const [oneStats, otherStats] = [getStats(one), getStats(other)]
  if (oneStats !== undefined && otherStats !== undefined) {
    // A device, such as /dev/null, is not replaced.
    return oneStats.dev === otherStats.dev && oneStats.ino === otherStats.ino && !oneStats.isCharacterDevice()
  }
  if (oneStats !== undefined || otherStats !== undefined || typeof one !== typeof other) return false
  return (await normalizePath(String(one))) === (await normalizePath(String(other)))
}

// Node rounds large inode numbers, except as bigint.
function getStats(file: string | number): BigIntStats | undefined {
  try {
    return typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true })
  } catch {
    return undefined
  }
}

// If neither file exists yet, it is unknown whether the file system is case-sensitive.
async function normalizePath(path: string): Promise<string> {
  const target = await followLinks(path).catch(() => path)
  return target.normalize('NFC').toLowerCase()
}
