import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { root } from '../../setup/io.js'
import { type Declaration, readDeclarations, type Source } from './declarations.ts'

/** One entry of a package: what is imported by one specifier. */
export interface Entry {
  readonly specifier: string
  readonly declarations: readonly Declaration[]
}

/** A published package, as its users see it. */
export interface PublicPackage {
  readonly entries: readonly Entry[]
  /** A type that no entry exports, but something public mentions, looked up where that stands. */
  lookUp(name: string, at: Declaration): Declaration | undefined
}

interface Found {
  readonly declaration: Declaration
  readonly file: string
}

const notPublic: ReadonlySet<string> = new Set(['./internal', './package.json'])
const sources = new Map<string, Source>()

/** Reads the sources of a package, from the entries that its manifest exports. */
export function readPackage(folder: string): PublicPackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const exports = manifest.exports as Record<string, { '@hookurl/source': string }>
  const files = new Map<Declaration, string>()
  const remember = ({ declaration, file }: Found): Declaration => {
    files.set(declaration, file)
    return declaration
  }

  const entries = Object.entries(exports).flatMap(([subpath, target]) => {
    if (notPublic.has(subpath)) return []
    const file = join(root, folder, target['@hookurl/source'])
    const declarations = read(file).exported.map((name) => {
      const found = find(name, file)
      if (found === undefined) throw new Error(`${file} exports ${name}, which is nowhere declared`)
      return remember(found)
    })
    return [{ specifier: manifest.name + subpath.slice(1), declarations }]
  })
  return {
    entries,
    lookUp: (name, at) => {
      const found = find(name, files.get(at) ?? '')
      return found && remember(found)
    },
  }
}

function find(name: string, file: string): Found | undefined {
  const { declarations, origins } = read(file)
  const declaration = declarations.get(name)
  if (declaration !== undefined) return { declaration, file }
  const origin = origins.get(name)
  // What comes from another package is described there.
  return origin?.startsWith('.') ? find(name, resolve(dirname(file), origin)) : undefined
}

function read(file: string): Source {
  const known = sources.get(file)
  if (known !== undefined) return known
  const source = readDeclarations(file)
  sources.set(file, source)
  return source
}
