import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/io.js'

/** Returns the paths of README.md and of the pages in docs. */
export function listPages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const pages = ['README.md', ...docs.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)]
  return pages.filter((page) => existsSync(join(root, page))).sort()
}

/** Returns the README.md of each folder in a folder such as `packages`. */
export function listReadmes(folder: string): string[] {
  const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : []
  return names.map((name) => `${folder}/${name}/README.md`).filter((page) => existsSync(join(root, page)))
}
