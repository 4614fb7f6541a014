import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { build } from 'esbuild'
import type { Row } from './row.ts'

interface Bundle {
  readonly task: string
  readonly code: string
  /** undefined: shown only. */
  readonly maxKilobytes?: number
}

const bundles: readonly Bundle[] = [
  { task: 'createMinter alone', code: "export { createMinter } from '@hookurl/core'", maxKilobytes: 7.5 },
  { task: 'createVerifier alone', code: "export { createVerifier } from '@hookurl/verify'", maxKilobytes: 7.5 },
  { task: 'the fetch adapter', code: "export { hookurl } from '@hookurl/verify/fetch'", maxKilobytes: 24 },
  { task: 'all of @hookurl/core', code: "export * from '@hookurl/core'" },
]
const joseCode = "export { SignJWT, jwtVerify } from 'jose'"
const folder = fileURLToPath(new URL('.', import.meta.url))
const compress = promisify(brotliCompress)

/** The size of what a worker downloads, in kilobytes of 1,000 bytes. */
export async function run(): Promise<readonly Row[]> {
  const jose = await measureBundle(joseCode, [])
  return Promise.all(bundles.map((bundle) => toRow(bundle, jose)))
}

async function toRow({ task, code, maxKilobytes }: Bundle, jose: number): Promise<Row> {
  const value = await measureBundle(code, ['jose'])
  return {
    task: `worker bundle: ${task}`,
    comparedTo: "jose's SignJWT and jwtVerify",
    value,
    unit: 'kB',
    ...(maxKilobytes === undefined ? {} : { target: { atMost: maxKilobytes } }),
    hookurl: formatKilobytes(value),
    other: formatKilobytes(jose),
    note: 'minified by esbuild and compressed by brotli; 1 kB is 1,000 bytes. Outside of Node, hookurl uses jose, whose part is not included',
  }
}

async function measureBundle(contents: string, external: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['worker', 'browser'],
    external: [...external, 'node:*'],
    logLevel: 'error',
  })
  return (await compress(outputFiles[0]?.contents ?? new Uint8Array())).length / 1000
}

function formatKilobytes(kilobytes: number): string {
  return `${kilobytes.toFixed(1)} kB`
}
