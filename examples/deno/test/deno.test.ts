import { fileURLToPath } from 'node:url'
import { findPackagedProgram, getVersion } from '../../../test/runtimes/programs.ts'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { environment, testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { startProgram } from '../../support/program.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const found = findPackagedProgram('@deno/linux-x64-glibc', 'deno')
const program = 'program' in found ? found.program : ''

testMinimalReceiver({
  name: 'deno',
  by: program === '' ? 'Deno' : `Deno ${getVersion(program)}`,
  absence: 'absence' in found ? found.absence : undefined,
  start: async () => {
    const { origin, output, stop } = await startProgram(
      [program, 'serve', '--allow-env=HOOKURL_KEYS', '--host=127.0.0.1', '--port=0', 'server.ts'],
      { cwd, env: environment },
    )
    return { send: sendToOrigin(origin), output, stop }
  },
})
