import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { buildSync } from 'esbuild'
import { expect, test, vi } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { root } from '../../tools/setup/io.js'
import { testKey, withServer } from '../../tools/snippets.ts'
import { pages } from '../frameworks/check-framework.ts'
import { frameworks } from '../frameworks/frameworks.ts'

// Starting a program takes long on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const fences = pages.flatMap((page) => readFences(page))

test('every snippet for a scaffold is used by a framework of `npm run test:frameworks`', () => {
  const marked = fences.flatMap(({ marker }) => (marker?.kind === 'scaffold' ? [marker.text] : []))
  const used = frameworks.flatMap(({ files, filesForForms }) => Object.values({ ...files, ...filesForForms }))
  expect(new Set(marked)).toEqual(new Set(used))
})

/** The small frameworks, whose lines run here too, with the program that serves them. */
const servers: Readonly<
  Record<string, { readonly snippet: string; readonly entry: string; readonly package: string }>
> = {
  'h3 2': { snippet: 'framework-h3', entry: "import './server.ts'", package: 'h3' },
  'h3 1': {
    snippet: 'framework-h3-1',
    entry: `import { createServer } from 'node:http'
import { toNodeListener } from 'h3'
import { app } from './server.ts'

createServer(toNodeListener(app)).listen(3000)`,
    package: 'h3-1',
  },
}

for (const [name, { snippet, entry, package: h3 }] of Object.entries(servers)) {
  test(`the lines for ${name} receive hooks in the path and in the query, and guard a route`, async () => {
    const code = bundle(
      { 'hookurl.ts': readScaffold('framework-hookurl'), 'server.ts': readScaffold(snippet), entry },
      h3,
    )
    await withServer({ name: snippet, kind: 'serve', language: 'ts', code }, async (origin) => {
      const mint = createMint(origin)
      expect(await post(mint('/hooks', { command: '/onWebhook' }))).toBe('200 {"ok":true}')
      expect(await post(mint('/hooks', { command: '/onWebhook', tokenIn: 'query' }))).toBe('200 {"ok":true}')
      const approval = mint('/approve', { command: '/approve', content: { invoice: 7 } })
      expect(await post(approval)).toBe('200 approved invoice 7 for 42')
      expect(await post(approval.slice(0, -1))).toMatch(/^400 /)
    })
  })
}

interface Mint {
  readonly command: string
  readonly content?: unknown
  readonly tokenIn?: 'query'
}

function createMint(origin: string): (path: string, mint: Mint) => string {
  return (path, { tokenIn, ...hook }) =>
    createMinter({ keys: testKey, baseUrl: origin + path, expiresIn: '1h', tokenIn }).mintSync({ userId: 42, ...hook })
}

async function post(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  })
  return `${response.status} ${await response.text()}`
}

/** Bundles the files of a page into one program, with the version of h3 in the package `h3`. */
function bundle({ entry = '', ...files }: Record<string, string>, h3: string): string {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'frameworks-'))
  try {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text.replace("'h3'", `'${h3}'`))
    const { outputFiles } = buildSync({
      stdin: { contents: entry.replace("'h3'", `'${h3}'`), resolveDir: folder, loader: 'ts' },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      write: false,
    })
    return outputFiles[0]?.text ?? ''
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readScaffold(name: string): string {
  const fence = fences.find(({ marker }) => marker?.kind === 'scaffold' && marker.text === name)
  if (fence === undefined) throw new Error(`no page has a snippet "${name}"`)
  return fence.code
}
