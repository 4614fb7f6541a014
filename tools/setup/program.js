import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { root } from './io.js'
import { collectLicenses } from './licenses.js'

const folder = join(root, 'packages/cli')
const target = join(folder, 'bundle')
// Renamed when it is complete, so that a running command line finds the old bundle or the new one.
const draft = `${target}.new`
const syntax = { platform: 'node', target: 'node20.19' }

/** Returns whether the command line is built. */
export function hasProgram() {
  return existsSync(join(target, 'main.js'))
}

/**
 * Bundles the command line into a few files: Node takes longer to find forty small files than to run them. `lmdb` is not
 * bundled, because it has a binary part.
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function buildProgram() {
  // esbuild may not be installed when this file is loaded.
  const { build, transform } = createRequire(import.meta.url)('esbuild')
  rmSync(draft, { recursive: true, force: true })
  try {
    const { metafile, outputFiles } = await build({
      ...syntax,
      entryPoints: [join(folder, 'src/main.ts')],
      outdir: draft,
      bundle: true,
      splitting: true,
      format: 'esm',
      conditions: ['@hookurl/source', 'node'],
      external: ['lmdb'],
      define: { 'import.meta.url': '__moduleUrl' },
      plugins: [leaveOutSpawning],
      metafile: true,
      write: false,
      absWorkingDir: root,
      logLevel: 'silent',
    })
    mkdirSync(draft)
    for (const { path, text } of outputFiles) {
      const { code } = await transform(text, { ...syntax, ...toCommonJsOptions(text) })
      writeFileSync(join(draft, basename(path)), code)
    }
    writeFileSync(join(draft, 'package.json'), '{ "type": "commonjs" }\n')
    writeFileSync(join(draft, 'LICENSES.txt'), collectLicenses(Object.keys(metafile.inputs)))
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

// CommonJS starts 10% faster than ES modules, which look up every export of Node's own modules. esbuild splits only ES
// modules, so each chunk is converted afterwards.
/** @param {string} text */
function toCommonJsOptions(text) {
  const moduleUrl = "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;"
  return {
    format: 'cjs',
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    minifySyntax: true,
    // ES modules are strict.
    banner: text.includes('__moduleUrl') ? `"use strict";${moduleUrl}` : '"use strict";',
  }
}

// commander can run commands as separate programs. hookurl has none, and loading node:child_process takes 10% of its start.
const leaveOutSpawning = {
  name: 'leave-out-spawning',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'spawning', namespace: 'left-out' } : undefined,
    )
    build.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }))
  },
}
