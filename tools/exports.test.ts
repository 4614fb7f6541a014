import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { judgeContents } from './exports/contents.ts'
import { judgeManifests } from './exports/manifest.ts'
import type { Packed } from './exports/pack.ts'
import { root } from './setup/io.js'

const home = mkdtempSync(join(tmpdir(), 'hookurl-exports-test-'))
afterAll(() => rmSync(home, { recursive: true }))

const url = 'https://github.com/hookurl/hookurl'
const manifest = {
  name: '@hookurl/core',
  version: '1.0.0',
  description: 'Mints hook URLs, and more of that kind',
  keywords: ['a', 'b', 'c', 'd'],
  license: 'MIT',
  type: 'module',
  repository: { type: 'git', url: `git+${url}.git`, directory: 'packages/core' },
  homepage: `${url}#readme`,
  bugs: { url: `${url}/issues` },
  engines: { node: '>=20.19' },
  publishConfig: { access: 'public', provenance: true },
}
const good = {
  LICENSE: 'MIT',
  'README.md': '# core',
  'dist/index.js': 'export {}\n//# sourceMappingURL=index.js.map',
  'dist/index.js.map': '{"sources":["../src/index.ts"]}',
  'src/index.ts': 'export {}',
}

function unpack(name: string, files: Readonly<Record<string, string>>, change: object = {}): Packed {
  const folder = join(home, name)
  const all = { ...files, 'package.json': JSON.stringify({ ...manifest, ...change }) }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return { name, folder, tarball: '', bytes: 0, version: '1.0.0', bin: undefined, specifiers: [] }
}

test('a package that holds what it should passes', () => {
  expect(judgeContents(unpack('good', good))).toEqual([])
})

test('tests, notes of the build and unknown files are noticed', () => {
  const extra = { 'src/mint.test.ts': '', 'dist/.tsbuildinfo': '', 'dist/test/a.js': '', '.env': '' }
  const problems = judgeContents(unpack('extra', { ...good, ...extra }))
  expect(problems.map((problem) => problem.split(' ')[2]).sort()).toEqual(
    Object.keys(extra)
      .map((path) => `${path},`)
      .sort(),
  )
})

test('a missing licence is noticed', () => {
  const { LICENSE: _, ...others } = good
  expect(judgeContents(unpack('unlicensed', others))).toEqual(['unlicensed has no LICENSE'])
})

test('a folder of the machine that built it is noticed', () => {
  const problems = judgeContents(unpack('telling', { ...good, 'dist/a.js': `// ${root}packages` }))
  expect(problems).toEqual(['telling: dist/a.js names a folder of this machine'])
})

test('maps that lead nowhere are noticed, from code and to sources', () => {
  const lost = { 'dist/a.js': '\n//# sourceMappingURL=a.js.map\n', 'dist/b.js.map': '{"sources":["../src/b.ts"]}' }
  expect(judgeContents(unpack('lost', { ...good, ...lost }))).toEqual([
    'lost: dist/a.js leads to dist/a.js.map, which is not there',
    'lost: dist/b.js.map leads to src/b.ts, which is not there',
  ])
})

test('a manifest as it should be passes, and two versions at once do not', async () => {
  const one = unpack('one', good)
  expect(await judgeManifests([one])).toEqual([])
  expect(await judgeManifests([one, { ...one, version: '1.0.1' }])).toEqual([
    'the packages have 2 versions: 1.0.0, 1.0.1',
  ])
})

test.each([
  ['bugs', { bugs: undefined }, 'bugs is not'],
  ['licence', { license: 'ISC' }, 'license is not "MIT"'],
  ['repository', { repository: { type: 'git', url: 'git+https://example.com/a.git' } }, 'no repository'],
  ['scripts', { scripts: { postinstall: 'true' } }, 'scripts, which run'],
  ['workspace', { dependencies: { '@hookurl/core': 'workspace:*' } }, 'it wants @hookurl/core workspace:*'],
  ['fix', { bin: './dist/index.js', name: 'core' }, 'npm pkg fix mends'],
])('a manifest is refused for its %s', async (name, change, problem) => {
  const problems = await judgeManifests([unpack(`manifest-${name}`, good, change)])
  expect(problems.join('\n')).toContain(problem)
})
