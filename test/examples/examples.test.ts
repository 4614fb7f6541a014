import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readLinks, readTitle } from '../../tools/docs/markdown.ts'
import { listReadmes } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const folder = join(root, 'examples')
const examples = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')))

test('examples/README.md leads to every example, and to nothing else there', () => {
  const links = readLinks('examples/README.md').filter((href) => !href.startsWith('../'))
  expect([...links].sort()).toEqual([...examples].sort())
})

test('every example has a page of one screen, and tests that say what they check', () => {
  expect(listReadmes('examples')).toEqual(examples.map((name) => `examples/${name}/README.md`).sort())
  for (const page of listReadmes('examples')) {
    const lines = readFileSync(join(root, page), 'utf8').split('\n')
    expect([readTitle(page) !== undefined, lines.length <= 60], page).toEqual([true, true])
  }
  const silent = examples.filter(
    (name) => !readTests(name).some((text) => /\b(?:recordCheck|test(?:MinimalReceiver|NodeServer))\(/.test(text)),
  )
  expect(silent).toEqual([])
})

test('no example is published, and each takes the packages from the workspace', () => {
  for (const name of examples) {
    const {
      private: isPrivate,
      name: own,
      dependencies = {},
    } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'))
    expect([isPrivate, own]).toEqual([true, `@hookurl/example-${name}`])
    const given = Object.entries(dependencies).filter(([dependency]) => /^(?:@hookurl\/|hookurl$)/.test(dependency))
    expect(
      given.filter(([, range]) => range !== 'workspace:*'),
      name,
    ).toEqual([])
  }
})

function readTests(name: string): string[] {
  const tests = join(folder, name, 'test')
  const files = existsSync(tests) ? readdirSync(tests).filter((file) => file.endsWith('.test.ts')) : []
  return files.map((file) => readFileSync(join(tests, file), 'utf8'))
}
