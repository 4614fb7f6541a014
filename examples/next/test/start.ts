import { fileURLToPath } from 'node:url'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { environment, type RunningExample } from '../../support/minimal-receiver.ts'
import { startProgram } from '../../support/program.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))

/** Starts a script of the example. */
export async function start(file: string): Promise<RunningExample> {
  const command: [string, ...string[]] = [process.execPath, '--import', 'tsx', file]
  const { origin, output, stop } = await startProgram(command, { cwd, env: environment, timeoutMs: 300_000 })
  return { send: sendToOrigin(origin), output, stop }
}
