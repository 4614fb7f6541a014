import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { root } from './io.js'

const packages = ['core', 'verify']

/**
 * Builds CommonJS next to the ES modules that tsc built: `x.cjs` and `x.d.cts` next to `x.js` and `x.d.ts`.
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function buildCommonJs() {
  try {
    await Promise.all(packages.map((name) => convertSources(join(root, 'packages', name))))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  for (const name of packages) copyDeclarations(join(root, 'packages', name))
  return undefined
}

/** @param {string} folder */
async function convertSources(folder) {
  // esbuild may not be installed when this file is loaded.
  const { build } = createRequire(import.meta.url)('esbuild')
  const source = join(folder, 'src')
  await build({
    entryPoints: list(source, '.ts').map((file) => join(source, file)),
    ...{ outbase: source, outdir: join(folder, 'dist'), outExtension: { '.js': '.cjs' } },
    ...{ bundle: true, packages: 'external', external: ['#*'], plugins: [keepFilesSeparate] },
    ...{ format: 'cjs', platform: 'node', target: 'node20.19' },
    ...{ sourcemap: true, sourcesContent: false, logLevel: 'silent' },
  })
}

// Subpaths share modules: an error class must exist once. esbuild cannot split CommonJS bundles.
const keepFilesSeparate = {
  name: 'keep-files-separate',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path }) => {
      return { path: path.replace(/\.ts$/, '.cjs'), external: true, sideEffects: false }
    })
  },
}

/** @param {string} folder */
function copyDeclarations(folder) {
  const { imports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const target = join(folder, 'dist')
  for (const file of list(target, '.d.ts')) {
    const path = join(target, file)
    const copy = path.replace(/ts$/, 'cts')
    const converted = readFileSync(path, 'utf8')
      .replace(/(?<=\bfrom '|\bimport\(')(\.[^']+)\.ts(?=')/g, '$1.cjs')
      // `moduleResolution: node10` does not know `imports`.
      .replace(/(?<=\bfrom ')#\w+(?=')/g, (name) =>
        toSpecifier(dirname(path), join(folder, imports[name].node.require)),
      )
      .replace('.d.ts.map', '.d.cts.map')
    writeFileSync(copy, converted)
    // The lines stay the same, so the map is valid for both files.
    writeFileSync(`${copy}.map`, readFileSync(`${path}.map`, 'utf8').replace('.d.ts"', '.d.cts"'))
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function toSpecifier(from, to) {
  return `./${relative(from, to).replaceAll('\\', '/')}`
}

/**
 * @param {string} folder
 * @param {string} extension
 */
function list(folder, extension) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(extension))
}
