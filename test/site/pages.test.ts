import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHero, createHomePage } from '../../site/home.ts'
import { resolveLink } from '../../site/links.ts'
import { listLinks, readNavigation } from '../../site/navigation.ts'
import { getSitePage, listExcluded, listSitePages } from '../../site/pages.ts'
import { listPages, listReadmes } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const repository = 'https://github.com/hookurl/hookurl'
const navigation = readNavigation()

describe('the pages of the site', () => {
  test('are those of docs and of the examples', () => {
    const expected = [...listPages().filter((page) => page !== 'README.md'), ...listReadmes('examples')]
    expect(listSitePages()).toEqual(expect.arrayContaining(expected))
  })

  test('have an address each', () => {
    const addresses = listSitePages().map(getSitePage)
    expect(new Set(addresses).size).toBe(addresses.length)
  })

  test('have no address that is also the name of a folder', () => {
    const addresses = listSitePages().map((file) => getSitePage(file) as string)
    const folders = new Set(addresses.flatMap((address) => /^(.+)\/[^/]+$/.exec(address)?.[1] ?? []))
    expect(addresses.filter((address) => folders.has(address.replace(/\.md$/, '')))).toEqual([])
  })

  test('leave out everything else in the repository', () => {
    for (const file of ['README.md', 'packages/core/README.md', 'bench/README.md', 'examples/next/notes.md']) {
      expect(getSitePage(file)).toBeUndefined()
    }
    expect(listExcluded()).toEqual(expect.arrayContaining(['README.md', 'packages/**', 'node_modules/**']))
    expect(listExcluded()).not.toContain('SECURITY.md')
  })
})

describe('the navigation', () => {
  test('has the groups of docs/README.md', () => {
    expect(navigation.map(({ text }) => text)).toEqual(['Start', 'Guides', 'Reference', 'Background'])
    expect(navigation[0]?.items[0]).toEqual({ text: 'Getting started', link: '/getting-started' })
  })

  test('has the parts of the guides as entries without a link', () => {
    const guides = navigation.find(({ text }) => text === 'Guides')
    expect(guides?.items.map(({ text, link }) => [text, link])).toEqual([
      ['Mint and receive', undefined],
      ['Limit, restrict and wait', undefined],
      ['Test and run in production', undefined],
      ['Tools and other languages', undefined],
    ])
    expect(guides?.items[0]?.items?.[0]).toEqual({ text: 'Minting', link: '/minting' })
  })

  test('links to every page of docs and to every example', () => {
    const links = new Set(listLinks(navigation.flatMap(({ items }) => items)))
    const pages = listSitePages().filter((file) => /^(?:docs|examples)\//.test(file) && file !== 'docs/README.md')
    const missing = pages.filter((file) => !links.has(resolveLink('README.md', file)))
    expect(missing).toEqual([])
  })

  test('lists the modules below the API', () => {
    const api = navigation.flatMap(({ items }) => items).find(({ text }) => text === 'API')
    expect(api?.items).toContainEqual({ text: '@hookurl/verify/express', link: '/api/verify/express' })
  })
})

describe('a link', () => {
  test.each([
    ['docs/minting.md', 'receiver.md#options', '/receiver#options'],
    ['docs/api/verify/express.md', '../core.md#hook', '/api/core/#hook'],
    ['docs/minting.md', '../examples/unsubscribe', '/examples/unsubscribe'],
    ['docs/adapters.md', '../examples/README.md', '/examples/'],
    ['docs/minting.md', 'README.md', '/docs/'],
    ['docs/README.md', '../SECURITY.md', '/threat-model'],
    ['examples/next/README.md', '../../docs/security.md', '/security'],
    ['docs/minting.md', '../README.md', '/'],
    ['docs/minting.md', `${repository}/blob/main/docs/errors.md#expired`, '/errors#expired'],
  ])('of %s to %s opens the page %s', (page, href, address) => {
    expect(resolveLink(page, href)).toBe(address)
  })

  test.each([
    ['docs/languages.md', '../conformance/vectors', `${repository}/tree/main/conformance/vectors`],
    ['examples/next/README.md', 'package.json', `${repository}/blob/main/examples/next/package.json`],
    ['CONTRIBUTING.md', 'bench/README.md', `${repository}/blob/main/bench/README.md`],
  ])('of %s to %s, which is not a page, opens the repository', (page, href, address) => {
    expect(resolveLink(page, href)).toBe(address)
  })

  test.each(['#options', 'https://example.com/a.md', 'mailto:security@example.com'])('to %s stays as it is', (href) => {
    expect(resolveLink('docs/minting.md', href)).toBe(href)
  })
})

describe('the home page', () => {
  const page = createHomePage()

  test('begins with the first two paragraphs of the README', () => {
    const { text, tagline, actions } = createHero()
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    expect(readme).toContain(text)
    expect(readme).toContain(tagline)
    expect(page).not.toContain(tagline)
    expect(actions.map(({ link }) => link)).toEqual(['/getting-started', '/debugger.html'])
  })

  test('has the code that installs, mints and receives', () => {
    for (const code of ['npm install ', 'createMinter(', 'hookurl(']) expect(page).toContain(code)
  })

  test('ends with the first section of the README', () => {
    expect(page.match(/^## /gm)).toHaveLength(1)
  })
})
