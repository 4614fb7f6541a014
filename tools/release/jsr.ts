import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/io.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly imports: Readonly<Record<string, { '@hookurl/source': { node: string } }>>
  readonly exports: Readonly<Record<string, string | { '@hookurl/source': string }>>
  readonly dependencies: Readonly<Record<string, string>>
}

/** Where `npm run release -- jsr` writes the packages. */
export const jsrFolder: string = join(root, 'node_modules/.cache/jsr')

const packages = ['core', 'verify'] as const

// Subpaths that only npm has: JSR rejects modules that change the types of others, as these adapters do for `req.hook`
// and the like; the others need a native addon, the modules of a platform, or are not public.
const onNpmOnly: ReadonlySet<string> = new Set([
  './express',
  './fastify',
  './hono',
  './koa',
  './nest',
  './node',
  './lmdb',
  './durable',
  './store-tests',
  './package.json',
])

/**
 * Writes the packages as JSR takes them: the sources, and a `deno.json` made from each manifest. JSR has no export
 * conditions, so these packages use `node:crypto`, which Deno, Bun, Node and Workers have.
 */
export function writeJsrPackages(folder: string = jsrFolder): void {
  rmSync(folder, { recursive: true, force: true })
  for (const name of packages) writePackage(name, join(folder, name))
  writeJson(join(folder, 'deno.json'), { workspace: packages.map((name) => `./${name}`) })
}

function writePackage(name: string, folder: string): void {
  const source = join(root, 'packages', name)
  const manifest: Manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  cpSync(join(source, 'src'), join(folder, 'src'), { recursive: true })
  cpSync(join(source, 'README.md'), join(folder, 'README.md'))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  writeJson(join(folder, 'deno.json'), toJsrManifest(manifest))
}

function toJsrManifest({ name, version, license, imports, exports, dependencies }: Manifest): object {
  const sources = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string' || onNpmOnly.has(subpath) ? [] : [[subpath, target['@hookurl/source']]],
  )
  const own = Object.entries(imports).map(([specifier, target]) => [specifier, target['@hookurl/source'].node])
  const others = Object.entries(dependencies).map(([dependency, range]) => [
    dependency,
    range.startsWith('workspace:') ? `jsr:${dependency}@^${version}` : `npm:${dependency}@${readCatalog(dependency)}`,
  ])
  return {
    name,
    version,
    license,
    exports: Object.fromEntries(sources),
    imports: Object.fromEntries([...own, ...others]),
  }
}

/** The range of a dependency in the catalog of the workspace. */
function readCatalog(dependency: string): string {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const line = catalog.split('\n').find((each) => each.trim().replaceAll('"', '').startsWith(`${dependency}: `))
  if (line === undefined) throw new Error(`the catalog has no ${dependency}`)
  return line.slice(line.indexOf(': ') + 2).trim()
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
