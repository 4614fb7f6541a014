import { expect, test } from 'vitest'
import { judgeComparison, judgePackage, type Manifest, type Package } from './layers/judge.ts'
import { readSource } from './layers/read.ts'

const siblings: Manifest[] = [
  { name: '@hookurl/low', exports: { '.': './a.js', './part': './b.js' } },
  { name: '@hookurl/high', exports: { '.': './a.js' } },
]
const manifest: Manifest = { name: '@hookurl/middle', dependencies: { '@hookurl/low': '1', jose: '6' } }
const order = { folder: 'middle', siblings: ['@hookurl/low'], node: ['bottom'], files: ['top', 'kinds/*', 'bottom'] }

function judge(files: Record<string, string>): string[] {
  const all = { top: '', 'kinds/one': '', bottom: '', ...files }
  const sources = new Map(Object.entries(all).map(([name, text]) => [name, readSource(`${name}.ts`, text)]))
  return judgePackage({ manifest, order, sources }, siblings)
}

test('allows imports that point down, to declared packages and to subpaths that siblings export', () => {
  const top = "import './kinds/one.ts'; import 'jose'; import '@hookurl/low'; export * from '@hookurl/low/part'"
  expect(judge({ top, bottom: "import 'node:fs'" })).toEqual([])
})

const refused: [what: string, files: Record<string, string>][] = [
  ['that points up', { bottom: "import './top.ts'" }],
  ['of a type that points up', { bottom: "import type { Top } from './top.ts'" }],
  ['that points up from a folder', { 'kinds/one': "import '../top.ts'" }],
  ['that points up when it runs', { bottom: "export const load = () => import('./top.ts')" }],
  ['that points up in the middle of a type', { bottom: "export type T = import('./top.ts').Top" }],
  ['that passes on what stands above', { bottom: "export { top } from './top.ts'" }],
  ['between files of one kind', { 'kinds/one': "import './two.ts'", 'kinds/two': '' }],
  ['of a computed name', { top: 'export const load = (name: string) => import(name)' }],
  ['of a package that is not declared', { top: "import 'express'" }],
  ['of a package that is required and not declared', { top: "require('express')" }],
  ['of a package above', { top: "import '@hookurl/high'" }],
  ["of a sibling's inside", { top: "import '@hookurl/low/src/a.ts'" }],
  ['of Node where there may be none', { top: "import 'node:fs'" }],
  ['of a file outside the package', { top: "import '../../low/src/a.ts'" }],
]
for (const [what, files] of refused) {
  test(`refuses an import ${what}, naming the file`, () => {
    const problems = judge(files)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`middle/src/${Object.keys(files)[0]}.ts imports `)
  })
}

test('refuses a file that is not in the order, and an entry that no file has', () => {
  expect(judge({ other: '' })[0]).toContain('middle/src/other.ts is not in')
  const sources = new Map([['top', readSource('top.ts', '')]])
  expect(judgePackage({ manifest, order, sources }, siblings)).toHaveLength(2)
})

const comparisons: [written: string, isRefused: boolean][] = [
  ['parts.signature === expected', true],
  ['given !== mac', true],
  ['(a.tag as string) == b', true],
  ['expected.equals(given)', true],
  ['list.includes(signature)', true],
  ['timingSafe.timingSafeEqual(a, b)', true],
  ['timingSafeEqual(a, b)', true],
  ['Object.is(signature, other)', true],
  ['given.startsWith(mac)', true],
  ['new Set([given]).has(signature)', true],
  ['[given].lastIndexOf(digest) >= 0', true],
  ['signature.length === 43', false],
  ['signature === undefined', false],
  ["signature === ''", false],
  ["signature.includes('.')", false],
  ['a === b', false],
]
for (const [written, isRefused] of comparisons) {
  test(`${isRefused ? 'refuses' : 'allows'} the comparison ${written}`, () => {
    expect(readSource('a.ts', `export const x = ${written}`).unsafeComparisons).toHaveLength(isRefused ? 1 : 0)
  })
}

test('a planted comparison is refused with its file and line', () => {
  const bottom =
    '// a comment\n\nexport function check(parts: Parts, mac: string): boolean {\n  return parts.signature === mac\n}'
  expect(judge({ bottom })).toEqual([
    'middle/src/bottom.ts:4 compares a signature or secret with `parts.signature === mac`: use constantTimeEqual',
  ])
})

test('knows every place where signatures are compared', () => {
  const call = readSource('a.ts', 'constantTimeEqual(a, b)')
  const at = (folder: string, name: string): Package => {
    return { manifest, order: { ...order, folder }, sources: new Map([[name, call]]) }
  }
  expect(judgeComparison([at('packages/core', 'token')])).toEqual([])
  const [problem] = judgeComparison([at('packages/core', 'token'), at('packages/core', 'inspect')])
  expect(problem).toContain('packages/core/src/inspect.ts:1')
  const twice = readSource('a.ts', 'constantTimeEqual(a, b) || constantTimeEqual(a, c)')
  const both = { ...at('packages/core', 'token'), sources: new Map([['token', twice]]) }
  expect(judgeComparison([both])).toHaveLength(1)
  expect(judgeComparison([])).toHaveLength(1)
})
