// Starts an example as a reader would, in its own process.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Program {
  /** The origin that it listens on, without a trailing slash. */
  readonly origin: string
  /** Its output so far. */
  output(): string
  stop(): Promise<void>
}

export interface ProgramOptions {
  /** The working directory. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Matches the output that shows that it listens, with the port in a group; by default a URL. */
  readonly portPattern?: RegExp
  /** How long it may take to listen, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number
}

/** Starts a program and waits until it prints its address. Set `PORT: '0'` for a program that reads it. */
export async function startProgram(command: readonly [string, ...string[]], options: ProgramOptions): Promise<Program> {
  const { cwd, env, portPattern = /https?:\/\/[^\s/]+:(\d+)/, timeoutMs = 60_000 } = options
  const [program, ...args] = command
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const createError = (what: string): Error => new Error(`${command.join(' ')} ${what}\n${output}`)
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill()
      reject(createError('did not listen in time'))
    }, timeoutMs)
    for (const stream of [child.stdout, child.stderr]) {
      let own = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
        own += chunk
        // Complete lines only: the port may arrive in two chunks.
        const found = portPattern.exec(own.slice(0, own.lastIndexOf('\n') + 1))?.[1]
        if (found === undefined) return
        clearTimeout(timer)
        resolve(found)
      })
    }
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      reject(createError('ended before it listened'))
    })
  })
  return { origin: `http://127.0.0.1:${port}`, output: () => output, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  child.kill()
  await ended
}
