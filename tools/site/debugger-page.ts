import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { root } from '../setup/io.js'
import { collectLicenses } from '../setup/licenses.js'

const source = join(root, 'packages/inspector/src')

/** Builds the debugger as one HTML file that loads nothing, and that its policy keeps from connecting. */
export function buildDebuggerPage(): string {
  const { script, inputs } = bundleScript()
  const style = bundleStyle()
  const parts: readonly (readonly [placeholder: string, part: string])[] = [
    ['licenses', collectLicenses(inputs).replace(/-{3,}/g, '———')],
    ['default-src', createPolicy(script, style)],
    ['icon.svg', `data:image/svg+xml,${encodeURIComponent(readFileSync(join(source, 'icon.svg'), 'utf8').trim())}`],
    ['<link rel="stylesheet" href="debugger-page.css">', `<style>${style}</style>`],
    ['<script src="debugger-page.js"></script>', `<script>${script}</script>`],
  ]
  const template = readFileSync(join(source, 'debugger-page.html'), 'utf8')
  return parts.reduce((page, [placeholder, part]) => {
    if (!page.includes(placeholder)) throw new Error(`debugger-page.html does not contain ${placeholder}`)
    return page.replace(placeholder, () => part)
  }, template)
}

function bundleScript(): { script: string; inputs: string[] } {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(source, 'debugger-page.tsx')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2023',
    platform: 'browser',
    conditions: ['@hookurl/source'],
    legalComments: 'none',
    metafile: true,
    write: false,
    outdir: root,
    absWorkingDir: root,
    logLevel: 'silent',
  })
  return { script: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) }
}

function bundleStyle(): string {
  const entryPoints = [join(source, 'debugger-page.css')]
  const { outputFiles } = buildSync({ entryPoints, bundle: true, minify: true, write: false, logLevel: 'silent' })
  return outputFiles[0]?.text ?? ''
}

function createPolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
