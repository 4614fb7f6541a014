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
  'The packages are `@hookurl/core` (mints), `@hookurl/verify` (receives, in Express, Fastify, NestJS, Hono, Koa, Next, Lambda,',
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
  readonly entries: Entry[]
}

// llms.txt has one level of sections, so the lists of a section's parts become one list.
function readSections(): Section[] {
  const sections: Section[] = []
  for (const token of new Lexer({ gfm: true }).lex(readFileSync(join(root, 'docs/README.md'), 'utf8'))) {
    if (token.type === 'heading' && token.depth === 2) sections.push({ title: token.text, entries: [] })
    if (token.type === 'list') sections.at(-1)?.entries.push(...(token as Tokens.List).items.flatMap(readEntries))
  }
  return sections
}

/** Reads an item: a page and its description, and the pages of the API in a list below it. */
function readEntries(item: Tokens.ListItem): Entry[] {
  const tokens = item.tokens.filter(({ type }) => type !== 'list').flatMap(getChildren)
  const link = tokens.find(isLink)
  if (link === undefined) throw new Error(`docs/README.md has an item without a link: ${item.raw}`)
  const after = tokens.slice(tokens.indexOf(link) + 1)
  const description = after
    .map(({ raw }) => raw)
    .join('')
    .replace(/^:\s+/, '')
    .replaceAll('\n', ' ')
  const below = item.tokens.filter((token): token is Tokens.List => token.type === 'list')
  const pages = below.flatMap((list) => findLinks(list.items)).map(({ href }) => describeApi(toPage(href)))
  return [{ title: link.text, page: toPage(link.href), description }, ...pages]
}

function getChildren(token: Token): readonly Token[] {
  return 'tokens' in token ? (token.tokens ?? []) : [token]
}

function isLink(token: Token): token is Tokens.Link {
  return token.type === 'link'
}

function findLinks(tokens: readonly Token[]): Tokens.Link[] {
  return tokens.flatMap((token) => (isLink(token) ? [token] : 'tokens' in token ? findLinks(token.tokens ?? []) : []))
}

function describeApi(page: string): Entry {
  const title = readTitle(page) ?? page
  return { title, page, description: 'every public name' }
}

function toPage(href: string): string {
  return posix.normalize(`docs/${href}`)
}

function formatSection(title: string, entries: readonly Entry[]): string[] {
  const lines = entries.map((entry) => `- [${entry.title}](${source}${entry.page}): ${entry.description}`)
  return ['', `## ${title}`, '', ...lines]
}
