import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { build } from 'esbuild'
import type { Row } from './row.ts'

interface Bundle {
  readonly work: string
  readonly code: string
  readonly atMost?: number
}

const bundles: readonly Bundle[] = [
  { work: 'all of @hookurl/core', code: "export * from '@hookurl/core'", atMost: 6 },
  { work: 'createMinter alone', code: "export { createMinter } from '@hookurl/core'" },
  { work: 'createVerifier alone', code: "export { createVerifier } from '@hookurl/verify'" },
  { work: 'verify with the fetch adapter', code: "export { hookurl } from '@hookurl/verify/fetch'", atMost: 14 },
]
const folder = fileURLToPath(new URL('.', import.meta.url))
const compress = promisify(brotliCompress)

/** What a browser or worker downloads, in kilobytes of 1,000. */
export function run(): Promise<readonly Row[]> {
  return Promise.all(bundles.map(toRow))
}

async function toRow({ work, code, atMost }: Bundle): Promise<Row> {
  const minified = await bundle(code)
  const value = (await compress(minified)).length / 1000
  return {
    work,
    against: 'its limit, compressed',
    value,
    unit: 'kB',
    ...(atMost === undefined ? {} : { reach: { atMost } }),
    ours: `${(minified.length / 1000).toFixed(1)} kB minified`,
    note: 'as a browser or worker gets it (esbuild minifies, brotli compresses), without jose; kilobytes of 1,000',
  }
}

async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['worker', 'browser'],
    external: ['jose', 'node:*'],
    logLevel: 'error',
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}
