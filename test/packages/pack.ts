import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from '../../tools/setup/io.js'

/** A package as it will be published. */
export interface Packed {
  readonly name: string
  readonly version: string
  readonly tarball: string
  /** The unpacked package, in the `node_modules` of a project. */
  readonly folder: string
  /** What the package exports: `@hookurl/core`, `@hookurl/core/webhooks`. */
  readonly specifiers: readonly string[]
  readonly dependencies: Readonly<Record<string, string>>
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly packageManager?: string
  readonly private?: true
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
}

const tarballs = join(root, 'node_modules/.cache/tarballs')

/** Packs every published package and unpacks it in a project: an empty folder outside the checkout. */
export function packAll(project: string): Packed[] {
  rmSync(tarballs, { recursive: true, force: true })
  mkdirSync(tarballs, { recursive: true })
  const { packageManager = 'pnpm' } = readManifest(root)
  const sources = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  const published = sources.filter((source) => readManifest(source).private !== true)
  const filters = published.flatMap((source) => ['--filter', `./packages/${source.slice(dirname(source).length + 1)}`])
  // With the prefix of an empty folder, npx does not read everything that is installed here.
  const npx = ['--yes', `--prefix=${tarballs}`, packageManager, `--dir=${root}`]
  mustRun('npx', [...npx, '-r', ...filters, 'pack', '--pack-destination', tarballs])
  const packed = readdirSync(tarballs).map((file) => unpack(join(tarballs, file), project))
  for (const { name, dependencies } of packed) {
    const source = published.find((each) => readManifest(each).name === name) ?? ''
    for (const dependency of Object.keys(dependencies)) {
      if (packed.some((each) => each.name === dependency)) continue
      link(join(source, 'node_modules', dependency), join(project, 'node_modules', dependency))
    }
  }
  return packed
}

function unpack(tarball: string, project: string): Packed {
  const staging = join(project, 'staging')
  mkdirSync(staging, { recursive: true })
  mustRun('tar', ['-xzf', tarball, '-C', staging, '--strip-components=1'])
  const { name, version, exports = {}, dependencies = {} } = readManifest(staging)
  const folder = join(project, 'node_modules', name)
  mkdirSync(dirname(folder), { recursive: true })
  renameSync(staging, folder)
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json')
  const specifiers = subpaths.map((subpath) => name + subpath.slice(1))
  return { name, version, tarball, folder, specifiers, dependencies }
}

/** Links an installed package into the project. */
export function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  rmSync(to, { force: true })
  symlinkSync(realpathSync(from), to, 'junction')
}

function mustRun(program: string, args: string[]): void {
  const { ok, output } = run(program, args, { env: { CI: 'true', npm_config_loglevel: 'error' } })
  if (!ok) throw new Error(`${program} failed\n${output}`)
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
