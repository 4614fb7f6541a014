import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { root } from './io.js'
import { collectLicenses } from './licenses.js'

const require = createRequire(import.meta.url)
const folder = join(root, 'packages/cli')
const target = join(folder, 'bundle')
// Renamed when it is complete, so that a running command line finds the old bundle or the new one.
const draft = `${target}.new`
/** @type {{ platform: 'node', target: string }} */
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
  const { build, transform } = require('esbuild')
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
      plugins: [leaveOutSpawning, loadOnFirstCall],
      metafile: true,
      write: false,
      absWorkingDir: root,
      logLevel: 'silent',
    })
    mkdirSync(draft)
    const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
    const start = findStart(metafile.outputs)
    for (const [name, text] of await mergeStart(files, start)) {
      const { code } = await transform(text, { ...syntax, ...toCommonJsOptions(text) })
      writeFileSync(join(draft, name), name === 'main.js' ? code : readFromMain(code, start))
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

/**
 * Returns the chunks that main.js needs, directly or not, apart from those that it loads later.
 * @param {import('esbuild').Metafile['outputs']} outputs
 */
function findStart(outputs) {
  const found = new Set(Object.keys(outputs).filter((path) => basename(path) === 'main.js'))
  for (const path of found) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) found.add(imported)
    }
  }
  return new Set([...found].map((path) => basename(path)))
}

/**
 * Merges these chunks into main.js, since each file takes longer to find than to run. main.js exports each chunk under
 * its name, for the files that are loaded later.
 * @param {ReadonlyMap<string, string>} files
 * @param {ReadonlySet<string>} start
 * @returns {Promise<Map<string, string>>} the files that are left
 */
async function mergeStart(files, start) {
  const { build } = require('esbuild')
  const chunks = [...start].filter((name) => name !== 'main.js')
  const lines = chunks.map((name) => `export * as ${JSON.stringify(name)} from './${name}'`)
  const { outputFiles } = await build({
    ...syntax,
    // main.js runs the command line, so it comes last.
    stdin: { contents: [...lines, "import './main.js'"].join('\n'), resolveDir: root },
    bundle: true,
    format: 'esm',
    plugins: [readChunks(files, start)],
    write: false,
    logLevel: 'silent',
  })
  const rest = [...files].filter(([name]) => !start.has(name))
  return new Map([...rest, ['main.js', outputFiles[0]?.text ?? '']])
}

/**
 * @param {ReadonlyMap<string, string>} files
 * @param {ReadonlySet<string>} start
 * @returns {import('esbuild').Plugin}
 */
function readChunks(files, start) {
  return {
    name: 'read-chunks',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path }) =>
        start.has(basename(path)) ? { path: basename(path), namespace: 'chunk' } : { path, external: true },
      )
      build.onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: files.get(path) ?? '' }))
    },
  }
}

/**
 * @param {string} code
 * @param {ReadonlySet<string>} start
 */
function readFromMain(code, start) {
  return code.replace(/require\("\.\/([\w.-]+)"\)/g, (call, name) =>
    start.has(name) ? `require("./main.js")["${name}"]` : call,
  )
}

// CommonJS starts 10% faster than ES modules, which look up every export of Node's own modules. esbuild splits only ES
// modules, so each chunk is converted afterwards.
/**
 * @param {string} text
 * @returns {import('esbuild').TransformOptions}
 */
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

// Node loads these modules in a few milliseconds, and most commands do not call them.
const lateModules = ['node:fs/promises', 'node:stream/consumers', 'node:os']

/** Makes the functions of these modules load them when they are called. */
const loadOnFirstCall = {
  name: 'load-on-first-call',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      lateModules.includes(path) && kind === 'import-statement'
        ? { path, namespace: 'late', sideEffects: false }
        : undefined,
    )
    build.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => {
      const functions = Object.entries(require(path)).filter(([, value]) => typeof value === 'function')
      const lines = functions.map(([name]) => `export const ${name} = (...args) => require('${path}').${name}(...args)`)
      return { contents: lines.join('\n') }
    })
  },
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
