import { fileURLToPath } from 'node:url'
import { askOver } from '../../../test/runtimes/place.ts'
import { startProgram } from '../../program.ts'
import { environment, type Started } from '../../smallest.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))

/** Starts a file of the example. */
export async function start(file: string): Promise<Started> {
  const words: [string, ...string[]] = [process.execPath, '--import', 'tsx', file]
  const { origin, output, stop } = await startProgram(words, { cwd, env: environment, patience: 300_000 })
  return { ask: askOver(origin), output, stop }
}
