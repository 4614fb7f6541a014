import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** What a program came to that had this process go on meanwhile. */
export interface RanApart {
  readonly ok: boolean
  readonly stdout: string
  /** Both streams, for who wants to know what went wrong. */
  readonly output: string
}

const limit = 300_000

/** Runs a program in a project of its own: nothing of this one's environment leads it back here. */
export async function runApart([program = '', ...args]: readonly string[], options: RunOptions): Promise<RanApart> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:(?:npm|pnpm|yarn|vitest)_|NODE_OPTIONS$)/i.test(name),
  )
  const env = { ...Object.fromEntries(inherited), CI: 'true', ...options.env }
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: limit })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `it ended with ${signal ?? code}`))
  })
  const [stdout, stderr, problem] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { ok: problem === '', stdout: stdout.trim(), output: [stdout, stderr, problem].join('\n').trim() }
}
