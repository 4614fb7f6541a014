import type { ChildProcess } from 'node:child_process'

/** Returns an environment without the variables of hookurl, some of which contain secrets. */
export function withoutHookurlEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toUpperCase().startsWith('HOOKURL_')))
}

/**
 * Sends a signal to a program that was spawned as `detached`, and to the programs that it has started. Returns whether
 * any of them was running; signal 0 only checks that.
 */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    if (child.pid === undefined || process.platform === 'win32') return child.kill(signal)
    return process.kill(-child.pid, signal)
  } catch {
    // They have already exited.
    return false
  }
}
