import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { parseEnv } from 'node:util'
import { HookurlError, isHookurlError, type Key, parseKeys } from '@hookurl/core'
import { readStdin } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { developmentKeyPath, makeDevelopmentKey, readDevelopmentKey } from './development-key.ts'

/** The flags of every command that needs keys. */
export interface KeyFlags {
  keysFile?: string
  baseUrl?: string
  purpose?: string
}

/** The keys of a run and what belongs to them. */
export interface Settings {
  readonly keys: string
  readonly parsedKeys: readonly Key[]
  readonly isDevelopment: boolean
  /** Where the keys are from, in words, and the file that it is. */
  readonly keySource: string
  readonly path: string | undefined
  readonly purpose: string
  /** Absent where nobody named one. */
  readonly baseUrl: string | undefined
}

/** Where URLs point to unless told, which is where `listen` listens. */
export const defaultBaseUrl: string = 'http://localhost:8787/hooks'

type Environment = Readonly<Record<string, string | undefined>>

interface Found {
  readonly text: string
  readonly origin: string
  readonly path?: string
  /** Said on stderr: a file may be somebody else's. */
  readonly note?: string
  /** What else stands where the keys do. */
  readonly beside?: Environment
  readonly isDevelopment?: boolean
}

type Source = (flags: KeyFlags, env: Environment) => Promise<Found | undefined> | Found | undefined

// The first one that has something is taken, also when that is a mistake: an empty text is not the absence of one.
const sources: readonly Source[] = [
  ({ keysFile }) => (keysFile === undefined ? undefined : fromFile(keysFile, '--keys-file')),
  (_flags, { HOOKURL_KEYS }) =>
    HOOKURL_KEYS === undefined ? undefined : { text: HOOKURL_KEYS, origin: 'HOOKURL_KEYS' },
  (_flags, { HOOKURL_KEYS_FILE }) =>
    HOOKURL_KEYS_FILE === undefined ? undefined : fromFile(HOOKURL_KEYS_FILE, 'HOOKURL_KEYS_FILE'),
  fromDotEnv,
]

/**
 * The keys to work with. Where there are none, a development key is made, but not in production.
 *
 * @throws {HookurlError} `invalid_key`
 */
export async function loadSettings(flags: KeyFlags, output: Output): Promise<Settings> {
  const found = (await findKeys(flags)) ?? makeKey()
  return toSettings(found, flags, output)
}

/**
 * The keys that are there; undefined where there are none. None is made.
 *
 * @throws {HookurlError} `invalid_key`
 */
export async function findSettings(flags: KeyFlags, output: Output): Promise<Settings | undefined> {
  const found = await findKeys(flags)
  return found === undefined ? undefined : toSettings(found, flags, output)
}

async function findKeys(flags: KeyFlags): Promise<Found | undefined> {
  for (const source of sources) {
    const found = await source(flags, process.env)
    if (found !== undefined) return found
  }
  if (isProduction()) return undefined
  const path = developmentKeyPath()
  const text = readDevelopmentKey(path)
  if (text === undefined) return undefined
  const note = `Using the development key ${tilde(path)}`
  return { text, origin: tilde(path), path, note, isDevelopment: true }
}

function makeKey(): Found {
  if (isProduction()) {
    throw new HookurlError('invalid_key', {
      message: 'there is no key, and in production none is made',
      fix: 'Set HOOKURL_KEYS or HOOKURL_KEYS_FILE; `hookurl keys new` makes a key.',
    })
  }
  const path = developmentKeyPath()
  const note = `Made a development key: ${tilde(path)} (set HOOKURL_KEYS to use your own)`
  return { text: makeDevelopmentKey(path), origin: tilde(path), path, note, isDevelopment: true }
}

function toSettings(found: Found, flags: KeyFlags, output: Output): Settings {
  const parsed = parse(found)
  if (found.note !== undefined) output.note(found.note)
  const env: Environment = { ...found.beside, ...process.env }
  return {
    keys: found.text,
    parsedKeys,
    isDevelopment: found.isDevelopment === true,
    keySource: found.origin,
    path: found.path,
    purpose: flags.purpose ?? env.HOOKURL_PURPOSE ?? '',
    baseUrl: flags.baseUrl ?? env.HOOKURL_BASE_URL,
  }
}

function parse({ text, origin }: Found): Key[] {
  if (text.trim() === '') throw new HookurlError('invalid_key', { message: `${origin} is empty: there is no key` })
  try {
    return parseKeys(text)
  } catch (error) {
    if (!isHookurlError(error)) throw error
    throw new HookurlError('invalid_key', { message: `${origin}: ${error.message}`, fix: error.fix })
  }
}

// What `hookurl keys new` prints is good as a file of keys too.
const assignment = /^HOOKURL_KEYS=/gm

async function fromFile(path: string, origin: string): Promise<Found> {
  if (path === '-') return { text: (await readStdin(origin)).replace(assignment, ''), origin: 'stdin' }
  try {
    const text = readFileSync(path, 'utf8').replace(assignment, '')
    return { text, origin: path, path, note: `Keys from ${path}` }
  } catch (error) {
    throw new HookurlError('invalid_key', {
      message: `${origin}: the file ${JSON.stringify(path)} cannot be read (${Reflect.get(error as object, 'code')})`,
      fix: 'Name a file that holds keys.',
      cause: error,
    })
  }
}

function fromDotEnv(): Found | undefined {
  const text = readDotEnv()
  if (text === undefined) return undefined
  const { HOOKURL_KEYS, ...beside } = parseEnv(text) as Environment
  if (HOOKURL_KEYS === undefined) return undefined
  return { text: HOOKURL_KEYS, origin: 'HOOKURL_KEYS in ./.env', path: '.env', note: 'Keys from ./.env', beside }
}

function readDotEnv(): string | undefined {
  try {
    return readFileSync('.env', 'utf8')
  } catch (error) {
    const code = Reflect.get(error as object, 'code')
    // A folder of this name is a Python environment.
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw new HookurlError('invalid_key', {
      message: `the file ./.env cannot be read (${code})`,
      fix: 'Make it readable, or set HOOKURL_KEYS.',
      cause: error,
    })
  }
}

function isProduction(): boolean {
  return process.env.NODE_ENV === 'production'
}

function tilde(path: string): string {
  const home = homedir()
  return home.length > 1 && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}
