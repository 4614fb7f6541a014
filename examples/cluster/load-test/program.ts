import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program that is restarted whenever it exits, until it is stopped. */
export interface Program {
  readonly name: string
  /** Sends SIGKILL if the program is running. */
  kill(): boolean
  stop(): Promise<void>
}

export interface ProgramOptions {
  readonly name: string
  /** The file that its output is appended to. */
  readonly log: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The user that runs it, if it is another one. */
  readonly user?: SystemUser | undefined
}

export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  // Not SIGKILL, which would leave nginx's child processes running.
  for (const child of running) child.kill()
})

/** Starts a command. */
export function keepRunning([file = '', ...args]: readonly string[], options: ProgramOptions): Program {
  const { name, log, env, user } = options
  // A file, since nginx reopens its output by name, which does not work with a pipe.
  const output = openSync(log, 'a')
  let isStopped = false
  let child = start()

  function start(): ChildProcess {
    const started = spawn(file, args, { ...user, env: { ...process.env, ...env }, stdio: ['ignore', output, output] })
    running.add(started)
    started.once('error', (error) => {
      throw new Error(`${name} could not be started: ${error.message}`)
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
