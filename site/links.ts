import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from '../tools/setup/io.js'
import { getSitePage } from './pages.ts'

/** The repository, for links to files that are not pages. */
export const repository = 'https://github.com/hookurl/hookurl'

/**
 * Resolves a link of a Markdown file as GitHub does: to a page of the site if there is one, otherwise to the file in the
 * repository. Links to other sites, and to the page itself, stay as they are.
 */
export function resolveLink(page: string, href: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return fromRepository(href)
  if (href.startsWith('#')) return href
  const [path = '', fragment] = href.split('#')
  const target = posix.normalize(path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path)))
  return toAddress(target.replace(/\/$/, ''), fragment)
}

function fromRepository(href: string): string {
  const prefix = `${repository}/blob/main/`
  if (!href.startsWith(prefix)) return href
  const [path = '', fragment] = href.slice(prefix.length).split('#')
  return toAddress(path, fragment)
}

function toAddress(file: string, fragment: string | undefined): string {
  const hash = fragment === undefined ? '' : `#${fragment}`
  const page = getSitePage(file) ?? getSitePage(posix.join(file, 'README.md'))
  if (page !== undefined) return `/${page.replace(/(?:^|(?<=\/))index\.md$|\.md$/, '')}${hash}`
  if (file === 'README.md') return '/'
  const path = join(root, file)
  const kind = existsSync(path) && statSync(path).isDirectory() ? 'tree' : 'blob'
  return `${repository}/${kind}/main/${file}${hash}`
}
