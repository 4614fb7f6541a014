import { fileURLToPath } from 'node:url'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { startProgram } from '../../support/program.ts'
import { environment, type RunningExample } from '../../support/minimal-receiver.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))

/** Starts a file of the example. */
export async function start(file: string): Promise<RunningExample> {
  const words: [string, ...string[]] = [process.execPath, '--import', 'tsx', file]
  const { origin, output, stop } = await startProgram(words, { cwd, env: environment, timeoutMs: 300_000 })
  return { ask: sendToOrigin(origin), output, stop }
}
