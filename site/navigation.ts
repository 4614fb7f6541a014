import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { Lexer, type Token, type Tokens } from 'marked'
import { root } from '../tools/setup/io.js'
import { resolveLink } from './links.ts'

/** A page in the navigation, or a part of a group, which has a title but no link. */
export interface Entry {
  readonly text: string
  readonly link?: string
  /** Pages below it. */
  readonly items?: readonly Entry[]
}

/** A group of pages, such as the guides. */
export interface Group {
  readonly text: string
  readonly items: readonly Entry[]
}

interface ListedPage extends Entry {
  readonly link: string
  /** In the repository. */
  readonly file: string
}

const listPage = 'docs/README.md'

/** Reads the groups, their parts and their pages from the lists in `docs/README.md`. */
export function readNavigation(): Group[] {
  const groups: Group[] = []
  let part: string | undefined
  for (const token of readTokens(listPage)) {
    if (token.type === 'heading') part = token.depth === 3 ? readPlainText(token) : undefined
    if (token.type === 'heading' && token.depth === 2) groups.push({ text: readPlainText(token), items: [] })
    const group = groups.at(-1)
    if (token.type !== 'list' || group === undefined) continue
    const pages = (token as Tokens.List).items.map((item) => toEntry(readLink(item, listPage)))
    const items = part === undefined ? pages : [{ text: part, items: pages }]
    groups.splice(-1, 1, { ...group, items: [...group.items, ...items] })
  }
  const empty = groups.filter(({ items }) => items.length === 0).map(({ text }) => text)
  if (groups.length === 0 || empty.length > 0) throw new Error(`${listPage} has groups without pages: ${empty.join()}`)
  return groups
}

// A page that is a list itself, such as that of the examples, has its pages below it.
function toEntry({ file, ...entry }: ListedPage): Entry {
  if (posix.basename(file) !== 'README.md') return entry
  const items = readTokens(file)
    .filter((token): token is Tokens.List => token.type === 'list')
    .flatMap((list) => list.items.map((item) => readLink(item, file)))
    .map(({ text, link }) => ({ text, link }))
  return { ...entry, items }
}

/** Returns the links of entries and of the pages below them, in order. */
export function listLinks(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...listLinks(items)])
}

/** Returns the first link of an item of a list. */
function readLink(item: Tokens.ListItem, page: string): ListedPage {
  const link = item.tokens
    .flatMap((token) => [token, ...childrenOf(token)])
    .find((token): token is Tokens.Link => token.type === 'link')
  if (link === undefined) throw new Error(`${page}: an item of the list has no link: ${item.text}`)
  const file = posix.join(posix.dirname(page), link.href)
  return { text: readPlainText(link), link: resolveLink(page, link.href), file }
}

function readTokens(page: string): Token[] {
  return new Lexer({ gfm: true }).lex(readFileSync(join(root, page), 'utf8'))
}

function readPlainText(token: Token): string {
  const children = childrenOf(token)
  return children.length === 0 ? ((token as Tokens.Text).text ?? '') : children.map(readPlainText).join('')
}

function childrenOf(token: Token): readonly Token[] {
  return 'tokens' in token ? (token.tokens ?? []) : []
}
