import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { generateKey, HookurlError } from '@hookurl/core'

/** Returns the path of the key that is used when no other key is configured. */
export function getDevelopmentKeyPath(): string {
  const config = process.env.XDG_CONFIG_HOME ?? ''
  // XDG Base Directory Specification: relative paths are ignored.
  return join(isAbsolute(config) ? config : join(homedir(), '.config'), 'hookurl', 'development.key')
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

/** Creates the development key and returns it. Processes that start at the same time all get the same key. */
export function createDevelopmentKey(path: string): string {
  const tempFile = `${path}.${randomUUID()}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(tempFile, `${generateKey()}\n`, { mode: 0o600, flag: 'wx' })
    publish(tempFile, path)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw developmentKeyError(path, error)
  }
}

// A hard link appears with its complete content and never replaces an existing file.
function publish(tempFile: string, path: string): void {
  try {
    linkSync(tempFile, path)
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== 'EEXIST') throw error
  } finally {
    unlinkSync(tempFile)
  }
}

function developmentKeyError(path: string, cause: unknown): HookurlError {
  return new HookurlError('invalid_key', {
    message: `no key is set, and the development key ${path} cannot be used (${Reflect.get(cause as object, 'code')})`,
    fix: 'Set HOOKURL_KEYS; `hookurl keys new` creates a key.',
    cause,
  })
}
