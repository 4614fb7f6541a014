import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { root } from '../../tools/setup/io.js'

/** Returns the sources of which something is in a worker's bundle. */
async function bundleSources(code: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: `${root}/bench` },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outfile: 'bundle.js',
    conditions: ['@hookurl/source', 'worker'],
    external: ['jose', 'node:*'],
  })
  const inputs = metafile.outputs['bundle.js']?.inputs ?? {}
  return Object.keys(inputs).filter((name) => (inputs[name]?.bytesInOutput ?? 0) > 0)
}

test('the bundle of inspect reads wrapped URLs', async () => {
  const sources = await bundleSources("export { inspect } from '@hookurl/core'")
  expect(sources.filter((name) => name.endsWith('/unwrap-url.ts'))).toHaveLength(1)
})

test.each([
  "export { findToken, redact } from '@hookurl/core'",
  "export { createVerifier } from '@hookurl/verify'",
  "export { hookurl } from '@hookurl/verify/fetch'",
  "export { hookurl } from '@hookurl/verify/hono'",
])('the bundle of %j does not contain the wrappers', async (code) => {
  const sources = await bundleSources(code)
  expect(sources.some((name) => name.endsWith('/locate-token.ts'))).toBe(true)
  expect(sources.filter((name) => name.endsWith('/unwrap-url.ts'))).toEqual([])
})

test.each(['fetch', 'hono', 'node'])('the bundle of the adapter %s has its pages in English only', async (adapter) => {
  const sources = await bundleSources(`export { hookurl } from '@hookurl/verify/${adapter}'`)
  expect(sources.some((name) => name.endsWith('/english.ts'))).toBe(true)
  expect(sources.filter((name) => name.includes('/languages/'))).toEqual([])
})

test('the bundle of one language has no other', async () => {
  const sources = await bundleSources("export { de } from '@hookurl/verify/languages'")
  expect(sources.map((name) => name.split('/').at(-1))).toEqual(['de.ts'])
})
