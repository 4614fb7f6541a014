import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('.', import.meta.url))
// Inside bench, so that imports resolve to its dependencies; one folder per process, as two runs may overlap.
const outdir = join(folder, `node_modules/.cache/bench-${process.pid}`)

/**
 * Compiles the benchmarks so that Node runs them without a loader, which would slow down every `import()`. Packages
 * stay external: hookurl's are measured as they are published.
 * @returns the path of the program that runs one benchmark
 */
export async function compile(): Promise<string> {
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
  await build({
    entryPoints: [join(folder, 'run-benchmark.ts')],
    outdir,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Relative URLs resolve from the source folder.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(folder, 'run-benchmark.ts')).href) },
    logLevel: 'error',
  })
  return join(outdir, 'run-benchmark.js')
}
