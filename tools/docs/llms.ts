import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { Lexer, type Token, type Tokens } from 'marked'
import { root } from '../setup/io.js'
import { readTitle } from './markdown.ts'

const source = 'https://raw.githubusercontent.com/hookurl/hookurl/main/'
const summary =
  'hookurl mints URLs that carry their own instructions - which command to run, for which user, with which content, until ' +
  'when - and verifies them without a database, in JavaScript and TypeScript.'
const details = [
  'The packages are `@hookurl/core` (mints), `@hookurl/verify` (receives, in Express, Fastify, Hono, Koa, Next, Lambda,',
  'node:http and every fetch host) and `hookurl` (the command line). Read the skill first: it is enough for most tasks.',
]

/** One entry of llms.txt. */
interface Entry {
  readonly title: string
  /** From the root of the repository. */
  readonly page: string
  readonly description: string
}

/** Makes llms.txt from the list of docs/README.md: https://llmstxt.org. */
export function generateLlms(): string {
  const skill = {
    title: 'Skill',
    page: 'skills/hookurl/SKILL.md',
    description: 'how to use hookurl, with code for each task',
  }
  const sections = readSections()
  const [first, ...others] = sections
  const text = [
    '# hookurl',
    '',
    `> ${summary}`,
    '',
    ...details,
    ...formatSection(first?.title ?? '', [skill, ...(first?.entries ?? [])]),
    // What a reader with little room may leave out has this title.
    ...others.flatMap(({ title, entries }) => formatSection(title === 'Background' ? 'Optional' : title, entries)),
  ]
  return `${text.join('\n')}\n`
}

interface Section {
  readonly title: string
  readonly entries: readonly Entry[]
}

// A paragraph in bold is the title of the list after it.
function readSections(): Section[] {
  const sections: Section[] = []
  let title = ''
  for (const token of new Lexer({ gfm: true }).lex(readFileSync(join(root, 'docs/README.md'), 'utf8'))) {
    if (token.type === 'paragraph') title = token.raw.replaceAll('*', '').trim()
    if (token.type === 'list') sections.push({ title, entries: (token as Tokens.List).items.flatMap(readEntries) })
  }
  return sections
}

/** Reads an item: a page and its description, or pages of the API. */
function readEntries(item: Tokens.ListItem): Entry[] {
  const tokens = item.tokens.flatMap((token) => ('tokens' in token ? (token.tokens ?? []) : [token]))
  const links = tokens.filter((token): token is Tokens.Link => token.type === 'link')
  const [link] = links
  if (link === undefined) throw new Error(`docs/README.md has an item without a link: ${item.raw}`)
  if (links.length > 1) return links.map(({ href }) => describeApi(toPage(href)))
  const after = tokens
    .slice(tokens.indexOf(link) + 1)
    .map(toText)
    .join('')
  return [
    { title: link.text, page: toPage(link.href), description: after.replace(/^[:,]?\s+/, '').replaceAll('\n', ' ') },
  ]
}

function describeApi(page: string): Entry {
  const title = readTitle(page) ?? page
  return { title, page, description: page.endsWith('README.md') ? 'all modules' : 'every public name' }
}

function toPage(href: string): string {
  return posix.normalize(`docs/${href}`)
}

function toText(token: Token): string {
  return token.type === 'link' ? (token as Tokens.Link).text : token.raw
}

function formatSection(title: string, entries: readonly Entry[]): string[] {
  const lines = entries.map((entry) => `- [${entry.title}](${source}${entry.page}): ${entry.description}`)
  return ['', `## ${title}`, '', ...lines]
}
