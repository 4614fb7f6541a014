import { type CallExpression, type Expression, type ImportExpression, parseSync, Visitor } from 'oxc-parser'

/** What the layer check needs to know of one source file. */
export interface Source {
  /** The specifiers of everything it imports, types and dynamic imports too; undefined: not a constant text. */
  readonly imports: readonly (string | undefined)[]
  /** The functions it calls by name. */
  readonly calls: readonly Written[]
  /** Comparisons of a signature or secret by other means than the one function for it. */
  readonly unsafeComparisons: readonly Written[]
}

/** Something in a source as it is written, and the line on which it begins. */
export interface Written {
  readonly text: string
  readonly line: number
}

const equalities: ReadonlySet<string> = new Set(['==', '===', '!=', '!=='])
const comparingMethods: ReadonlySet<string> = new Set([
  'equals',
  'includes',
  'indexOf',
  'lastIndexOf',
  'startsWith',
  'endsWith',
  'localeCompare',
  'compare',
  'is',
  'has',
])
const secretName = /^(?:signature|mac|hmac|tag|digest|secret|expected)$|(?:Signature|Mac|Hmac|Tag|Digest|Secret)$/

/** Reads a TypeScript source. */
export function readSource(name: string, text: string): Source {
  const { program, errors } = parseSync(name, text)
  if (errors[0] !== undefined) throw new Error(`${name}: ${errors[0].message}`)
  const imports: (string | undefined)[] = []
  const calls: Written[] = []
  const unsafeComparisons: Written[] = []
  const written = ({ start, end }: { start: number; end: number }): Written => {
    return { text: text.slice(start, end), line: text.slice(0, start).split('\n').length }
  }

  new Visitor({
    ImportDeclaration: (node) => void imports.push(node.source.value),
    ExportAllDeclaration: (node) => void imports.push(node.source.value),
    ExportNamedDeclaration: (node) => void (node.source && imports.push(node.source.value)),
    ImportExpression: (node) => void imports.push(constantText(node.source)),
    TSImportType: (node) => void imports.push(node.source.value),
    TSExternalModuleReference: (node) => void imports.push(node.expression.value),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier') calls.push({ ...written(node), text: node.callee.name })
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') imports.push(firstArgument(node))
      if (comparesSecret(node)) unsafeComparisons.push(written(node))
    },
    BinaryExpression: (node) => {
      if (!equalities.has(node.operator)) return
      const operands = [unwrap(node.left as Expression), unwrap(node.right)]
      if (operands.some(isConstant)) return
      if (operands.some(isSecret)) unsafeComparisons.push(written(node))
    },
  }).visit(program)
  return { imports, calls, unsafeComparisons }
}

function comparesSecret({ callee, arguments: args }: CallExpression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'timingSafeEqual'
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false
  if (callee.property.name === 'timingSafeEqual') return true
  if (!comparingMethods.has(callee.property.name)) return false
  if (args.some((argument) => isConstant(argument as Expression))) return false
  return [callee.object, ...args].some((part) => isSecret(unwrap(part as Expression)))
}

function firstArgument({ arguments: [first] }: CallExpression): string | undefined {
  return first === undefined ? undefined : constantText(first as Expression)
}

function constantText(node: ImportExpression['source']): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

function isConstant(node: Expression): boolean {
  if (node.type === 'Identifier') return node.name === 'undefined'
  return node.type === 'Literal' || (node.type === 'UnaryExpression' && node.operator === 'typeof')
}

function isSecret(node: Expression): boolean {
  if (node.type === 'Identifier') return secretName.test(node.name)
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return false
  return secretName.test(node.property.name)
}

function unwrap(node: Expression): Expression {
  if (node.type === 'ChainExpression') return unwrap(node.expression as Expression)
  const isWrapper = node.type === 'TSAsExpression' || node.type === 'TSNonNullExpression'
  return isWrapper || node.type === 'ParenthesizedExpression' ? unwrap(node.expression) : node
}
