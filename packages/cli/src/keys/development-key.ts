import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { generateKey, HookurlError } from '@hookurl/core'
import { openAtomicFile, writeAtomicFile } from '../io/atomic-file.ts'
import { quoteForShell } from '../io/escape.ts'
import { describeWriteError } from '../io/write-error.ts'

/** Returns the path of the key that is used when no other key is configured; undefined without a home directory. */
export function getDevelopmentKeyPath(): string | undefined {
  const { XDG_CONFIG_HOME = '' } = process.env
  // XDG Base Directory Specification: relative paths are ignored.
  const folder = isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : getDefaultFolder()
  return folder === undefined ? undefined : join(folder, 'hookurl', 'development.key')
}

/** Returns what to do about a key file that other users can read; `undefined` if only its owner can. */
export function findPermissionProblem(path: string): { readonly message: string; readonly fix: string } | undefined {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return undefined
  return {
    message: `other users of this machine can read ${path}`,
    fix: `Restrict permissions: chmod 600 ${quoteForShell(path)}`,
  }
}

// An empty HOME, or a relative one, would put keys into the current folder.
function getDefaultFolder(): string | undefined {
  const home = homedir()
  return isAbsolute(home) ? join(home, '.config') : undefined
}

/** Reads the development key. Returns `undefined` if there is none. */
export function readDevelopmentKey(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (Reflect.get(error as object, 'code') === 'ENOENT') return undefined
    throw developmentKeyError(path, error)
  }
}

/** Creates the development key and returns it. Processes that start at the same time all get the key of the first one. */
export async function createDevelopmentKey(path: string): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeAtomicFile(await openAtomicFile(path, { existing: 'keep' }), `${generateKey()}\n`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw developmentKeyError(path, error)
  }
}

function developmentKeyError(path: string, cause: unknown): HookurlError {
  const { reason } = describeWriteError(cause)
  return new HookurlError('invalid_key', {
    message: `no key is set, and the development key ${path} cannot be used (${reason})`,
    fix: 'Set HOOKURL_KEYS; `hookurl keys new` creates a key.',
    cause,
  })
}
