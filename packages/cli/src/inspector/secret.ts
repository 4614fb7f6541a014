import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { HookurlError, isHookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { followLinks, openAtomicFile, writeAtomicFile } from '../io/atomic-file.ts'
import { quoteForShell } from '../io/escape.ts'
import { describeWriteError, getErrorCode } from '../io/write-error.ts'
import { findPermissionProblem } from '../keys/development-key.ts'

const flag = '--inspector-secret-file'
const secretPattern = /^[\w-]{32,128}$/

/** Creates a secret for one run. */
export function createSecret(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * Reads the secret from a file, which is created if it is missing, and is then readable by its owner only.
 *
 * @throws {HookurlError} `invalid_option` if the file cannot be read or created, if other users can read it, or if it
 *   contains something else
 */
export async function loadSecret(path: string): Promise<string> {
  try {
    const secret = readSecret(path) ?? (await createSecretFile(path))
    const problem = findPermissionProblem(path)
    if (problem !== undefined) throw invalidOption(problem.message, problem.fix)
    if (secretPattern.test(secret)) return secret
  } catch (error) {
    if (isHookurlError(error)) throw error
    const { reason, fix } = describeWriteError(error)
    throw new HookurlError('invalid_option', {
      message: `${flag} ${path} cannot be used (${reason})`,
      fix,
      cause: error,
    })
  }
  throw invalidOption(
    `${flag} ${path} does not contain a secret of 32 to 128 characters of A–Z, a–z, 0–9, _ and -`,
    `Delete the file, so that hookurl creates another one: rm ${quoteForShell(path)}`,
  )
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (getErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

// Of two programs that start at the same time, both get the secret of the first one.
async function createSecretFile(path: string): Promise<string> {
  await writeAtomicFile(await openAtomicFile(await followLinks(path), { existing: 'keep' }), `${createSecret()}\n`)
  return readFileSync(path, 'utf8').trim()
}
