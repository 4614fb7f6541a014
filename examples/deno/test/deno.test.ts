import { fileURLToPath } from 'node:url'
import { askOver } from '../../../test/runtimes/place.ts'
import { findPackaged, versionOf } from '../../../test/runtimes/runtimes.ts'
import { startProgram } from '../../program.ts'
import { environment, testSmallest } from '../../smallest.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const found = findPackaged('@deno/linux-x64-glibc', 'deno')
const program = 'program' in found ? found.program : ''

testSmallest({
  name: 'deno',
  by: program === '' ? 'Deno' : `Deno ${versionOf(program)}`,
  absence: 'absence' in found ? found.absence : undefined,
  start: async () => {
    const { origin, output, stop } = await startProgram(
      [program, 'serve', '--allow-env=HOOKURL_KEYS', '--host=127.0.0.1', '--port=0', 'server.ts'],
      { cwd, env: environment },
    )
    return { ask: askOver(origin), output, stop }
  },
})
