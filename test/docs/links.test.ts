import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { expect, test } from 'vitest'
import { readAnchors, readLinks, readTitle } from '../../tools/docs/markdown.ts'
import { listPages, listReadmes } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const docs = listPages()
const published = [...listReadmes('packages'), 'skills/hookurl/SKILL.md']
const pages = [...docs, 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...published, ...listReadmes('examples')]
const anchorsOf = new Map<string, ReadonlySet<string>>()
const repository = 'https://github.com/hookurl/hookurl/'

/** Returns what is wrong with a link of a page; `undefined` if it is valid. */
function findProblem(page: string, href: string): string | undefined {
  const repositoryPath = href.startsWith(`${repository}blob/main/`)
    ? href.slice(`${repository}blob/main/`.length)
    : undefined
  if (repositoryPath !== undefined) return findLocalProblem('README.md', repositoryPath)
  if (!/^[a-z][a-z0-9+.-]*:/i.test(href)) return findLocalProblem(page, href)
  if (!URL.canParse(href)) return 'is not a URL'
  return href.startsWith('https://') ? undefined : 'is not https'
}

function findLocalProblem(page: string, href: string): string | undefined {
  const [path = '', anchor] = href.split('#')
  const target = path === '' ? page : posix.join(dirname(page), decodeURIComponent(path))
  const file = join(root, target)
  if (!existsSync(file)) return 'does not exist'
  if (relative(root, realpathSync(file)) !== posix.normalize(target).replace(/\/$/, '')) return 'differs in case'
  if (anchor === undefined) return undefined
  return getAnchors(target).has(anchor) ? undefined : `has no #${anchor}`
}

// Parsing a page takes long, and most pages are the target of many links.
function getAnchors(page: string): ReadonlySet<string> {
  const anchors = anchorsOf.get(page) ?? readAnchors(page)
  anchorsOf.set(page, anchors)
  return anchors
}

test.each(pages)('every link of %s is valid', (page) => {
  const problems = readLinks(page).map((href) => [href, findProblem(page, href)])
  expect(problems.filter(([, problem]) => problem !== undefined)).toEqual([])
})

test('a missing file, a missing anchor and an http: URL are invalid links', () => {
  expect(findProblem('README.md', 'docs/errors.md#expired')).toBeUndefined()
  expect(findProblem('docs/errors.md', '../README.md#quick-start')).toBeUndefined()
  expect(findProblem('README.md', 'docs/error.md')).toBe('does not exist')
  expect(findProblem('README.md', 'docs/errors.md#expire')).toBe('has no #expire')
  expect(findProblem('README.md', '#nowhere')).toBe('has no #nowhere')
  expect(findProblem('README.md', 'http://example.com')).toBe('is not https')
  expect(findProblem('README.md', `${repository}blob/main/docs/nothing.md`)).toBe('does not exist')
})

test("the packages' READMEs and the skill contain only absolute links, because they are published alone", () => {
  expect(published.length).toBeGreaterThan(0)
  const local = published.flatMap(readLinks).filter((href) => !href.startsWith('https://'))
  expect(local).toEqual([])
})

test('docs/README.md links to every page', () => {
  const listed = new Set(readLinks('docs/README.md').map((href) => posix.join('docs', href.split('#')[0] ?? '')))
  const others = docs.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(others.filter((page) => !listed.has(page))).toEqual([])
})

test('every page has a title', () => {
  expect(docs.filter((page) => readTitle(page) === undefined)).toEqual([])
})
