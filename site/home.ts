import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Lexer, type Tokens } from 'marked'
import { type Fence, readFences } from '../tools/docs/markdown.ts'
import { root } from '../tools/setup/io.js'
import { readNavigation } from './navigation.ts'

const readme = 'README.md'

/** The steps of the home page, whose code is that of the README. */
const steps: readonly { readonly title?: string; readonly isCode: (fence: Fence) => boolean }[] = [
  { isCode: ({ code }) => code.startsWith('https://') },
  { title: 'Install', isCode: ({ code }) => code.includes('npm install ') },
  { title: 'Mint', isCode: ({ marker }) => marker?.kind === 'run' && marker.text === 'mint' },
  { title: 'Receive', isCode: ({ marker }) => marker?.kind === 'serve' && marker.text === 'receive' },
  { title: 'Call', isCode: ({ language, code }) => language === 'sh' && code.startsWith('curl ') },
]

/** The hero of the home page. */
export interface Hero {
  readonly name: string
  readonly text: string
  readonly tagline: string
  readonly actions: readonly { readonly theme: 'brand' | 'alt'; readonly text: string; readonly link: string }[]
}

/** Makes the hero from the first paragraph of the README: its first sentence, and the others. */
export function createHero(): Hero {
  const tokens = new Lexer({ gfm: true }).lex(readFileSync(join(root, readme), 'utf8'))
  const paragraph = tokens.find((token): token is Tokens.Paragraph => token.type === 'paragraph')
  const [, text = '', tagline = ''] = /^(.+?[.!?]) (.+)$/s.exec(toPlainText(paragraph?.text ?? '')) ?? []
  if (text === '') throw new Error(`${readme} does not begin with a paragraph of two sentences`)
  const start = readNavigation()[0]?.items[0]
  return {
    name: 'hookurl',
    text: text.replace(/^hookurl (\w)/, (_, letter: string) => letter.toUpperCase()),
    tagline,
    actions: [
      { theme: 'brand', text: start?.text ?? '', link: start?.link ?? '/' },
      { theme: 'alt', text: 'Debug a URL', link: '/debugger.html' },
    ],
  }
}

/** Makes the rest of the home page: a hook URL, and how to install, mint, receive and call. */
export function createHomePage(): string {
  const fences = readFences(readme)
  const sections = steps.map(({ title, isCode }) => {
    const fence = fences.find(isCode)
    if (fence === undefined) throw new Error(`${readme} has no code for the home page: ${title ?? 'a hook URL'}`)
    const heading = title === undefined ? '' : `## ${title}\n\n`
    return `${heading}\`\`\`\`${fence.language}\n${fence.code}\n\`\`\`\`\n`
  })
  return [...sections, 'Next: [all pages](../docs/README.md)\n'].join('\n')
}

function toPlainText(markdown: string): string {
  return markdown
    .replace(/\*\*|`/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
