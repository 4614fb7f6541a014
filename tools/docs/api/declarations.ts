import { readFileSync } from 'node:fs'
import { type Comment, type Directive, type ParseResult, parseSync, type Statement, Visitor } from 'oxc-parser'

/** Something that a source file declares, as the reference shows it. */
export interface Declaration {
  readonly name: string
  readonly kind: 'function' | 'constant' | 'class' | 'type'
  /** Its declaration without its body, and with the comments inside it. */
  readonly text: string
  /** The docstring before it, without its stars. */
  readonly doc: string
  /** The names of the types that it mentions. */
  readonly mentions: ReadonlySet<string>
}

/** What a source file declares and what it takes from others, by the name it has here. */
export interface Source {
  readonly declarations: ReadonlyMap<string, Declaration>
  /** Where an imported, or re-exported, name comes from. */
  readonly origins: ReadonlyMap<string, string>
  /** The names that it exports, in its order. */
  readonly exported: readonly string[]
}

const remarks = /^\s*(?:\/\/.*\s*)*$/

type Node = Statement | Directive
interface Span {
  readonly start: number
  readonly end: number
}

/** Reads a TypeScript file. */
export function readDeclarations(file: string): Source {
  const text = readFileSync(file, 'utf8')
  const parsed = parseSync(file, text)
  const declarations = new Map<string, Declaration>()
  const origins = new Map<string, string>()
  const exported: string[] = []

  for (const node of parsed.program.body) {
    if (node.type === 'ImportDeclaration') {
      for (const { local } of node.specifiers) origins.set(local.name, node.source.value)
      continue
    }
    const outer = node.type === 'ExportNamedDeclaration' ? (node.declaration ?? undefined) : node
    if (node.type === 'ExportNamedDeclaration') {
      for (const { exported: name } of node.specifiers) {
        const text = 'name' in name ? name.name : name.value
        exported.push(text)
        if (node.source !== null) origins.set(text, node.source.value)
      }
    }
    if (outer === undefined) continue
    for (const declaration of readDeclaration(outer as Node, text, docBefore(parsed, text, node))) {
      const before = declarations.get(declaration.name)
      // An overloaded function: all of its signatures but that of its body, which nobody calls.
      const isBody = before !== undefined && outer.type === 'FunctionDeclaration'
      if (!isBody)
        declarations.set(declaration.name, before === undefined ? declaration : overload(before, declaration))
      if (node.type === 'ExportNamedDeclaration' && before === undefined) exported.push(declaration.name)
    }
  }
  return { declarations, origins, exported }
}

function readDeclaration(node: Node, text: string, doc: string): Declaration[] {
  const cut = (start: number, end: number): string => text.slice(start, end).trim()
  const make = (name: string, kind: Declaration['kind'], shown: string): Declaration => {
    return { name, kind, text: shown, doc, mentions: findMentions(shown, name) }
  }
  switch (node.type) {
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [make(node.id.name, 'type', cut(node.start, node.end))]
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      if (node.id === null) return []
      return [make(node.id.name, 'function', cut(node.start, node.body?.start ?? node.end).replace(/^async /, ''))]
    case 'ClassDeclaration':
      if (node.id === null) return []
      return [make(node.id.name, 'class', withoutBodies(text, node, node.body.body as readonly Member[]))]
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id, init }) => {
        if (id.type !== 'Identifier') return []
        const type =
          id.typeAnnotation == null ? inferredType(text, init) : cut(id.typeAnnotation.start, id.typeAnnotation.end)
        return [make(id.name, 'constant', `const ${id.name}${type}`)]
      })
    default:
      return []
  }
}

interface Member extends Span {
  readonly type: string
  readonly value?: (Span & { readonly body?: Span | null }) | null
  readonly typeAnnotation?: Span | null
}

// A class without what its methods do, and without the values of its fields.
function withoutBodies(text: string, whole: Span, members: readonly Member[]): string {
  let shown = ''
  let end = whole.start
  for (const { type, value, typeAnnotation, end: memberEnd } of members) {
    const isMethod = type === 'MethodDefinition'
    const stop = isMethod ? value?.body?.start : value != null ? typeAnnotation?.end : undefined
    shown += text.slice(end, stop ?? memberEnd).trimEnd()
    end = memberEnd
  }
  return shown + text.slice(end, whole.end)
}

// A table that is its own type is shown with the names of its rows; what is in them has a page of its own.
function inferredType(text: string, init: unknown): string {
  const names: string[] = []
  const object = init as {
    type?: string
    expression?: { type?: string; properties?: readonly { key?: Span }[] }
  } | null
  if (object?.type === 'TSAsExpression' && object.expression?.type === 'ObjectExpression') {
    for (const { key } of object.expression.properties ?? []) if (key) names.push(text.slice(key.start, key.end))
  }
  return names.length === 0 ? '' : `: {\n${names.map((name) => `  readonly ${name}: { … }`).join('\n')}\n}`
}

function overload(before: Declaration, { text, doc, mentions }: Declaration): Declaration {
  const comment = ['/**', ...doc.split('\n').map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n')
  return {
    ...before,
    text: `${before.text}\n${doc === '' ? '' : `${comment}\n`}${text}`,
    mentions: new Set([...before.mentions, ...mentions]),
  }
}

// The docstring that ends right before a declaration; a remark for a tool may stand between.
function docBefore({ comments }: ParseResult, text: string, node: Span): string {
  const isDoc = ({ type, value, end }: Comment): boolean =>
    type === 'Block' && value.startsWith('*') && end <= node.start && remarks.test(text.slice(end, node.start))
  const found = comments.findLast(isDoc)
  if (found === undefined) return ''
  return found.value
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, ''))
    .join('\n')
    .trim()
}

function findMentions(shown: string, own: string): ReadonlySet<string> {
  const names = new Set<string>()
  const { program } = parseSync('shown.d.ts', shown.replaceAll('{ … }', 'unknown'))
  new Visitor({
    TSTypeReference: ({ typeName }) => void (typeName.type === 'Identifier' && names.add(typeName.name)),
    TSInterfaceHeritage: ({ expression }) => void (expression.type === 'Identifier' && names.add(expression.name)),
  }).visit(program)
  names.delete(own)
  return names
}
