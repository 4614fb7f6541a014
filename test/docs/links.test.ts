import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { expect, test } from 'vitest'
import { readAnchors, readLinks, readTitle } from '../../tools/docs/markdown.ts'
import { listPages, listReadmes } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const docs = listPages()
const published = listReadmes('packages')
const pages = [...docs, 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...published, ...listReadmes('examples')]
const repository = 'https://github.com/hookurl/hookurl/'

/** What is wrong with a link of a page; undefined: nothing. */
function findProblem(page: string, href: string): string | undefined {
  const own = href.startsWith(`${repository}blob/main/`) ? href.slice(`${repository}blob/main/`.length) : undefined
  if (own !== undefined) return findLocalProblem('README.md', own)
  if (!/^[a-z][a-z0-9+.-]*:/i.test(href)) return findLocalProblem(page, href)
  if (!URL.canParse(href)) return 'is not a URL'
  return href.startsWith('https://') ? undefined : 'is not https'
}

function findLocalProblem(page: string, href: string): string | undefined {
  const [path = '', anchor] = href.split('#')
  const target = path === '' ? page : posix.join(dirname(page), decodeURIComponent(path))
  const file = join(root, target)
  if (!existsSync(file)) return 'leads nowhere'
  if (relative(root, realpathSync(file)) !== posix.normalize(target).replace(/\/$/, ''))
    return 'is written in another case'
  if (anchor === undefined) return undefined
  return readAnchors(target).has(anchor) ? undefined : `has no #${anchor}`
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  const problems = readLinks(page).map((href) => [href, findProblem(page, href)])
  expect(problems.filter(([, problem]) => problem !== undefined)).toEqual([])
})

test('tells a link that leads nowhere, an anchor that is not there, and what is not https', () => {
  expect(findProblem('README.md', 'docs/errors.md#expired')).toBeUndefined()
  expect(findProblem('docs/errors.md', '../README.md#use-it')).toBeUndefined()
  expect(findProblem('README.md', 'docs/error.md')).toBe('leads nowhere')
  expect(findProblem('README.md', 'docs/errors.md#expire')).toBe('has no #expire')
  expect(findProblem('README.md', '#nowhere')).toBe('has no #nowhere')
  expect(findProblem('README.md', 'http://example.com')).toBe('is not https')
  expect(findProblem('README.md', `${repository}blob/main/docs/nothing.md`)).toBe('leads nowhere')
})

test('what is published links to whole addresses, since nothing else is beside it', () => {
  expect(published.length).toBeGreaterThan(0)
  const local = published.flatMap(readLinks).filter((href) => !href.startsWith('https://'))
  expect(local).toEqual([])
})

test('docs/README.md leads to every page, and every page has a title', () => {
  const listed = new Set(readLinks('docs/README.md').map((href) => posix.join('docs', href.split('#')[0] ?? '')))
  const others = docs.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(others.filter((page) => !listed.has(page))).toEqual([])
  expect(docs.filter((page) => readTitle(page) === undefined)).toEqual([])
})
