import { fileURLToPath } from 'node:url'
import { findPackagedProgram, getVersion } from '../../../test/runtimes/programs.ts'
import { sendToOrigin } from '../../../test/runtimes/runtime.ts'
import { environment, testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { startProgram } from '../../support/program.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const found = findPackagedProgram('@oven/bun-linux-x64-baseline', 'bin/bun')
const program = 'program' in found ? found.program : ''

testMinimalReceiver({
  name: 'bun',
  by: program === '' ? 'Bun' : `Bun ${getVersion(program)}`,
  absence: 'absence' in found ? found.absence : undefined,
  start: async () => {
    const { origin, output, stop } = await startProgram([program, 'server.ts'], { cwd, env: environment })
    return { send: sendToOrigin(origin), output, stop }
  },
})
