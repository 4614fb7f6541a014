import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listPages } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const repository = 'https://github.com/hookurl/hookurl'
const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
const published = folders
  .map((folder) => ({ folder, manifest: readManifest(folder) }))
  .filter(({ manifest }) => manifest.private !== true)

function readManifest(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

test('the published packages have one version', () => {
  expect(published).toHaveLength(3)
  expect(new Set(published.map(({ manifest }) => manifest.version)).size).toBe(1)
})

test.each(published)('$folder has the fields of every published package', ({ folder, manifest }) => {
  expect(manifest).toMatchObject({
    license: 'MIT',
    type: 'module',
    homepage: `${repository}#readme`,
    bugs: { url: `${repository}/issues` },
    repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
    engines: readManifest('.').engines,
    publishConfig: { access: 'public', provenance: true },
    description: expect.stringMatching(/.{20}/),
    keywords: expect.arrayContaining(['hook', 'webhook', 'signed-url']),
  })
})

test.each(published)('$folder runs no script when it is installed', ({ manifest }) => {
  expect(manifest.scripts).toBeUndefined()
})

test('every specifier in the documentation is a public subpath', () => {
  const specifiers = published.flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports as object).map((subpath) => `${name}${subpath.slice(1)}`),
  )
  const known = new Set(specifiers.filter((specifier) => !specifier.endsWith('/internal')))
  const mentions = listPages().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return (text.match(/@hookurl\/[a-z]+(?:\/[a-z][\w-]*)*/g) ?? []).map((specifier) => ({ page, specifier }))
  })
  expect(mentions.length).toBeGreaterThan(20)
  expect(mentions.filter(({ specifier }) => !known.has(specifier))).toEqual([])
})
