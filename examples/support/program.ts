// How the tests start an example: as its reader does, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Program {
  /** Where it listens, without a slash at the end. */
  readonly origin: string
  /** What it has printed until now. */
  output(): string
  stop(): Promise<void>
}

export interface ProgramOptions {
  /** The folder that it runs in. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What it prints when it listens, with the port in a group; as a URL unless told. */
  readonly portPattern?: RegExp
  /** How long it may take until it listens, in milliseconds; 60,000 unless told. */
  readonly timeoutMs?: number
}

/** Starts a program, given as words, and waits until it prints where it listens. Give it `PORT: '0'` where it reads one. */
export async function startProgram(words: readonly [string, ...string[]], options: ProgramOptions): Promise<Program> {
  const { cwd, env, portPattern = /https?:\/\/[^\s/]+:(\d+)/, timeoutMs = 60_000 } = options
  const [program, ...args] = words
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const complain = (what: string): Error => new Error(`${words.join(' ')} ${what}\n${output}`)
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill()
      reject(complain('did not listen in time'))
    }, timeoutMs)
    for (const stream of [child.stdout, child.stderr]) {
      let own = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
        own += chunk
        // Whole lines: a number may come in two pieces.
        const found = portPattern.exec(own.slice(0, own.lastIndexOf('\n') + 1))?.[1]
        if (found === undefined) return
        clearTimeout(timer)
        resolve(found)
      })
    }
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      reject(complain('ended before it listened'))
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
