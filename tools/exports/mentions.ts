import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listPages } from '../docs/pages.ts'
import { root } from '../setup/io.js'

/** Every specifier that a page names and no package exports. */
export function findDeadMentions(specifiers: readonly string[]): string[] {
  const known = new Set(specifiers.filter((specifier) => !specifier.endsWith('/internal')))
  return listPages().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    const mentions = text.match(/@hookurl\/[a-z]+(?:\/[a-z][\w-]*)*/g) ?? []
    const dead = [...new Set(mentions)].filter((mention) => !known.has(mention))
    return dead.map((mention) => `${page} names ${mention}, which is not a public subpath`)
  })
}
