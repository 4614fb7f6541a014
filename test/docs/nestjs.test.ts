import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { buildSync } from 'esbuild'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startProgram } from '../../examples/support/program.ts'
import { root, run } from '../../tools/setup/io.js'
import { testKey } from '../../tools/snippets.ts'
import { writeSnippets } from '../frameworks/check-framework.ts'
import { nestFrameworks } from '../frameworks/nest.ts'

// The compiler takes long on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const appModule = `import { Module } from '@nestjs/common'
import { ApproveController } from './approve.controller.js'

@Module({ controllers: [ApproveController] })
export class AppModule {}
`

// The options of `nest new`.
const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  isolatedModules: true,
  declaration: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  noEmit: true,
}

describe.each(nestFrameworks)('the files of the page for $name', ({ name, files, edits }) => {
  const folder = join(root, 'node_modules/.cache/snippets', name.replaceAll(' ', '-'))
  // The variant with a provider needs @nestjs/config, so only `npm run test:frameworks` runs it.
  const snippets = { ...files, 'src/approve.guard.ts': 'nest-guard' }
  writeSnippets(folder, snippets, edits)
  writeFile('src/app.module.ts', appModule)
  writeFile('package.json', JSON.stringify({ type: 'module' }))
  writeFile('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }))

  function writeFile(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  test('compile strictly', () => {
    expect(run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).output).toBe('')
  })

  test('handle valid URLs, and reject truncated ones', async () => {
    const outfile = join(folder, 'main.mjs')
    const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
    const entryPoints = [join(folder, 'src/main.ts')]
    buildSync({
      entryPoints,
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      tsconfigRaw,
    })
    const env = { HOOKURL_KEYS: testKey, PORT: '0' }
    const program = await startProgram([process.execPath, outfile], { cwd: folder, env })
    onTestFinished(() => program.stop())
    const origin = program.origin.replace('127.0.0.1', 'localhost')
    const mint = (path: string, command: string): string =>
      createMinter({ keys: testKey, baseUrl: origin + path, expiresIn: '1h' }).mintSync({
        command,
        userId: 42,
        content: { invoice: 7 },
      })
    const post = async (url: string): Promise<[number, string]> => {
      const response = await fetch(url, { method: 'POST' })
      return [response.status, await response.text()]
    }
    const approval = mint('/approve', '/approve')
    expect(await post(approval)).toEqual([200, 'approved invoice 7 for 42'])
    expect(await post(approval.slice(0, -1))).toMatchObject([400, expect.anything()])
    const url = mint('/hooks', '/onWebhook')
    expect(await post(url)).toEqual([200, '{"ok":true}'])
    expect(await post(url.slice(0, -1))).toMatchObject([400, expect.anything()])
  })
})
