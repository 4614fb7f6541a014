import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program that is started again whenever it ends, until it is stopped. */
export interface Program {
  readonly name: string
  /** Ends it as `kill -9` does, if it runs. */
  kill(): boolean
  stop(): Promise<void>
}

export interface ProgramOptions {
  readonly name: string
  /** Where its output is appended. */
  readonly log: string
  readonly env?: Readonly<Record<string, string>>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  // Not `kill -9`, which would leave nginx's own children behind.
  for (const child of running) child.kill()
})

/** Starts a program, given as words. */
export function keepRunning([file = '', ...args]: readonly string[], options: ProgramOptions): Program {
  const { name, log, env } = options
  // nginx opens its output once more by name, which a pipe of Node's would not allow.
  const output = openSync(log, 'a')
  let isStopped = false
  let child = start()

  function start(): ChildProcess {
    const started = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] })
    running.add(started)
    started.once('error', (error) => {
      throw new Error(`${name} cannot be started: ${error.message}`)
    })
    started.once('exit', async () => {
      running.delete(started)
      await sleep(100)
      if (!isStopped) child = start()
    })
    return started
  }

  return {
    name,
    kill: () => child.kill('SIGKILL'),
    stop: async () => {
      isStopped = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill()
      const late = setTimeout(() => child.kill('SIGKILL'), 3000)
      await ended
      clearTimeout(late)
    },
  }
}
