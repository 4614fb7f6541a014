import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readLinks, readTitle } from '../../tools/docs/markdown.ts'
import { listReadmes } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const folder = join(root, 'examples')
const examples = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')))

test('examples/README.md links to every example and to nothing else in the folder', () => {
  const links = readLinks('examples/README.md').filter((href) => !href.startsWith('../'))
  expect([...links].sort()).toEqual([...examples].sort())
})

test('every example has a README', () => {
  expect(listReadmes('examples')).toEqual(examples.map((name) => `examples/${name}/README.md`).sort())
})

test.each(listReadmes('examples'))('%s has a title and at most 60 lines', (page) => {
  expect(readTitle(page)).toBeDefined()
  expect(readFileSync(join(root, page), 'utf8').split('\n').length).toBeLessThanOrEqual(60)
})

test('every example has a test that records its result for the table of examples', () => {
  const untested = examples.filter(
    (name) => !readTests(name).some((text) => /\b(?:recordCheck|test(?:MinimalReceiver|NodeServer))\(/.test(text)),
  )
  expect(untested).toEqual([])
})

test.each(examples)('the package of %s is private', (name) => {
  expect(readManifest(name)).toMatchObject({ private: true, name: `@hookurl/example-${name}` })
})

test.each(examples)('%s uses the packages of the workspace', (name) => {
  const { dependencies = {} } = readManifest(name)
  const ranges = Object.entries(dependencies).filter(([dependency]) => /^(?:@hookurl\/|hookurl$)/.test(dependency))
  expect(ranges.filter(([, range]) => range !== 'workspace:*')).toEqual([])
})

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'))
}

function readTests(name: string): string[] {
  const tests = join(folder, name, 'test')
  const files = existsSync(tests) ? readdirSync(tests).filter((file) => file.endsWith('.test.ts')) : []
  return files.map((file) => readFileSync(join(tests, file), 'utf8'))
}
