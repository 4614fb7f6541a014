import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './io.js'
import { collectLicenses } from './licenses.js'

const source = join(root, 'packages/inspector/src')
const target = join(root, 'packages/cli/inspector')
const copied = ['index.html', 'icon.svg']
const licenses = 'LICENSES.txt'
const built = ['page.js', 'code-editor.js', 'shared.js', 'page.css', licenses]

/** Returns whether every file of the inspector page exists. */
export function hasPage() {
  return [...copied, ...built].every((file) => existsSync(join(target, file)))
}

/**
 * Builds the inspector page into the command line's package. The page loads nothing from other servers.
 * @returns {string | undefined} what went wrong
 */
export function buildPage() {
  // esbuild may not be installed when this file is loaded.
  const { buildSync } = createRequire(import.meta.url)('esbuild')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  let inputs
  try {
    const { metafile } = buildSync({
      // The page loads the editor when it is needed.
      entryPoints: { page: join(source, 'main.tsx'), 'code-editor': join(source, 'ui/code-editor.ts') },
      outdir: target,
      bundle: true,
      splitting: true,
      chunkNames: 'shared',
      minify: true,
      format: 'esm',
      target: 'es2023',
      platform: 'browser',
      conditions: ['@hookurl/source'],
      metafile: true,
      absWorkingDir: root,
      logLevel: 'silent',
    })
    inputs = Object.keys(metafile.inputs)
    buildSync({ entryPoints: [join(source, 'page.css')], outdir: target, minify: true, logLevel: 'silent' })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  writeFileSync(join(target, licenses), collectLicenses(inputs))
  for (const file of copied) cpSync(join(source, file), join(target, file))
  return undefined
}
