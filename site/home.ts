import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Lexer, type Token, type Tokens } from 'marked'
import { root } from '../tools/setup/io.js'
import { readNavigation } from './navigation.ts'

/** The page in the repository whose beginning is the home page. */
export const readme = 'README.md'

/** The top of the home page. */
export interface Hero {
  readonly name: string
  readonly text: string
  readonly tagline: string
  readonly actions: readonly { readonly theme: 'brand' | 'alt'; readonly text: string; readonly link: string }[]
}

/** Makes the top of the home page from the first two paragraphs of the README. */
export function createHero(): Hero {
  const [text, tagline] = splitReadme().intro.map(({ text }) => toPlainText(text))
  const start = readNavigation()[0]?.items[0]
  if (text === undefined || tagline === undefined || start?.link === undefined) {
    throw new Error(`${readme} does not begin with two paragraphs`)
  }
  return {
    name: 'hookurl',
    text,
    tagline,
    actions: [
      { theme: 'brand', text: start.text, link: start.link },
      { theme: 'alt', text: 'Debug a URL', link: '/debugger.html' },
    ],
  }
}

/** Returns the rest of the home page: what follows in the README, up to the end of its first section. */
export function createHomePage(): string {
  const { rest } = splitReadme()
  const [first = -1, second = rest.length] = rest.flatMap((token, index) => (isSection(token) ? [index] : []))
  if (first < 0) throw new Error(`${readme} has no section`)
  return rest
    .slice(0, second)
    .map(({ raw }) => raw)
    .join('')
}

function splitReadme(): { intro: Tokens.Paragraph[]; rest: Token[] } {
  const tokens = new Lexer({ gfm: true }).lex(readFileSync(join(root, readme), 'utf8'))
  const intro = tokens.filter((token): token is Tokens.Paragraph => token.type === 'paragraph').slice(0, 2)
  return { intro, rest: tokens.slice(tokens.indexOf(intro[1] as Token) + 1) }
}

function isSection(token: Token): boolean {
  return token.type === 'heading' && token.depth === 2
}

function toPlainText(markdown: string): string {
  return markdown
    .replace(/\*\*|`/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
