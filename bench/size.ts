import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { build } from 'esbuild'
import type { Row } from './row.ts'

interface Bundle {
  readonly task: string
  readonly code: string
  readonly maxKilobytes?: number
}

const bundles: readonly Bundle[] = [
  { task: 'all of @hookurl/core', code: "export * from '@hookurl/core'", maxKilobytes: 6 },
  { task: 'createMinter alone', code: "export { createMinter } from '@hookurl/core'" },
  { task: 'createVerifier alone', code: "export { createVerifier } from '@hookurl/verify'" },
  { task: 'verify with the fetch adapter', code: "export { hookurl } from '@hookurl/verify/fetch'", maxKilobytes: 14 },
]
const folder = fileURLToPath(new URL('.', import.meta.url))
const compress = promisify(brotliCompress)

/** The size of what a browser or worker downloads, in kilobytes of 1,000 bytes. */
export function run(): Promise<readonly Row[]> {
  return Promise.all(bundles.map(toRow))
}

async function toRow({ task, code, maxKilobytes }: Bundle): Promise<Row> {
  const minified = await bundle(code)
  const value = (await compress(minified)).length / 1000
  return {
    task,
    comparedTo: 'its size limit, compressed',
    value,
    unit: 'kB',
    ...(maxKilobytes === undefined ? {} : { target: { atMost: maxKilobytes } }),
    hookurl: `${(minified.length / 1000).toFixed(1)} kB minified`,
    note: 'as a browser or worker downloads it: minified by esbuild, compressed by brotli, without jose; 1 kB is 1,000 bytes',
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
