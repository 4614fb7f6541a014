import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from '../setup/io.js'

/** A package as it would be published. */
export interface Packed {
  readonly name: string
  readonly tarball: string
  readonly bytes: number
  /** Where it is unpacked, as in a project that installed it. */
  readonly folder: string
  readonly version: string
  /** The program it brings, if it brings one. */
  readonly bin: string | undefined
  /** What stands in `exports`, as specifiers: `@hookurl/core`, `@hookurl/core/webhooks`. */
  readonly specifiers: readonly string[]
}

interface PackedManifest {
  readonly name: string
  readonly version: string
  readonly packageManager?: string
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
}

const tarballs = join(root, 'node_modules/.cache/exports')

/**
 * Packs every published package and installs the tarballs in a project: an empty folder outside the checkout, so that
 * nothing but what is declared can be found.
 */
export function packAll(project: string): Packed[] {
  rmSync(tarballs, { recursive: true, force: true })
  mkdirSync(tarballs, { recursive: true })
  const { packageManager = 'pnpm' } = readManifest(root)
  const filters = ['--filter', './packages/*', '--filter', '!@hookurl/inspector']
  const args = ['--yes', packageManager, '-r', ...filters, 'pack', '--pack-destination', tarballs]
  mustRun('npx', args)
  const sources = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  const packed = readdirSync(tarballs).map((file) => unpack(join(tarballs, file), project))
  for (const { name, folder } of packed) {
    const source = sources.find((each) => readManifest(each).name === name)
    for (const [dependency, range] of Object.entries(readManifest(folder).dependencies ?? {})) {
      if (/^(?:workspace|catalog):/.test(range))
        throw new Error(`${name} would be published with ${dependency}: ${range}`)
      // A published package finds what it depends on beside itself; the workspace has it beside the package's source.
      const installed = join(source ?? '', 'node_modules', dependency)
      if (!packed.some((each) => each.name === dependency)) link(installed, join(project, 'node_modules', dependency))
    }
  }
  link(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'))
  return packed
}

function unpack(tarball: string, project: string): Packed {
  const staging = join(project, 'staging')
  mkdirSync(staging, { recursive: true })
  mustRun('tar', ['-xzf', tarball, '-C', staging, '--strip-components=1'])
  const { name, version, bin = {}, exports = {} } = readManifest(staging)
  const folder = join(project, 'node_modules', name)
  mkdirSync(dirname(folder), { recursive: true })
  renameSync(staging, folder)
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json')
  const specifiers = subpaths.map((subpath) => name + subpath.slice(1))
  return { name, tarball, bytes: statSync(tarball).size, folder, version, bin: bin[name], specifiers }
}

/** Makes an installed package known to the project. */
export function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  rmSync(to, { force: true })
  symlinkSync(realpathSync(from), to, 'junction')
}

function mustRun(program: string, args: string[]): void {
  const { ok, output } = run(program, args, { env: { CI: 'true', npm_config_loglevel: 'error' } })
  if (!ok) throw new Error(`${program} failed\n${output}`)
}

function readManifest(folder: string): PackedManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
