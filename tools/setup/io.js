import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const notes = join(root, 'node_modules/.cache/setup')

/**
 * Prints what setup is doing.
 * @param {string} line
 */
export function log(line) {
  console.error(`setup: ${line}`)
}

/**
 * Runs a program without a terminal and returns its output.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeout?: number }} [options] timeout in milliseconds
 * @returns {{ ok: boolean, output: string }}
 */
export function run(program, args, { env, timeout } = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    timeout,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // On Windows npx is a script, which only a shell starts.
    shell: process.platform === 'win32' && program === 'npx',
  })
  const reason = result.error === undefined ? '' : `${result.error.message}\n`
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${reason}`.trim() }
}

/**
 * Reads what an earlier run wrote with `writeNote`.
 * @param {string} name
 * @returns {string | undefined}
 */
export function readNote(name) {
  try {
    return readFileSync(join(notes, name), 'utf8')
  } catch {
    return undefined
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
export function writeNote(name, text) {
  const file = join(notes, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
