import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { generateKey, HookurlError } from '@hookurl/core'

/** Where the key is that this machine uses as long as it has no other. */
export function developmentKeyPath(): string {
  const config = process.env.XDG_CONFIG_HOME ?? ''
  // The XDG specification: a relative path is to be ignored.
  return join(isAbsolute(config) ? config : join(homedir(), '.config'), 'hookurl', 'development.key')
}

/** The development key, if there is one. */
export function readDevelopmentKey(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (Reflect.get(error as object, 'code') === 'ENOENT') return undefined
    throw unusable(path, error)
  }
}

/** Makes the development key. Of processes that start at once, the first one's key is everybody's. */
export function makeDevelopmentKey(path: string): string {
  const draft = `${path}.${randomUUID()}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${generateKey()}\n`, { mode: 0o600, flag: 'wx' })
    publish(draft, path)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unusable(path, error)
  }
}

// A link appears whole or not at all, and never takes the place of another.
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}

function unusable(path: string, error: unknown): HookurlError {
  return new HookurlError('invalid_key', {
    message: `there is no key, and the development key ${path} cannot be used (${Reflect.get(error as object, 'code')})`,
    fix: 'Set HOOKURL_KEYS; `hookurl keys new` makes a key.',
    cause: error,
  })
}
