import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('../../src/', import.meta.url))
const fsImport = /import (?:type )?([^']*?) from 'node:fs(?:\/promises)?'/g
const writer =
  /^(?:appendFile|chmod|chown|copyFile|cp|createWriteStream|fchmod|fchown|link|mkdtemp|open|rename|rm|symlink|truncate|unlink|write|writeFile|writev)(?:Sync)?$/
/** The files that may import a function that writes, and for what. */
const allowed: Readonly<Record<string, string>> = {
  'io/append-file.ts': 'appends to the file of --record',
  'io/atomic-file.ts': 'every file that a command writes',
  'io/stdout.ts': 'stdout',
  'io/temp-files.ts': 'removes temporary files',
  'keys/keyring-file.ts': 'removes temporary files of killed processes',
  'mint/source.ts': 'opens --from to read it',
}

/** Lists what a source imports from node:fs. */
function listFsImports(path: string): string[] {
  const imports = [...readFileSync(join(source, path), 'utf8').matchAll(fsImport)].map(([, names = '']) => names)
  return imports.flatMap((names) => (names.includes('{') ? names.replace(/[{}]/g, '').split(',') : ['everything']))
}

test('only the helpers of io import what writes files', () => {
  const paths = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(source.length))
  const writing = paths.filter((path) =>
    listFsImports(path).some((name) => name === 'everything' || writer.test(name.trim().split(' as ')[0] as string)),
  )
  expect(writing.sort()).toStrictEqual(Object.keys(allowed).sort())
})
