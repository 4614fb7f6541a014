import { fileURLToPath } from 'node:url'
import { askOver } from '../../../test/runtimes/place.ts'
import { findPackaged, versionOf } from '../../../test/runtimes/runtimes.ts'
import { startProgram } from '../../program.ts'
import { environment, testSmallest } from '../../smallest.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const found = findPackaged('@oven/bun-linux-x64-baseline', 'bin/bun')
const program = 'program' in found ? found.program : ''

testSmallest({
  name: 'bun',
  by: program === '' ? 'Bun' : `Bun ${versionOf(program)}`,
  absence: 'absence' in found ? found.absence : undefined,
  start: async () => {
    const { origin, output, stop } = await startProgram([program, 'server.ts'], { cwd, env: environment })
    return { ask: askOver(origin), output, stop }
  },
})
