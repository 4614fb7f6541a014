import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { readNote, run, say, writeNote } from './io.js'

/**
 * The programs that tests drive and npm does not bring: how they may be called, the variable that names another one,
 * and the system package that has them.
 * @type {Record<ProgramName, { names: string[], variable: string, systemPackage: string }>}
 * @typedef {'bash' | 'chromium' | 'curl' | 'fish' | 'redis-server' | 'zsh'} ProgramName
 */
const programs = {
  bash: { names: ['bash'], variable: 'HOOKURL_BASH', systemPackage: 'bash' },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    variable: 'HOOKURL_CHROMIUM',
    systemPackage: 'chromium',
  },
  curl: { names: ['curl'], variable: 'HOOKURL_CURL', systemPackage: 'curl' },
  fish: { names: ['fish'], variable: 'HOOKURL_FISH', systemPackage: 'fish' },
  'redis-server': {
    names: ['redis-server', 'valkey-server'],
    variable: 'HOOKURL_REDIS_SERVER',
    systemPackage: 'redis-server',
  },
  zsh: { names: ['zsh'], variable: 'HOOKURL_ZSH', systemPackage: 'zsh' },
}

const retryAfter = 60 * 60 * 1000

/**
 * Where a program is; undefined: not on this machine.
 * @param {ProgramName} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const { names, variable } = programs[name]
  const named = process.env[variable]
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const extension = process.platform === 'win32' ? '.exe' : ''
  return folders.flatMap((folder) => names.map((each) => join(folder, each + extension))).find(isExecutable)
}

/**
 * Why tests that need a program are skipped, for their reports.
 * @param {ProgramName} name
 */
export function explainAbsence(name) {
  return `${name} is not installed: install it, or name one in ${programs[name].variable}`
}

/** Every such reason. */
export function explainAbsences() {
  return /** @type {ProgramName[]} */ (Object.keys(programs)).map(explainAbsence)
}

/**
 * Installs a program from the system's packages where that is possible; otherwise says so and goes on.
 * @param {ProgramName} name
 */
export function provide(name) {
  if (findProgram(name) !== undefined) return
  const failed = tryInstall(name)
  if (failed !== undefined) say(`no ${name} (${failed}): the tests that need it are skipped`)
}

/**
 * @param {ProgramName} name
 * @returns {string | undefined} what went wrong
 */
function tryInstall(name) {
  const { variable, systemPackage } = programs[name]
  if ((process.env[variable] ?? '') !== '') return `${variable} names a file that can't be run`
  if (process.getuid?.() !== 0) return 'installing it needs root'
  if (!run('apt-get', ['--version']).ok) return 'there is no apt-get'
  const note = `failed-${name}`
  if (Date.now() - Number(readNote(note) ?? 0) < retryAfter) return 'apt-get failed within the last hour'
  say(`installing ${systemPackage} with apt-get …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const updated = run('apt-get', ['update', '-qq'], { env, timeout: 60_000 })
  const install = ['install', '-y', '-qq', '--no-install-recommends', systemPackage]
  // A list that can't be refreshed may still be good enough.
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
