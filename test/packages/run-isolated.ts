import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

export interface RunResult {
  readonly ok: boolean
  readonly stdout: string
  /** Both streams, for error messages. */
  readonly output: string
}

const TIMEOUT_MS = 300_000

/** Runs a program without the variables of npm, pnpm, yarn and vitest, which would point it back to this project. */
export async function runIsolated([program = '', ...args]: readonly string[], options: RunOptions): Promise<RunResult> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:(?:npm|pnpm|yarn|vitest)_|NODE_OPTIONS$)/i.test(name),
  )
  const env = { ...Object.fromEntries(inherited), CI: 'true', ...options.env }
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `exited with ${signal ?? code}`))
  })
  const [stdout, stderr, problem] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { ok: problem === '', stdout: stdout.trim(), output: [stdout, stderr, problem].join('\n').trim() }
}
