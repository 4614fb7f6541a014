import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './io.js'
import { collectLicences } from './licences.js'

const folder = join(root, 'packages/cli')
const target = join(folder, 'bundle')

// Some of what is built in was written for `require`.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** Whether the command line is built. */
export function hasProgram() {
  return existsSync(join(target, 'main.js'))
}

/**
 * Builds the command line into few files, since Node takes longer to find forty small ones than to run them. Only `lmdb`
 * stays outside: it has a binary part.
 * @returns {string | undefined} what went wrong
 */
export function buildProgram() {
  // Not before it is installed.
  const { buildSync } = createRequire(import.meta.url)('esbuild')
  rmSync(target, { recursive: true, force: true })
  try {
    const { metafile } = buildSync({
      entryPoints: [join(folder, 'src/main.ts')],
      outdir: target,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      conditions: ['@hookurl/source', 'node'],
      external: ['lmdb'],
      banner: { js: banner },
      metafile: true,
      absWorkingDir: root,
      logLevel: 'silent',
    })
    writeFileSync(join(target, 'LICENSES.txt'), collectLicences(Object.keys(metafile.inputs)))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
