import { Readable, Writable } from 'node:stream'
import { runProgram } from '../../src/commands/program.ts'
import type { ProgramResult, RunningProgram, RunOptions } from './run.ts'

interface InProcessOptions extends RunOptions {
  /** Whether stdout and stderr are terminals; they are pipes by default. */
  readonly isTerminal?: boolean
  /** Used as stdout; what is written to it is not captured. */
  readonly stdout?: Writable
}

type StreamName = 'stdin' | 'stdout' | 'stderr'
type ProcessEvent = 'exit' | 'SIGHUP' | 'SIGINT' | 'SIGTERM'

const processEvents: readonly ProcessEvent[] = ['exit', 'SIGHUP', 'SIGINT', 'SIGTERM']
// The listeners of everything else in this process: of the test runner, and of what earlier tests have loaded.
let foreignListeners = findListeners()

let previous: Promise<unknown> = Promise.resolve()

/**
 * Runs a command line in this process: with the same arguments, environment, streams and exit code as `run`, but
 * without starting a process. Runs take turns, since environment, working directory and streams belong to the
 * process. Use `run` where the process is the fact: signals, a closed stdout, a terminal, two programs at once.
 */
export function runInProcess(args: readonly string[], options?: InProcessOptions): Promise<ProgramResult> {
  return startInProcess(args, options).ended
}

/** Starts a command that runs until it is stopped, such as `listen`, in this process. Other runs wait for its end. */
export function startInProcess(args: readonly string[], options: InProcessOptions = {}): RunningProgram {
  const stdout = createCapture(options)
  const stderr = createCapture(options)
  const ended = previous.then(() => runAlone(args, options, { stdout, stderr }))
  previous = ended.catch(() => undefined)
  return {
    ended,
    waitForStderr: (pattern) => stderr.waitFor(pattern, ended),
    kill: (signal) => {
      for (const listener of listOwnListeners(signal as ProcessEvent)) listener()
    },
  }
}

interface Captures {
  readonly stdout: Capture
  readonly stderr: Capture
}

async function runAlone(
  args: readonly string[],
  { cwd, env = {}, stdin = '', stdout: replacement }: InProcessOptions,
  { stdout, stderr }: Captures,
): Promise<ProgramResult> {
  const restore = [
    replaceEnvironment({ PATH: process.env.PATH ?? '', ...env }),
    replaceDirectory(cwd),
    replaceStream('stdin', Readable.from(toChunks(Buffer.from(stdin)))),
    replaceStream('stdout', replacement ?? stdout.stream),
    replaceStream('stderr', stderr.stream),
    removeListeners,
  ]
  const { exitCode } = process
  process.exitCode = undefined
  foreignListeners = findListeners()
  try {
    await runProgram(args)
    return { exit: Number(process.exitCode ?? 0), signal: null, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.exitCode = exitCode
    for (const undo of restore.reverse()) undo()
  }
}

interface Capture {
  readonly stream: Writable
  text(): string
  waitFor(pattern: RegExp, ended: Promise<unknown>): Promise<string>
}

// A pipe delivers at most 64 KiB at a time.
function* toChunks(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536)
}

function createCapture({ isTerminal = false }: InProcessOptions): Capture {
  const chunks: Buffer[] = []
  const waiting = new Set<() => void>()
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      for (const check of waiting) check()
      done()
    },
  })
  if (isTerminal) Object.assign(stream, { isTTY: true })
  const text = (): string => Buffer.concat(chunks).toString()
  return {
    stream,
    text,
    waitFor: (pattern, ended) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(text())) return
          waiting.delete(check)
          resolve(text())
        }
        waiting.add(check)
        check()
        const fail = (): void => reject(new Error(`the program ended without printing ${pattern}: ${text()}`))
        void ended.then(fail, fail)
      }),
  }
}

// os.homedir() reads the environment of the process, which changes only with the members of process.env.
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

function replaceStream(name: StreamName, value: Readable | Writable): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name) as PropertyDescriptor
  Object.defineProperty(process, name, { configurable: true, enumerable: true, value })
  return () => Object.defineProperty(process, name, before)
}

// What a program does at exit, such as removing temporary files, happens at the end of the run.
function removeListeners(): void {
  for (const event of processEvents) {
    for (const listener of listOwnListeners(event)) {
      process.off(event, listener)
      if (event === 'exit') listener()
    }
  }
}

function listOwnListeners(event: ProcessEvent): (() => void)[] {
  return listListeners(event).filter((listener) => foreignListeners.get(event)?.has(listener) !== true)
}

function findListeners(): ReadonlyMap<ProcessEvent, ReadonlySet<() => void>> {
  return new Map(processEvents.map((event) => [event, new Set(listListeners(event))]))
}

function listListeners(event: ProcessEvent): (() => void)[] {
  return process.listeners(event as NodeJS.Signals) as (() => void)[]
}
