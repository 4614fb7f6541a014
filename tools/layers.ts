// Fails on an import that points up, out of the package's dependencies, or into a sibling's inside.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeComparison, judgePackage, type Manifest, type Package } from './layers/judge.ts'
import { order, type PackageOrder } from './layers/order.ts'
import { readSource, type Source } from './layers/read.ts'
import { root } from './setup/io.js'

function readPackage(packageOrder: PackageOrder): Package {
  const folder = join(root, packageOrder.folder)
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const sources = new Map<string, Source>()
  for (const file of readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.ts')) continue
    const name = file.slice(0, -'.ts'.length).replaceAll('\\', '/')
    sources.set(name, readSource(file, readFileSync(join(folder, 'src', file), 'utf8')))
  }
  return { manifest, order: packageOrder, sources }
}

const packages = Object.values(order).map(readPackage)
const manifests = packages.map(({ manifest }) => manifest)
const problems = [...packages.flatMap((each) => judgePackage(each, manifests)), ...judgeComparison(packages)]
for (const problem of problems) console.error(problem)

const files = packages.reduce((sum, { sources }) => sum + sources.size, 0)
const imports = packages.flatMap(({ sources }) => [...sources.values()]).flatMap((source) => source.imports).length
if (problems.length === 0) console.log(`${files} files, ${imports} imports: all point down`)
process.exitCode = problems.length === 0 ? 0 : 1
