import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Slugger from 'github-slugger'
import { Lexer, type Token, type Tokens } from 'marked'
import { root } from '../setup/io.js'

/** A code block of a page. */
export interface Fence {
  readonly language: string
  readonly code: string
  /** The comment right before it, `<!-- kind: text -->`. */
  readonly marker: { readonly kind: string; readonly text: string } | undefined
  /** Whether it is in a generated part. */
  readonly isGenerated: boolean
}

const comment = /^<!-- (?:([\w-]+): (.*?)|(\/generated)) -->$/
const address = /\b(?:href|src)="([^"]*)"/g
const ownAnchor = /\b(?:id|name)="([^"]*)"/g

/** Returns the code blocks of a page in order. */
export function readFences(page: string): Fence[] {
  const fences: Fence[] = []
  let marker: Fence['marker']
  let isGenerated = false
  for (const token of listTokens(page)) {
    if (token.type === 'html') {
      const [, kind, text = '', end] = comment.exec(token.raw.trim()) ?? []
      if (end !== undefined) isGenerated = false
      else if (kind === 'generated') isGenerated = true
      else marker = kind === undefined ? undefined : { kind, text }
      continue
    }
    if (token.type === 'code') {
      const { lang = '', text } = token as Tokens.Code
      fences.push({ language: lang, code: text, marker, isGenerated })
    }
    if (token.type !== 'space') marker = undefined
  }
  return fences
}

/** Returns the targets of the links and images of a page. */
export function readLinks(page: string): string[] {
  return listTokens(page).flatMap((token) => {
    if (token.type === 'link' || token.type === 'image') return [(token as Tokens.Link | Tokens.Image).href]
    return token.type === 'html' ? [...token.raw.matchAll(address)].map(([, href = '']) => href) : []
  })
}

/** Returns the fragments that links to a page may have: its headings, as GitHub names them. */
export function readAnchors(page: string): ReadonlySet<string> {
  const slugger = new Slugger()
  const anchors = new Set<string>()
  for (const token of listTokens(page)) {
    if (token.type === 'heading') anchors.add(slugger.slug(toPlainText((token as Tokens.Heading).tokens)))
    if (token.type === 'html') for (const [, name = ''] of token.raw.matchAll(ownAnchor)) anchors.add(name)
  }
  return anchors
}

/** Returns the first heading of a page. */
export function readTitle(page: string): string | undefined {
  const heading = listTokens(page).find(
    (token): token is Tokens.Heading => token.type === 'heading' && token.depth === 1,
  )
  return heading === undefined ? undefined : toPlainText(heading.tokens)
}

function toPlainText(tokens: readonly Token[]): string {
  return tokens.map((token) => ('tokens' in token && token.tokens ? toPlainText(token.tokens) : textOf(token))).join('')
}

function textOf(token: Token): string {
  return 'text' in token ? String(token.text) : ''
}

// Returns every token of a page, parents before children.
function listTokens(page: string): Token[] {
  return flatten(new Lexer({ gfm: true }).lex(readFileSync(join(root, page), 'utf8')))
}

function flatten(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => [token, ...flatten(childrenOf(token))])
}

function childrenOf(token: Token): readonly Token[] {
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table
    return [header, ...rows].flat().flatMap((cell) => cell.tokens)
  }
  if (token.type === 'list') return (token as Tokens.List).items
  return 'tokens' in token ? (token.tokens ?? []) : []
}
