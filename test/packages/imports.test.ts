import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import config from '../../.dependency-cruiser.mjs'
import { root } from '../../tools/setup/io.js'

interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}

async function findViolations(folder: string): Promise<Violation[]> {
  const sources = readdirSync(join(folder, 'packages')).map((name) => `packages/${name}/src`)
  const { options, forbidden = [] } = config
  const { output } = await cruise(sources, { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } })
  const { summary } = output as ICruiseResult
  expect(summary.totalCruised).toBeGreaterThan(10)
  return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
}

function listFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => /\.tsx?$/.test(file)).map((file) => join(folder, file))
}

test('every import points to the right, and only where it may', async () => {
  expect(await findViolations(root)).toEqual([])
}, 30_000)

test('no import has a computed name, which no check can follow', () => {
  const files = readdirSync(join(root, 'packages')).flatMap((name) => listFiles(join(root, 'packages', name, 'src')))
  expect(files.filter((file) => /\bimport\((?!\s*['")])/.test(readFileSync(file, 'utf8')))).toEqual([])
})

const core = 'packages/core/src'
const verify = 'packages/verify/src'
const violations: [what: string, rule: string, file: string, code: string][] = [
  ['to the left', 'imports-to-the-right', `${core}/token/left.ts`, "import '../url/file.ts'"],
  [
    'of a type to the left',
    'imports-to-the-right',
    `${core}/util/type.ts`,
    "import type { T } from '../token/file.ts'",
  ],
  [
    'of an inline type to the left',
    'imports-to-the-right',
    `${core}/util/inline.ts`,
    "export type T = import('../token/file.ts').T",
  ],
  [
    'to the left at run time',
    'imports-to-the-right',
    `${core}/util/late.ts`,
    "export const load = () => import('../token/file.ts')",
  ],
  [
    'that exports what is to the left',
    'imports-to-the-right',
    `${core}/util/again.ts`,
    "export { T } from '../token/file.ts'",
  ],
  ['between folders of one rank', 'imports-to-the-right', `${core}/util/peer.ts`, "import '../crypto/file.ts'"],
  ['in a circle', 'no-circles', `${core}/url/circle.ts`, "import './circle-back.ts'"],
  ['from a folder without a rank', 'folder-has-a-rank', `${core}/other/file.ts`, "import '../errors.ts'"],
  ['of a package on the left', 'packages-point-one-way', `${core}/left-package.ts`, "import '@hookurl/verify'"],
  [
    'from the inspector of verify',
    'packages-point-one-way',
    'packages/inspector/src/ui/file.ts',
    "import '@hookurl/verify'",
  ],
  ['of the tests of stores', 'store-tests-alone', `${verify}/uses/tested.ts`, "import './contract/file.ts'"],
  [
    'of a file of another package',
    'only-exported-subpaths',
    `${verify}/request/inner.ts`,
    "import '../../../core/src/url/file.ts'",
  ],
  [
    'of a subpath that is not exported',
    'resolvable',
    `${verify}/request/deep.ts`,
    "import '@hookurl/core/src/url/file.ts'",
  ],
  ['of Node where there may be none', 'node-only-where-node-is', `${core}/url/node.ts`, "import 'node:fs'"],
  ['of a package that is not declared', 'declared-dependencies', `${core}/url/undeclared.ts`, "import 'undeclared'"],
  ['of a development dependency', 'declared-dependencies', `${core}/url/dev.ts`, "import 'development'"],
  ['of a framework in an adapter', 'declared-dependencies', `${verify}/adapters/value.ts`, "import 'development'"],
  ['of Node in an adapter', 'node-only-where-node-is', `${verify}/adapters/node-value.ts`, "import 'node:fs'"],
]
const allowed: [what: string, file: string, code: string][] = [
  ['to the right', `${core}/url/right.ts`, "import '../token/file.ts'; export * from '../errors.ts'"],
  ['of a declared dependency', `${core}/url/declared.ts`, "import 'declared'"],
  ['of an exported subpath', `${verify}/request/subpath.ts`, "import '@hookurl/core'"],
  ['of Node where the Node runtime inflates', `${verify}/request/inflate.node.ts`, "import 'node:zlib'"],
  ['of a type of a framework in an adapter', `${verify}/adapters/type.ts`, "import type { T } from 'development'"],
  ['of a type of Node in an adapter', `${verify}/adapters/node-type.ts`, "import type { Stats } from 'node:fs'"],
  ['of Node in the Node engine', `${core}/crypto/engine.node.ts`, "import 'node:crypto'"],
]

let found: readonly Violation[] = []
const folder = mkdtempSync(join(tmpdir(), 'hookurl-imports-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const files = ['crypto', 'token', 'url', 'util'].map((name) => `${core}/${name}/file.ts`)
  for (const file of [
    ...files,
    `${core}/index.ts`,
    `${core}/errors.ts`,
    `${verify}/index.ts`,
    `${verify}/uses/contract/file.ts`,
  ])
    write(file, 'export type T = 1')
  write(`${core}/url/circle-back.ts`, "import './circle.ts'")
  for (const [, , file, code] of violations) write(file, code)
  for (const [, file, code] of allowed) write(file, code)
  for (const name of ['core', 'verify', 'inspector']) {
    write(
      `packages/${name}/package.json`,
      JSON.stringify({
        name: `@hookurl/${name}`,
        exports: { '.': './src/index.ts' },
        dependencies: { declared: '1' },
        devDependencies: { development: '1' },
      }),
    )
  }
  for (const name of ['declared', 'development', 'undeclared']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
  mkdirSync(join(folder, 'node_modules/@hookurl'))
  for (const name of ['core', 'verify']) {
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@hookurl', name), 'junction')
  }
  found = await findViolations(folder)
})

test.each(violations)('an import %s is reported', (_, rule, file) => {
  const own = found.filter(({ from, to }) => from === file || to === file)
  expect(own.map((violation) => violation.rule)).toContain(rule)
})

test.each(allowed)('an import %s is allowed', (_, file) => {
  expect(found.filter(({ from }) => from === file)).toEqual([])
})
