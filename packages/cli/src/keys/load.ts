import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { HookurlError, isHookurlError, type Key, parseKeys } from '@hookurl/core'
import { escapeControlChars, quoteForShell } from '../io/escape.ts'
import { readBytes } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import {
  createDevelopmentKey,
  findPermissionProblem,
  getDevelopmentKeyPath,
  readDevelopmentKey,
} from './development-key.ts'
import { type KeyText, parseKeyText } from './key-text.ts'

/** The flags of every command that needs keys. */
export interface KeyFlags {
  keysFile?: string
  baseUrl?: string
  purpose?: string
  allowInsecure?: true
}

/** The keys of a command, and the settings that are configured along with them. */
export interface Settings {
  readonly keys: string
  readonly parsedKeys: readonly Key[]
  readonly isDevelopment: boolean
  /** Where the keys come from, in human-readable form. */
  readonly keySource: string
  /** The file that the keys come from. */
  readonly path: string | undefined
  readonly purpose: string
  /** Undefined if none is configured. */
  readonly baseUrl: string | undefined
  /** Options of the minter that the flags set. */
  readonly insecure: InsecureOption
}

/** Allows minting http URLs for hosts other than this machine and private networks. */
export interface InsecureOption {
  readonly allowInsecure?: true
}

/** Where URLs point by default: the address of `hookurl listen`. */
export const defaultBaseUrl: string = 'http://localhost:8787/hooks'

type Environment = Readonly<Record<string, string | undefined>>

interface KeySource {
  readonly keys: string
  readonly name: string
  readonly path?: string
  /** Printed to stderr. Keys from a file are announced, because the user may have expected others. */
  readonly note?: string
  readonly warning?: string
  /** Other variables from the same file. */
  readonly variables?: Environment
  readonly isDevelopment?: boolean
}

type FindKeySource = (flags: KeyFlags, env: Environment) => Promise<KeySource | undefined> | KeySource | undefined

// The first source that is set is used. An empty one is an error: it must not fall through to the next.
const keySources: readonly FindKeySource[] = [
  ({ keysFile }) => (keysFile === undefined ? undefined : readKeysFile(keysFile, '--keys-file')),
  (_flags, { HOOKURL_KEYS }) => (HOOKURL_KEYS === undefined ? undefined : { keys: HOOKURL_KEYS, name: 'HOOKURL_KEYS' }),
  (_flags, { HOOKURL_KEYS_FILE }) =>
    HOOKURL_KEYS_FILE === undefined ? undefined : readKeysFile(HOOKURL_KEYS_FILE, 'HOOKURL_KEYS_FILE'),
  readDotEnvKeys,
]

/**
 * Loads the configured keys. If there are none, it creates a development key, except in production.
 *
 * @throws {HookurlError} `invalid_key`
 */
export async function loadSettings(flags: KeyFlags, output: Output): Promise<Settings> {
  const source = (await findKeySource(flags)) ?? (await createKeySource())
  return toSettings(source, flags, output)
}

/**
 * Loads the configured keys, or the existing development key. Returns `undefined` if there are none, and never
 * creates a key.
 *
 * @throws {HookurlError} `invalid_key`
 */
export async function findSettings(flags: KeyFlags, output: Output): Promise<Settings | undefined> {
  const source = await findKeySource(flags)
  return source === undefined ? undefined : toSettings(source, flags, output)
}

/** Returns the option of the minter that `--allow-insecure` sets. */
export function getInsecureOption({ allowInsecure }: KeyFlags): InsecureOption {
  return allowInsecure === true ? { allowInsecure } : {}
}

async function findKeySource(flags: KeyFlags): Promise<KeySource | undefined> {
  for (const find of keySources) {
    const source = await find(flags, process.env)
    if (source !== undefined) return source
  }
  if (isProduction()) return undefined
  const path = getDevelopmentKeyPath()
  const keys = path === undefined ? undefined : readDevelopmentKey(path)
  if (path === undefined || keys === undefined) return undefined
  const name = abbreviateHome(path)
  const note = `Using the development key ${name}`
  const problem = findPermissionProblem(path)
  const warning = problem === undefined ? {} : { warning: `Warning: ${problem.message}. ${problem.fix}` }
  return { keys, name, path, note, isDevelopment: true, ...warning }
}

