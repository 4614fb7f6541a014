import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root } from '../../tools/setup/io.js'
import { downloadNode, nodeVersions } from '../../tools/setup/nodes.js'
import { createProgramRuntime } from './programs.ts'
import type { Runtime } from './runtime.ts'

const cache = join(root, 'node_modules/.cache')

/** Every supported release line of Node. */
export const nodes: readonly Runtime[] = nodeVersions.map((version) => {
  return createProgramRuntime({
    name: `Node ${version.split('.')[0]}`,
    engine: 'node',
    receivers: ['/hooks/', '/hono/', '/node/'],
    extras: ['/require', '/tracing'],
    findProgram: async () => downloadNode(version),
    getArguments: async () => [await bundle()],
  })
})

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
