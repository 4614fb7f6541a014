import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))

/** Two keys for tests. */
export const testKeys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
export const otherKeys = 'hks_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA'

export interface ProgramResult {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly stdin?: string | Uint8Array
}

/** Makes an empty home directory. */
export function makeHome(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'hookurl-cli-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface RunningProgram {
  readonly ended: Promise<ProgramResult>
  /** Waits until stderr matches, and resolves to everything that was printed there. */
  waitForStderr(pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
}

/** Starts the built program as a process. Of the environment of this process, it gets only `PATH`. */
export function start(args: readonly string[], { cwd, env = {}, stdin = '' }: RunOptions = {}): RunningProgram {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const ended = new Promise<ProgramResult>((resolve) => {
    child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }))
  })
  const waitForStderr = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (pattern.test(stderr)) resolve(stderr)
      }
      child.stderr.on('data', check)
      child.on('close', () => reject(new Error(`the program ended without printing ${pattern}: ${stderr}`)))
      check()
    })
  return { ended, waitForStderr, kill: (signal) => void child.kill(signal) }
}

/** Runs the built program as a process, to its end. */
export function run(args: readonly string[], options?: RunOptions): Promise<ProgramResult> {
  return start(args, options).ended
}
