import { Readable, Writable } from 'node:stream'
import { vi } from 'vitest'
import type { ProgramResult, RunOptions } from './run.ts'

type Stream = 'stdin' | 'stdout' | 'stderr'

const endings = ['exit', 'SIGHUP', 'SIGINT', 'SIGTERM'] as const

let previous: Promise<unknown> = Promise.resolve()

/**
 * Runs a command line in this process: with the same arguments, environment, streams and exit code as `run`, but
 * without starting a program. Runs take turns, since environment, working directory and streams belong to the
 * process. Use `run` where the process is the fact: signals, a closed stdout, a terminal, two programs at once.
 */
export function runInProcess(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  const next = previous.then(() => runAlone(args, options))
  previous = next.catch(() => undefined)
  return next
}

async function runAlone(args: readonly string[], { cwd, env = {}, stdin = '' }: RunOptions): Promise<ProgramResult> {
  const stdout = createCapture()
  const stderr = createCapture()
  const restore = [
    replaceEnvironment({ PATH: process.env.PATH ?? '', ...env }),
    replaceDirectory(cwd),
    replaceStream('stdin', Readable.from([Buffer.from(stdin)])),
    replaceStream('stdout', stdout.stream),
    replaceStream('stderr', stderr.stream),
    watchListeners(),
  ]
  const { exitCode } = process
  process.exitCode = undefined
  try {
    // Every run has its own modules, as a new process has: they keep what they read from stdin, for instance.
    vi.resetModules()
    const { runProgram } = await import('../../src/commands/program.ts')
    await runProgram(args)
    return { exit: Number(process.exitCode ?? 0), signal: null, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.exitCode = exitCode
    for (const undo of restore.reverse()) undo()
  }
}

function createCapture(): { stream: Writable; text(): string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

// The variables are set one by one: os.homedir() reads the environment of the process, not process.env.
function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env }
  assignEnvironment(env)
  return () => assignEnvironment(before)
}

function assignEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
}

function replaceDirectory(cwd: string | undefined): () => void {
  const before = process.cwd()
  if (cwd !== undefined) process.chdir(cwd)
  return () => process.chdir(before)
}

function replaceStream(name: Stream, value: Readable | Writable): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name) as PropertyDescriptor
  Object.defineProperty(process, name, { configurable: true, enumerable: true, value })
  return () => Object.defineProperty(process, name, before)
}

// What a program does when it exits, such as removing unfinished files, happens at the end of the run.
function watchListeners(): () => void {
  const before = new Map(endings.map((name) => [name, new Set(process.listeners(name))]))
  return () => {
    for (const name of endings) {
      for (const listener of process.listeners(name as 'exit')) {
        if (before.get(name)?.has(listener) === true) continue
        process.off(name, listener)
        if (name === 'exit') listener(0)
      }
    }
  }
}
