import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build as esbuild } from 'esbuild'
import { fetchProgram } from './fetched.ts'

/** Where a bundle runs. */
export type Target = 'browser' | 'worker'

interface Bundling {
  readonly project: string
  readonly target: Target
  readonly outdir: string
}

/** Bundles a project's `page.mjs` or `worker.mjs` into `outdir`, whose entry has the same name with `.js`. */
export type Bundler = (bundling: Bundling) => Promise<void>

const entries = { browser: 'page', worker: 'worker' } as const satisfies Record<Target, string>

/** The conditions of `exports` that a target matches. */
const conditions = { browser: ['browser'], worker: ['workerd', 'worker', 'browser'] } as const

/** The name of a target's entry, without its extension. */
export function entryOf(target: Target): string {
  return entries[target]
}

export const bundlers: Readonly<Record<string, Bundler>> = {
  esbuild: async ({ project, target, outdir }) => {
    await esbuild({
      entryPoints: [join(project, `${entries[target]}.mjs`)],
      ...{ outdir, absWorkingDir: project, conditions: [...conditions[target]] },
      ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', splitting: target === 'browser' },
      logLevel: 'silent',
    })
  },
  Vite: async ({ project, target, outdir }) => {
    const { build } = await importFrom<Vite>(fetchProgram('vite'))
    const input = join(project, `${entries[target]}.mjs`)
    const worker = { ssr: { target: 'webworker', noExternal: true, resolve: { conditions: conditions.worker } } }
    await build({
      ...{ root: project, configFile: false, logLevel: 'silent', ...(target === 'worker' ? worker : {}) },
      build: {
        ...{ outDir: outdir, ssr: target === 'worker', minify: true, modulePreload: false },
        // workerd's configuration lists one file.
        rollupOptions: { input, output: { entryFileNames: '[name].js', codeSplitting: target === 'browser' } },
      },
    })
  },
  webpack: async ({ project, target, outdir }) => {
    const webpack = createRequire(join(fetchProgram('webpack'), '/'))('webpack') as Webpack
    const compiler = webpack({
      ...{ mode: 'production', context: project, entry: { [entries[target]]: `./${entries[target]}.mjs` } },
      target: target === 'browser' ? ['web', 'es2022'] : ['webworker', 'es2022'],
      output: { path: outdir, filename: '[name].js', module: true, library: { type: 'module' }, publicPath: '' },
      experiments: { outputModule: true },
      module: { parser: { javascript: { dynamicImportMode: target === 'worker' ? 'eager' : 'lazy' } } },
      resolve: { conditionNames: [...conditions[target], 'import', 'default'] },
    })
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error != null) reject(error)
        else if (stats?.hasErrors()) reject(new Error(stats.toString('errors-only')))
        else compiler.close(() => resolve())
      })
    })
  },
}

interface Vite {
  build(options: object): Promise<unknown>
}

type Webpack = (options: object) => {
  run(done: (error: Error | null, stats?: { hasErrors(): boolean; toString(preset: string): string }) => void): void
  close(done: () => void): void
}

async function importFrom<T>(folder: string): Promise<T> {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { import: entry = exports['.'] } = exports['.']
  return (await import(pathToFileURL(join(folder, entry)).href)) as T
}
