// The stores of docs/stores.md that need a runtime or a database of their own, exactly as they are on the page.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createMinter } from '@hookurl/core'
import { createStoreTests } from '@hookurl/verify/store-tests'
import { build, transformSync } from 'esbuild'
import { Miniflare } from 'miniflare'
import { expect, test } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { root } from '../../tools/setup/io.js'
import { testKey } from '../../tools/snippets.ts'
import { findPackagedProgram } from '../runtimes/programs.ts'

const folder = join(root, 'node_modules/.cache/custom-stores')
const passed = createStoreTests(() => Promise.reject(new Error('not opened'))).length

/** Returns the code block of the page that contains this part. */
function readCode(part: string): string {
  const blocks = readFences('docs/stores.md').filter(({ code }) => code.includes(part))
  expect(blocks).toHaveLength(1)
  return blocks[0]?.code ?? ''
}

function writeProgram(name: string, code: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), code)
  return join(folder, name)
}

function toJavaScript(code: string): string {
  return transformSync(code, { loader: 'ts', format: 'esm', target: 'node20' }).code
}

async function bundle(contents: string, conditions: string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions,
    external: ['node:*', 'cloudflare:workers'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

async function runProgram(
  program: string,
  args: readonly string[],
): Promise<{ status: number | null; output: string }> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const [status, output, errors] = await Promise.all([
    new Promise<number | null>((resolve) => child.once('close', resolve)),
    text(child.stdout),
    text(child.stderr),
  ])
  return { status, output: output + errors }
}

test.concurrent('the store for MongoDB on the page passes all tests on a collection in memory', async () => {
  writeProgram('mongo.mjs', toJavaScript(readCode('mongoUseStore(uses: Collection')))
  writeProgram('use-collection.mjs', toJavaScript(readFileSync(new URL('use-collection.ts', import.meta.url), 'utf8')))
  const program = writeProgram(
    'mongo-tests.mjs',
    `import { test } from 'node:test'
import { createStoreTests } from '@hookurl/verify/store-tests'
import { mongoUseStore } from './mongo.mjs'
import { createUseCollection } from './use-collection.mjs'

const collection = createUseCollection()
for (const { name, run } of createStoreTests(() => mongoUseStore(collection))) test(name, run)
`,
  )
  const { status, output } = await runProgram(process.execPath, ['--test-reporter=tap', program])
  expect(output).toContain(`# pass ${passed}`)
  expect(status, output).toBe(0)
}, 60_000)

test.concurrent('the store for Deno KV on the page passes all tests in Deno', async (context) => {
  const deno = findPackagedProgram('@deno/linux-x64-glibc', 'deno')
  if ('absence' in deno) return context.skip(deno.absence)
  const contents = `import { createStoreTests } from '@hookurl/verify/store-tests'
${readCode('denoKvUseStore(kv: Deno.Kv')}
const kv = await Deno.openKv(Deno.args[0])
let passed = 0
for (const { name, run } of createStoreTests(() => denoKvUseStore(kv))) {
  await run().then(() => passed++, (error) => console.log(name, error))
}
console.log('passed', passed)
Deno.exit()
`
  const database = mkdtempSync(join(tmpdir(), 'hookurl-deno-kv-'))
  try {
    const program = join(database, 'tests.mjs')
    writeFileSync(program, await bundle(contents, ['node']))
    const options = ['--unstable-kv', '--no-config', '--allow-read', '--allow-write']
    const result = await runProgram(deno.program, ['run', ...options, program, join(database, 'kv')])
    expect(result).toEqual({ status: 0, output: `passed ${passed}\n` })
  } finally {
    rmSync(database, { recursive: true })
  }
}, 60_000)

test.concurrent('the tests run in node:test as on the page', async () => {
  const file = writeProgram('store-tests.mjs', toJavaScript(readCode("from '@hookurl/verify/store-tests'")))
  const { status, output } = await runProgram(process.execPath, ['--test-reporter=tap', file])
  expect(output).toContain(`# pass ${passed}`)
  expect(status, output).toBe(0)
}, 60_000)

test('the custom stores on the page have at most 40 lines', () => {
  for (const part of ['mongoUseStore(uses: Collection', 'denoKvUseStore(kv: Deno.Kv'])
    expect(readCode(part).split('\n').length).toBeLessThanOrEqual(40)
})

test('the Worker on the page counts uses in Durable Objects, with the settings on the page', async (context) => {
  const script = await bundle(readCode('export { HookurlUses }'), ['workerd', 'worker', 'browser'])
  const settings = readCode('[[durable_objects.bindings]]')
  const [, name = '', className = ''] = /name = "(\w+)"\nclass_name = "(\w+)"/.exec(settings) ?? []
  expect(settings).toContain(`new_sqlite_classes = ["${className}"]`)
  const worker = new Miniflare({
    modules: true,
    script,
    compatibilityDate: '2026-01-01',
    bindings: { HOOKURL_KEYS: testKey },
    durableObjects: { [name]: { className, useSQLite: true } },
    // What the handler writes.
    handleRuntimeStdio: (stdout, stderr) => void [stdout.resume(), stderr.resume()],
  })
  context.onTestFinished(() => worker.dispose())
  const minter = createMinter({ keys: testKey, baseUrl: new URL('hooks', await worker.ready).href, expiresIn: '1h' })
  const url = minter.mintSync({ command: '/pay', maxUses: 1 })
  const post = async (body: string): Promise<number> => (await fetch(url, { method: 'POST', body })).status
  expect([await post('a'), await post('a'), await post('b')]).toEqual([200, 200, 410])
})
