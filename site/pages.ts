import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../tools/setup/io.js'

/** Where the pages outside of docs appear, by their path in the repository. */
const others: Readonly<Record<string, string>> = {
  'site/index.md': 'index.md',
  'docs/README.md': 'docs/index.md',
  'docs/api/README.md': 'api/index.md',
  'examples/README.md': 'examples/index.md',
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'threat-model.md',
}

const sources = ['docs', 'examples', 'site']
const published = /^(?:docs\/.+|examples\/[^/]+\/README)\.md$/

/** Returns where a Markdown file of the repository is on the site, as `x.md`; `undefined` if it is not part of it. */
export function getSitePage(file: string): string | undefined {
  const other = Object.hasOwn(others, file) ? others[file] : undefined
  if (other !== undefined) return other
  if (!published.test(file)) return undefined
  const page = file.replace(/^docs\//, '').replace(/\/README\.md$/, '.md')
  // Some servers redirect `/x` to `/x/` if there is a folder, even if there is also `x.html`.
  return isFolder(file.replace(/\.md$/, '')) ? page.replace(/\.md$/, '/index.md') : page
}

/** Lists the Markdown files of the repository that the site contains. */
export function listSitePages(): string[] {
  const docs = list('docs').map((file) => `docs/${file}`)
  const examples = readdirSync(join(root, 'examples')).map((name) => `examples/${name}/README.md`)
  const candidates = new Set([...Object.keys(others), ...docs, ...examples])
  return [...candidates].filter((file) => getSitePage(file) !== undefined && existsSync(join(root, file))).sort()
}

/** Returns patterns for the Markdown files of the repository that the site does not contain. */
export function listExcluded(): string[] {
  const entries = readdirSync(root, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && !sources.includes(entry.name))
  const files = entries.filter(({ name }) => name.endsWith('.md') && getSitePage(name) === undefined)
  return [
    ...folders.map(({ name }) => `${name}/**`),
    ...files.map(({ name }) => name),
    'examples/*/!(README).md',
    'examples/*/*/**',
  ]
}

function list(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll('\\', '/'),
  )
}

function isFolder(path: string): boolean {
  return existsSync(join(root, path))
}
