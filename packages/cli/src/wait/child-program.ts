import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { signalGroup, withoutHookurlEnv } from '../io/child-process.ts'

/** How a program ended. */
export interface ProgramEnding {
  /** 0, its exit code, 128 plus the number of the signal that killed it, 127 if it was not found, or 126. */
  readonly exit: number
  /** What happened: the end of a sentence that begins with "the program". */
  readonly description: string
  /** Whether it was started. */
  readonly isStarted: boolean
}

/** A program that gets the URL. */
export interface ChildProgram {
  readonly ended: Promise<ProgramEnding>
  /** Sends a signal to it and to the programs that it has started, and resolves when they have exited. */
  stop(signal: NodeJS.Signals): Promise<void>
}

/** How long a program may take to exit until it is killed. */
const GRACE_MS = 5000
/** How long the programs that it has started may take after that. */
const BACKGROUND_GRACE_MS = 1000
const CHECK_INTERVAL_MS = 50

/**
 * Starts a program with these variables, and without any other `HOOKURL_` variable. Its output goes to stderr, since
 * stdout is for the payload.
 */
export function startProgram(words: readonly string[], variables: Readonly<Record<string, string>>): ChildProgram {
  const [file = '', ...args] = words
  const child = spawn(file, args, {
    stdio: ['inherit', 2, 2],
    // Starts a process group, so that the programs that it starts can be stopped with it.
    detached: process.platform !== 'win32',
    env: { ...withoutHookurlEnv(process.env), ...variables },
  })
  let isRunning = child.pid !== undefined
  let stopping: Promise<void> | undefined
  const kill = (): void => {
    if (isRunning || stopping !== undefined) signalGroup(child, 'SIGKILL')
  }
  process.once('exit', kill)
  const ended = new Promise<ProgramEnding>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      // After any other error, such as a failed kill, it is still running.
      if (child.pid === undefined) resolve(describeStartError(file, error))
    })
    child.once('exit', (exit, signal) => {
      isRunning = false
      resolve(describeExit(exit, signal))
    })
  })

  async function stopGroup(): Promise<void> {
    let deadline = performance.now() + GRACE_MS
    let isTerminated = false
    while (signalGroup(child, 0) && performance.now() < deadline) {
      if (!isRunning && !isTerminated) {
        // The background jobs of a shell ignore SIGINT.
        isTerminated = signalGroup(child, 'SIGTERM')
        deadline = performance.now() + BACKGROUND_GRACE_MS
      }
      await sleep(CHECK_INTERVAL_MS)
    }
    signalGroup(child, 'SIGKILL')
  }

  return {
    ended,
    stop: async (signal) => {
      // What it has left in the background continues, as after any command.
      if (!isRunning && stopping === undefined) return
      if (stopping === undefined) signalGroup(child, signal)
      stopping ??= stopGroup()
      await stopping
      stopping = undefined
    },
  }
}

async function describeExit(exit: number | null, signal: NodeJS.Signals | null): Promise<ProgramEnding> {
  const { constants } = await import('node:os')
  if (signal === null) return { exit: exit ?? 1, description: `ended with exit code ${exit}`, isStarted: true }
  return { exit: 128 + constants.signals[signal], description: `was killed by ${signal}`, isStarted: true }
}

// As in a shell, and in `env` and `timeout`.
function describeStartError(file: string, { code }: NodeJS.ErrnoException): ProgramEnding {
  const description = `${JSON.stringify(file)} cannot be started (${code})`
  return { exit: code === 'ENOENT' ? 127 : 126, description, isStarted: false }
}
