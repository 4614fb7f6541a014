// Starts an example whose test kills it, and starts it again with its data.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import type { ProgramOptions } from './program.ts'

export interface KillableProgram {
  /** Its output so far. */
  output(): string
  /** Waits for a match in the output, and returns the first group. */
  find(pattern: RegExp): Promise<string>
  /** Sends SIGKILL, and waits until it has ended. */
  kill(): Promise<void>
}

export function startKillable(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env, timeoutMs = 60_000 }: Pick<ProgramOptions, 'cwd' | 'env' | 'timeoutMs'>,
): KillableProgram {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  return {
    output: () => output,
    find: async (pattern) => {
      await expect.poll(() => output, { timeout: timeoutMs }).toMatch(pattern)
      return pattern.exec(output)?.[1] ?? ''
    },
    kill: () => kill(child),
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
