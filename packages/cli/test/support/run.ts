import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))

/** A key for tests. */
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

/** A home of its own, without keys. */
export function makeHome(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'hookurl-cli-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A program that runs. */
export interface RunningProgram {
  readonly ended: Promise<ProgramResult>
  /** Waits until stderr says something, and returns all that it has said. */
  waitForStderr(pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
}

/** Starts the built program with an environment that has nothing of this process's but its path. */
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
  const says = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stderr)) resolve(stderr)
      }
      child.stderr.on('data', look)
      child.on('close', () => reject(new Error(`it ended without saying ${pattern}: ${stderr}`)))
      look()
    })
  return { ended, waitForStderr, kill: (signal) => void child.kill(signal) }
}

/** Runs the real program to its end. */
export function run(args: readonly string[], options?: RunOptions): Promise<ProgramResult> {
  return start(args, options).ended
}
