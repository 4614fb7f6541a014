import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes } from '@hookurl/core'
import { expect, test } from 'vitest'
import { writeErrorSections, writeErrorTable } from './docs/errors.ts'
import { rewrite } from './docs/markers.ts'
import { root } from './setup/io.js'

const generators = { greeting: () => 'hello' }

test('writes a generated part anew and leaves the rest', async () => {
  const page = 'before\n<!-- generated: greeting -->\nold\n<!-- /generated -->\nafter'
  const fresh = 'before\n<!-- generated: greeting -->\nhello\n<!-- /generated -->\nafter'
  expect(await rewrite(page, generators)).toEqual({ text: fresh, count: 1, problems: [] })
  expect((await rewrite(fresh, generators)).text).toBe(fresh)
})

test('complains about a part that nothing generates, and about one without an end', async () => {
  const problemsOf = async (page: string): Promise<readonly string[]> => (await rewrite(page, generators)).problems
  expect(await problemsOf('<!-- generated: other -->\n<!-- /generated -->')).toHaveLength(1)
  expect(await problemsOf('<!-- generated: greeting -->\n')).toHaveLength(1)
})

test('every code has a row in the table and a section to which problem documents can point', () => {
  const table = writeErrorTable()
  const sections = writeErrorSections()
  for (const code of Object.keys(errorCodes)) {
    expect(table).toContain(`[\`${code}\`](docs/errors.md#${code})`)
    expect(sections).toContain(`## ${code}\n`)
  }
})

test('docs/dependencies.md names every dependency', () => {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
  const folders = ['.', 'bench', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]
  const manifests = folders.map((folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')))
  const names = manifests.flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }),
  )
  const foreign = names.filter((name) => !/^(?:@hookurl\/.*|hookurl)$/.test(name))
  expect(foreign.length).toBeGreaterThan(10)
  expect(foreign.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
