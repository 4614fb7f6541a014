import { relative } from 'node:path'
import { root } from '../tools/setup/io.js'
import { createHomePage, readme } from './home.ts'
import { resolveLink } from './links.ts'

/** The parts of markdown-it that are used here. */
interface MarkdownParser {
  readonly core: { readonly ruler: Ruler }
  readonly renderer: { readonly rules: Record<string, RenderRule | undefined> }
}

interface Ruler {
  before(name: string, own: string, rule: (state: ParserState) => void): void
  push(own: string, rule: (state: ParserState) => void): void
  disable(name: string): void
}

interface ParserState {
  src: string
  tokens: ParserToken[]
  /** `path` is where the page is on the site; `realPath`, if it differs, where it is in the repository. */
  readonly env: { readonly path?: string; readonly realPath?: string }
}

interface ParserToken {
  readonly type: string
  tag: string
  content: string
  readonly children: ParserToken[] | null
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

type RenderRule = (...args: never[]) => string

const homePage = 'site/index.md'
const comment = /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)+$/

/** Makes the parser read Markdown as GitHub does, and resolve links as GitHub does. */
export function extendMarkdown(parser: MarkdownParser): void {
  const { ruler } = parser.core
  // GitHub does not replace `:)`.
  ruler.disable('emoji')
  ruler.before('normalize', 'home', (state) => {
    if (getFile(state) === homePage) state.src += `\n${createHomePage()}`
  })
  ruler.push('links', (state) => {
    const isHome = getFile(state) === homePage
    const file = isHome ? readme : getFile(state)
    for (const token of state.tokens.flatMap((parent) => [parent, ...(parent.children ?? [])])) {
      if (token.type === 'link_open') token.attrSet('href', resolveLink(file, token.attrGet('href') ?? ''))
      if (token.type === 'image' && isHome) token.attrSet('src', `../${token.attrGet('src')}`)
      if (token.type.startsWith('html_')) token.content = resolveAddresses(file, token.content)
    }
  })
  ruler.push('empty-headers', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      const isEmpty = token.type === 'inline' && token.content === '' && tokens[index - 1]?.type === 'th_open'
      // A screen reader would announce a header without a name.
      if (isEmpty) for (const cell of [tokens[index - 1], tokens[index + 1]]) if (cell !== undefined) cell.tag = 'td'
    }
  })
  ruler.push('comments', (state) => {
    state.tokens = state.tokens.filter(({ type, content }) => type !== 'html_block' || !comment.test(content))
  })
  // Vue would evaluate what is between them.
  const { text } = parser.renderer.rules
  parser.renderer.rules.text = (...args) => (text?.(...args) ?? '').replaceAll('{{', '&#123;&#123;')
}

function getFile({ env: { path = '', realPath } }: ParserState): string {
  return relative(root, realPath ?? path).replaceAll('\\', '/')
}

function resolveAddresses(page: string, html: string): string {
  return html
    .replace(/(?<=\bhref=")[^"]*/g, (href) => resolveLink(page, href))
    .replace(/(?<=\bsrc=")(?![a-z]+:|[./])/g, './')
}
