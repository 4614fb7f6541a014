import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { root } from './io.js'
import { collectLicences } from './licences.js'

const folder = join(root, 'packages/cli')
const target = join(folder, 'bundle')
// Beside, and renamed when it is whole: what runs meanwhile finds one or the other.
const draft = `${target}.new`
const syntax = { platform: 'node', target: 'node20.19' }

/** Whether the command line is built. */
export function hasProgram() {
  return existsSync(join(target, 'main.js'))
}

/**
 * Builds the command line into few files, since Node takes longer to find forty small ones than to run them. Only `lmdb`
 * stays outside: it has a binary part.
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function buildProgram() {
  // Not before it is installed.
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
      const { code } = await transform(text, { ...syntax, ...asRequired(text) })
      writeFileSync(join(draft, basename(path)), code)
    }
    writeFileSync(join(draft, 'package.json'), '{ "type": "commonjs" }\n')
    writeFileSync(join(draft, 'LICENSES.txt'), collectLicences(Object.keys(metafile.inputs)))
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

// Files that are required start in nine tenths of the time that imported ones take: of Node's own modules, an import
// looks at every name. Only ES modules can be split, so what was split is turned round afterwards.
/** @param {string} text */
function asRequired(text) {
  const moduleUrl = "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;"
  return {
    format: 'cjs',
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    minifySyntax: true,
    // As every ES module is.
    banner: text.includes('__moduleUrl') ? `"use strict";${moduleUrl}` : '"use strict";',
  }
}

// commander can hand commands to other programs. Ours has none, and what starts programs takes a tenth of our start.
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
