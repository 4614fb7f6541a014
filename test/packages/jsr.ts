import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeJsrPackages } from '../../tools/release/jsr.ts'
import { findPackagedProgram } from '../runtimes/programs.ts'
import { must, mustPrint } from './project.ts'
import { type Row, toRow } from './row.ts'

const program = `import { createMinter, generateKey } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/fetch'

const keys = generateKey()
const receive = hookurl({ keys, handlers: { '/onWebhook': (hook) => console.log(hook.userId, hook.payload) } })
const url = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' }).mintSync({
  command: '/onWebhook',
  userId: 42,
})
console.log(await (await receive(new Request(url, { method: 'POST' }))).text())
`

/** Tries to publish the packages to JSR, without publishing them, and runs them in Deno. */
export async function checkJsr(folder: string): Promise<Row[]> {
  const found = findPackagedProgram('@deno/linux-x64-glibc', 'deno')
  return [
    await toRow('JSR', async () => {
      if ('absence' in found) return found
      writeJsrPackages(folder)
      writeFileSync(join(folder, 'use.ts'), program)
      const env = { DENO_DIR: join(folder, 'cache'), NO_COLOR: '1' }
      for (const name of ['core', 'verify']) {
        await must([found.program, 'publish', '--dry-run', '--allow-dirty'], { cwd: join(folder, name), env })
      }
      await mustPrint('{"ok":true}', [found.program, 'run', '--check', 'use.ts'], { cwd: folder, env })
      return 'deno publish --dry-run accepts both packages; their sources compile and run in Deno'
    }),
  ]
}
