import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readDeclarations, type Source } from './api/declarations.ts'
import { readDocstring } from './api/docstring.ts'
import { readPackage } from './api/package.ts'
import { writeCoreReference, writeVerifyReference } from './api.ts'

function readText(text: string): Source {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-api-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'source.ts')
  writeFileSync(file, text)
  return readDeclarations(file)
}

test('every public name has a docstring, and its section in the reference', () => {
  const pages = { 'packages/core': writeCoreReference(), 'packages/verify': writeVerifyReference() }
  for (const [folder, page] of Object.entries(pages)) {
    const { entries } = readPackage(folder)
    const names = entries.flatMap(({ declarations }) => declarations)
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([])
    const headings = page.match(/^### .*$/gm)?.map((line) => line.slice('### '.length))
    expect(headings?.sort()).toEqual(names.map(({ name }) => name).sort())
    for (const { specifier } of entries) expect(page).toContain(`## ${specifier}\n`)
  }
})

test('shows a function without its body, and every signature but that of the body', () => {
  const { declarations, exported } = readText(`
    /** Adds. */
    export function add(one: number): number
    /** Adds two. */
    export function add(one: number, two: number): number
    export function add(one: number, two = 0): number { return one + two }
    export async function wait(): Promise<void> { await undefined }
  `)
  expect(exported).toEqual(['add', 'wait'])
  const { text, doc } = declarations.get('add') ?? {}
  expect(doc).toBe('Adds.')
  expect(text).toContain('function add(one: number, two: number): number')
  expect(text).toContain('Adds two.')
  expect(text).not.toMatch(/two = 0|return/)
  expect(declarations.get('wait')?.text).toBe('function wait(): Promise<void>')
})

test('shows a class without the values of its fields and the bodies of its methods', () => {
  const { declarations } = readText(`
    export class Box extends Shape<Size> {
      readonly size: Size = { width: 1 }
      /** How much is in it. */
      weigh(): Weight { return this.size.width }
    }
  `)
  const { text, mentions } = declarations.get('Box') ?? {}
  expect(text).toContain('readonly size: Size\n')
  expect(text).toContain('/** How much is in it. */')
  expect(text).toContain('weigh(): Weight\n')
  expect(text).not.toMatch(/width|return/)
  expect([...(mentions ?? [])]).toEqual(['Size', 'Weight'])
})

test('takes the docstring that stands right before, also over a remark for a tool, and no other', () => {
  const { declarations } = readText(`
    /** Of the first. */
    // a-tool-ignore: because
    export type First = string
    export type Second = number
  `)
  expect(declarations.get('First')?.doc).toBe('Of the first.')
  expect(declarations.get('Second')?.doc).toBe('')
})

test('takes a docstring apart', () => {
  const doc = 'Does it, as {@link other} does.\n\n@throws {HookurlError} `expired`,\n`already_used`\n@example\nmint()'
  expect(readDocstring(doc)).toEqual({
    text: 'Does it, as `other` does.',
    throws: '`expired`, `already_used`',
    example: 'mint()',
  })
})
