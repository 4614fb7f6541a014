import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('.', import.meta.url))
// Where its imports find what is installed; one for each run, as two may run at once.
const outdir = join(folder, `node_modules/.cache/bench-${process.pid}`)

/**
 * Compiles the benchmarks, so that Node runs them by itself: a loader would slow down what is measured, every
 * `import()` above all. Packages stay apart, as they are installed, ours as they are published.
 * @returns the program that runs one benchmark
 */
export async function compile(): Promise<string> {
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
  await build({
    entryPoints: [join(folder, 'one.ts')],
    outdir,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // What a benchmark finds beside itself is beside its source.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(folder, 'one.ts')).href) },
    logLevel: 'error',
  })
  return join(outdir, 'one.js')
}
