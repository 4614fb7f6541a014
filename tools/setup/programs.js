import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { log, readNote, run, writeNote } from './io.js'

/**
 * The programs that tests need and npm does not have: their names, folders that need not be in PATH, the variable that
 * overrides the path, their system packages, and for a required library, the arguments that succeed if it is installed.
 * @type {Record<ProgramName, { names: string[], folders?: string[], variable: string, systemPackages: string[], needs?: Need }>}
 * @typedef {'bash' | 'caddy' | 'chromium' | 'curl' | 'fish' | 'go' | 'haproxy' | 'jwcrypto' | 'mariadbd' | 'nginx' | 'php' | 'postgres' | 'python3' | 'redis-server' | 'ruby' | 'zsh'} ProgramName
 * @typedef {{ library: string, proof: string[] }} Need
 */
const programs = {
  bash: { names: ['bash'], variable: 'HOOKURL_BASH', systemPackages: ['bash'] },
  caddy: { names: ['caddy'], variable: 'HOOKURL_CADDY', systemPackages: ['caddy'] },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    variable: 'HOOKURL_CHROMIUM',
    systemPackages: ['chromium'],
  },
  curl: { names: ['curl'], variable: 'HOOKURL_CURL', systemPackages: ['curl'] },
  fish: { names: ['fish'], variable: 'HOOKURL_FISH', systemPackages: ['fish'] },
  go: { names: ['go'], variable: 'HOOKURL_GO', systemPackages: ['golang-go', 'golang-github-golang-jwt-jwt-dev'] },
  haproxy: {
    names: ['haproxy'],
    folders: ['/usr/sbin'],
    variable: 'HOOKURL_HAPROXY',
    systemPackages: ['haproxy'],
  },
  jwcrypto: {
    names: ['python3'],
    variable: 'HOOKURL_PYTHON3',
    systemPackages: ['python3', 'python3-jwcrypto'],
    needs: { library: 'jwcrypto', proof: ['-c', 'import jwcrypto.jwe'] },
  },
  mariadbd: {
    names: ['mariadbd'],
    folders: ['/usr/sbin'],
    variable: 'HOOKURL_MARIADBD',
    systemPackages: ['mariadb-server'],
  },
  nginx: { names: ['nginx'], variable: 'HOOKURL_NGINX', systemPackages: ['nginx'] },
  php: { names: ['php'], variable: 'HOOKURL_PHP', systemPackages: ['php-cli'] },
  postgres: {
    names: ['postgres'],
    folders: listPostgresFolders(),
    variable: 'HOOKURL_POSTGRES',
    systemPackages: ['postgresql'],
  },
  python3: {
    names: ['python3'],
    variable: 'HOOKURL_PYTHON3',
    systemPackages: ['python3', 'python3-jwt'],
    needs: { library: 'PyJWT', proof: ['-c', 'import jwt; jwt.PyJWK'] },
  },
  'redis-server': {
    names: ['redis-server', 'valkey-server'],
    variable: 'HOOKURL_REDIS_SERVER',
    systemPackages: ['redis-server'],
  },
  ruby: {
    names: ['ruby'],
    variable: 'HOOKURL_RUBY',
    systemPackages: ['ruby', 'ruby-jwt'],
    needs: { library: 'the gem jwt', proof: ['-e', 'require "jwt"'] },
  },
  zsh: { names: ['zsh'], variable: 'HOOKURL_ZSH', systemPackages: ['zsh'] },
}

const retryAfter = 60 * 60 * 1000

/**
 * Returns the path of a program, or undefined if it is not installed.
 * @param {ProgramName} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const { names, folders: ownFolders = [], variable, needs } = programs[name]
  /** @type {(file: string) => boolean} */
  const isUsable = (file) => isExecutable(file) && (needs === undefined || run(file, needs.proof).ok)
  const named = process.env[variable]
  if (named !== undefined && named !== '') return isUsable(named) ? named : undefined
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const extension = process.platform === 'win32' ? '.exe' : ''
  return [...folders, ...ownFolders]
    .flatMap((folder) => names.map((each) => join(folder, each + extension)))
    .find(isUsable)
}

/**
 * Returns the reason for skipping tests that need a program.
 * @param {ProgramName} name
 */
export function explainAbsence(name) {
  const { names, variable, needs } = programs[name]
  const what = needs === undefined ? name : `${names[0]} with ${needs.library}`
  return `${what} is not installed: install it, or set ${variable} to its path`
}

/** Returns these reasons for all programs. */
export function explainAbsences() {
  return /** @type {ProgramName[]} */ (Object.keys(programs)).map(explainAbsence)
}

/**
 * Installs a program from the system's packages if possible; otherwise prints why its tests are skipped.
 * @param {ProgramName} name
 */
export function ensureProgram(name) {
  if (findProgram(name) !== undefined) return
  const failed = tryInstall(name)
  if (failed !== undefined) log(`no ${name} (${failed}): the tests that need it are skipped`)
}

/**
 * @param {ProgramName} name
 * @returns {string | undefined} what went wrong
 */
function tryInstall(name) {
  const { variable, systemPackages } = programs[name]
  if ((process.env[variable] ?? '') !== '') return `${variable} is not a usable program`
  if (process.getuid?.() !== 0) return 'installing it needs root'
  if (!run('apt-get', ['--version']).ok) return 'there is no apt-get'
  const note = `failed-${name}`
  if (Date.now() - Number(readNote(note) ?? 0) < retryAfter) return 'apt-get failed within the last hour'
  log(`installing ${systemPackages.join(' and ')} with apt-get …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const updated = run('apt-get', ['update', '-qq'], { env, timeout: 60_000 })
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...systemPackages]
  // An old package list may be recent enough.
  const result = run('apt-get', install, { env, timeout: updated.ok ? 300_000 : 60_000 })
  if (result.ok && findProgram(name) !== undefined) return undefined
  writeNote(note, String(Date.now()))
  return 'apt-get could not install it'
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Debian installs every version of PostgreSQL in a folder of its own; the newest comes first. */
function listPostgresFolders() {
  const parent = '/usr/lib/postgresql'
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(parent, version, 'bin'))
}
