import { comparison, harmlessComparisons, innerAliases, type PackageOrder } from './order.ts'
import type { Source } from './read.ts'

/** The parts of a package.json that say what may be imported. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
}

/** Everything the rules look at. */
export interface Package {
  readonly manifest: Manifest
  readonly order: PackageOrder
  /** By name: the path in `src`, without extension. */
  readonly sources: ReadonlyMap<string, Source>
}

/** Every import of a package that its order, its manifest or its siblings do not allow, in words. */
export function judgePackage({ manifest, order, sources }: Package, siblings: readonly Manifest[]): string[] {
  const gone = order.files.filter((entry) => ![...sources.keys()].some((name) => matches(entry, name)))
  const problems = gone.map((entry) => `tools/layers/order.ts lists ${order.folder}/src/${entry}, which is gone`)
  for (const [name, source] of sources) {
    const path = `${order.folder}/src/${name}.ts`
    const rank = rankOf(order, name)
    if (rank < 0) problems.push(`${path} is not in tools/layers/order.ts: add it to the list, above what it imports`)
    for (const specifier of rank < 0 ? [] : source.imports) {
      const problem = judgeImport({ specifier, name, rank, order, manifest, siblings })
      if (problem !== undefined) problems.push(`${path} imports ${specifier ?? 'a computed name'}, ${problem}`)
    }
    for (const written of source.unsafeComparisons) {
      if (harmlessComparisons.includes(`${path}: ${written.text}`)) continue
      const place = `${path}:${written.line}`
      problems.push(`${place} compares a signature or secret with \`${written.text}\`: use ${comparison.name}`)
    }
  }
  return problems
}

/** Whether signatures are compared in exactly the places that the order lists. */
export function judgeComparison(packages: readonly Package[]): string[] {
  const calls = packages.flatMap(({ order, sources }) =>
    [...sources].flatMap(([name, { calls }]) =>
      calls
        .filter(({ text }) => text === comparison.name)
        .map(({ line }) => ({ path: `${order.folder}/src/${name}.ts`, line })),
    ),
  )
  const [called, listed] = [calls.map(({ path }) => path), comparison.calledIn].map((paths) =>
    [...paths].sort().join(', '),
  )
  if (called === listed) return []
  const places = calls.map(({ path, line }) => `${path}:${line}`).join(', ')
  return [`${comparison.name} is called in ${places || 'no file'}, and belongs once in each of ${listed}`]
}

interface Import {
  readonly specifier: string | undefined
  readonly name: string
  readonly rank: number
  readonly order: PackageOrder
  readonly manifest: Manifest
  readonly siblings: readonly Manifest[]
}

function judgeImport({ specifier, name, rank, order, manifest, siblings }: Import): string | undefined {
  if (specifier === undefined) return 'which no check can follow: name it'
  if (specifier.startsWith('node:')) {
    return order.node.some((entry) => matches(entry, name)) ? undefined : 'but must run where there is no Node'
  }
  const targets = innerAliases[specifier] ?? (specifier.startsWith('.') ? [resolveInner(name, specifier)] : undefined)
  if (targets !== undefined) {
    const ranks = targets.map((target) => rankOf(order, target))
    if (ranks.includes(-1)) return 'which is not a file of tools/layers/order.ts'
    return ranks.every((target) => target > rank) ? undefined : 'which does not stand below it in tools/layers/order.ts'
  }
  const packageName = toPackageName(specifier)
  const sibling = siblings.find((each) => each.name === packageName)
  if (sibling !== undefined) {
    if (!order.siblings.includes(packageName)) return `but ${manifest.name} stands below ${packageName}`
    const subpath = `.${specifier.slice(packageName.length)}`
    if (!Object.hasOwn(sibling.exports ?? {}, subpath)) return 'which is not a subpath that it exports'
  }
  // What is built whole needs nothing of it where it is installed.
  const built = manifest.files?.includes('bundle') === true ? manifest.devDependencies : {}
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...built }
  return Object.hasOwn(declared, packageName) ? undefined : `which ${manifest.name} does not declare as a dependency`
}

function rankOf(order: PackageOrder, name: string): number {
  const exact = order.files.indexOf(name)
  return exact >= 0 ? exact : order.files.findIndex((entry) => matches(entry, name))
}

function matches(entry: string, name: string): boolean {
  return entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : entry === name
}

function resolveInner(from: string, specifier: string): string {
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1)
  return path.replace(/\.ts$/, '')
}

function toPackageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
