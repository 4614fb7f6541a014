import { errorCodes } from '@hookurl/core'
import Slugger from 'github-slugger'
import type { Declaration } from './api/declarations.ts'
import { readDocstring } from './api/docstring.ts'
import { type PublicPackage, readPackage } from './api/package.ts'

interface Place {
  readonly page: string
  readonly anchor: string
}

const kinds: readonly Declaration['kind'][] = ['function', 'constant', 'class', 'type']
const packages = { core: readPackage('packages/core'), verify: readPackage('packages/verify') }
const places = { core: place('core'), verify: place('verify') }

/** Every public name of `@hookurl/core`, from its docstrings. */
export function writeCoreReference(): string {
  return writeReference('core')
}

/** Every public name of `@hookurl/verify`, from its docstrings. */
export function writeVerifyReference(): string {
  return writeReference('verify')
}

function writeReference(page: keyof typeof packages): string {
  const shown = new Set<Declaration>()
  const sections = packages[page].entries.map(({ specifier, declarations }) => {
    const names = sort(declarations).map((declaration) => writeSection(declaration, { page, shown }))
    return [`## ${specifier}`, ...names].join('\n\n')
  })
  return sections.join('\n\n')
}

function writeSection(
  declaration: Declaration,
  context: { page: keyof typeof packages; shown: Set<Declaration> },
): string {
  const { name, doc } = declaration
  const { text, throws, example } = readDocstring(doc)
  const hidden = findHidden(packages[context.page], declaration).filter((each) => !context.shown.has(each))
  for (const each of hidden) context.shown.add(each)
  const code = [declaration.text, ...hidden.map(withDoc)].join('\n\n')
  const links = [declaration, ...hidden]
    .flatMap(({ mentions }) => [...mentions])
    .map((each) => linkTo(each, context.page))
  const mentioned = [...new Set(links)].filter((link) => link !== undefined && !link.startsWith(`[\`${name}\`]`))
  return [
    `### ${name}`,
    ...(text === '' ? [] : [text]),
    `\`\`\`ts\n${code}\n\`\`\``,
    ...(throws === '' ? [] : [`Throws a \`HookurlError\`: ${linkCodes(throws)}`]),
    ...(example === '' ? [] : [`\`\`\`ts\n${example}\n\`\`\``]),
    ...(mentioned.length === 0 ? [] : [`See ${mentioned.join(', ')}.`]),
  ].join('\n\n')
}

// What a public declaration mentions and nobody can import is shown with it.
function findHidden(from: PublicPackage, declaration: Declaration, found: Declaration[] = []): Declaration[] {
  for (const name of declaration.mentions) {
    if (isPublic(name)) continue
    const hidden = from.lookUp(name, declaration)
    if (hidden === undefined || found.includes(hidden)) continue
    found.push(hidden)
    findHidden(from, hidden, found)
  }
  return found
}

function withDoc({ doc, text }: Declaration): string {
  const lines = doc.split('\n')
  if (doc === '') return text
  return lines.length === 1
    ? `/** ${doc} */\n${text}`
    : ['/**', ...lines.map((line) => ` * ${line}`), ' */', text].join('\n')
}

function sort(declarations: readonly Declaration[]): Declaration[] {
  return kinds.flatMap((kind) => declarations.filter((declaration) => declaration.kind === kind))
}

function isPublic(name: string): boolean {
  return places.core.has(name) || places.verify.has(name)
}

function linkTo(name: string, from: string): string | undefined {
  const found = places.core.get(name) ?? places.verify.get(name)
  if (found === undefined) return undefined
  return `[\`${name}\`](${found.page === from ? '' : `${found.page}.md`}#${found.anchor})`
}

function linkCodes(text: string): string {
  return text.replace(/`(\w+)`/g, (code, name) =>
    Object.hasOwn(errorCodes, name) ? `[${code}](../errors.md#${name})` : code,
  )
}

// Where each name stands, by the anchors that GitHub makes; `hookurl` stands in every adapter, and is never mentioned.
function place(page: keyof typeof packages): ReadonlyMap<string, Place> {
  const slugger = new Slugger()
  slugger.slug(`@hookurl/${page}: API`)
  const anchors = new Map<string, Place>()
  for (const { specifier, declarations } of packages[page].entries) {
    slugger.slug(specifier)
    for (const { name } of sort(declarations)) anchors.set(name, { page, anchor: slugger.slug(name) })
  }
  return anchors
}
