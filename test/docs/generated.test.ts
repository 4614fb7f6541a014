import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes } from '@hookurl/core'
import { expect, test } from 'vitest'
import { generateErrorSections, generateErrorTable } from '../../tools/docs/errors.ts'
import { rewrite } from '../../tools/docs/markers.ts'
import { root } from '../../tools/setup/io.js'

const generators = { greeting: () => 'hello' }

test('a generated part is replaced, and the rest stays', async () => {
  const page = 'before\n<!-- generated: greeting -->\nold\n<!-- /generated -->\nafter'
  const expected = 'before\n<!-- generated: greeting -->\nhello\n<!-- /generated -->\nafter'
  expect(await rewrite(page, generators)).toEqual({ text: expected, count: 1, problems: [] })
  expect((await rewrite(expected, generators)).text).toBe(expected)
})

test('a part without a generator or without an end is reported', async () => {
  const problemsOf = async (page: string): Promise<readonly string[]> => (await rewrite(page, generators)).problems
  expect(await problemsOf('<!-- generated: other -->\n<!-- /generated -->')).toHaveLength(1)
  expect(await problemsOf('<!-- generated: greeting -->\n')).toHaveLength(1)
})

test('every error code has a row in the table and a section', () => {
  const table = generateErrorTable()
  const sections = generateErrorSections()
  for (const code of Object.keys(errorCodes)) {
    expect(table).toContain(`[\`${code}\`](#${code})`)
    expect(sections).toContain(`## ${code}\n`)
  }
})

test('docs/dependencies.md names every dependency', () => {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
  const folders = [
    '.',
    'bench',
    'site',
    'tools/api',
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
  ]
  const manifests = folders.map((folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')))
  const names = manifests.flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }),
  )
  const external = names.filter((name) => !/^(?:@hookurl\/.*|hookurl)$/.test(name))
  expect(external.length).toBeGreaterThan(10)
  expect(external.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