async function createKeySource(): Promise<KeySource> {
  if (isProduction()) {
    throw new HookurlError('invalid_key', {
      message: 'no key is set, and no development key is created in production',
      fix: 'Set HOOKURL_KEYS or HOOKURL_KEYS_FILE; `hookurl keys new` creates a key.',
    })
  }
  const path = getDevelopmentKeyPath()
  if (path === undefined) {
    throw new HookurlError('invalid_key', {
      message: 'no key is set, and there is no home directory for a development key',
      fix: 'Set HOOKURL_KEYS, or HOME to an absolute path; `hookurl keys new` creates a key.',
    })
  }
  const name = abbreviateHome(path)
  const note = `Created a development key: ${name} (set HOOKURL_KEYS to use your own)`
  return { keys: await createDevelopmentKey(path), name, path, note, isDevelopment: true }
}

function toSettings(source: KeySource, flags: KeyFlags, output: Output): Settings {
  const parsedKeys = parseKeySource(source)
  for (const note of [source.note, source.warning]) if (note !== undefined) output.note(escapeControlChars(note))
  const env: Environment = { ...source.variables, ...process.env }
  return {
    keys: source.keys,
    parsedKeys,
    isDevelopment: source.isDevelopment === true,
    keySource: source.name,
    path: source.path,
    purpose: flags.purpose ?? env.HOOKURL_PURPOSE ?? '',
    baseUrl: flags.baseUrl ?? env.HOOKURL_BASE_URL,
    insecure: getInsecureOption(flags),
  }
}

function parseKeySource({ keys, name }: KeySource): Key[] {
  if (keys.trim() === '') throw new HookurlError('invalid_key', { message: `${name} is empty: it contains no key` })
  try {
    return parseKeys(keys)
  } catch (error) {
    if (!isHookurlError(error)) throw error
    throw new HookurlError('invalid_key', { message: `${name}: ${error.message}`, fix: error.fix })
  }
}

async function readKeysFile(path: string, origin: string): Promise<KeySource> {
  const isStdin = path === '-'
  const name = isStdin ? 'stdin' : path
  const { keys, warning } = parseKeyText(isStdin ? await readBytes('-', origin) : readKeyBytes(path, origin), name)
  if (keys === undefined) {
    throw new HookurlError('invalid_key', {
      message: `${origin}: ${name} does not set HOOKURL_KEYS`,
      fix: `Add a key to the file: hookurl keys new --keys-file ${isStdin ? 'PATH' : quoteForShell(path)}`,
    })
  }
  return {
    keys,
    name,
    ...(isStdin ? {} : { path, note: `Keys from ${path}` }),
    ...(warning === undefined ? {} : { warning }),
  }
}

function readKeyBytes(path: string, origin: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new HookurlError('invalid_key', {
      message: `${origin}: the file ${JSON.stringify(path)} cannot be read (${Reflect.get(error as object, 'code')})`,
      fix: 'Set it to the path of a file with keys.',
      cause: error,
    })
  }
}

async function readDotEnvKeys(): Promise<KeySource | undefined> {
  const dotEnv = readDotEnv()
  if (dotEnv === undefined) return undefined
  const { keys, variables, warning } = dotEnv
  if (variables === undefined) {
    // Without a name, no program finds the key, so the development key would sign.
    if (keys === undefined || !/hks_/.test(keys)) return undefined
    throw new HookurlError('invalid_key', {
      message: './.env contains a key without a name',
      fix: 'Write HOOKURL_KEYS= before it.',
    })
  }
  const { HOOKURL_KEYS, ...others } = variables
  const settings = { variables: others, ...(warning === undefined ? {} : { warning }) }
  if (keys !== undefined) {
    return { keys, name: 'HOOKURL_KEYS in ./.env', path: '.env', note: 'Keys from ./.env', ...settings }
  }
  if (others.HOOKURL_KEYS_FILE === undefined) return undefined
  return { ...(await readKeysFile(others.HOOKURL_KEYS_FILE, 'HOOKURL_KEYS_FILE in ./.env')), variables: others }
}

function readDotEnv(): KeyText | undefined {
  let bytes: Uint8Array
  try {
    bytes = readFileSync('.env')
  } catch (error) {
    const code = Reflect.get(error as object, 'code')
    // A folder named .env is a Python virtual environment.
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw new HookurlError('invalid_key', {
      message: `the file ./.env cannot be read (${code})`,
      fix: 'Make it readable, or set HOOKURL_KEYS.',
      cause: error,
    })
  }
  return parseKeyText(bytes, './.env')
}

function isProduction(): boolean {
  return process.env.NODE_ENV === 'production'
}

function abbreviateHome(path: string): string {
  const home = homedir()
  return home.length > 1 && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}
