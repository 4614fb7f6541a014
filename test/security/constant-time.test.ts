import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CallExpression, type Expression, parseSync, Visitor } from 'oxc-parser'
import { expect, test } from 'vitest'
import { root } from '../../tools/setup/io.js'

// A comparison that stops at the first difference tells a caller, by its duration, how much of a guess is right.
const allowed: Readonly<Record<string, string>> = {
  'packages/core/src/url/locate-token.ts: one.signature === other.signature': 'two tokens of one URL, both public',
  'packages/core/src/token/keyring.ts: secrets.has(secret)': 'the keys of one keyring',
  'packages/core/src/token/keyring.ts: secret.startsWith(KEY_PREFIX)': 'the prefix of every key',
  'packages/cli/src/inspector/auth.ts: timingSafeEqual(digest(sent), digest(secret))': 'the inspector’s own secret',
}
const signaturesAreCompared = [
  'packages/cli/src/listen/handshakes.ts: constantTimeEqual',
  'packages/core/src/token/state.ts: constantTimeEqual',
  'packages/core/src/token/token.ts: constantTimeEqual',
  'packages/verify/src/receive/signatures/find-scheme.ts: constantTimeEqual',
  'packages/verify/src/receive/signatures/find-scheme.ts: constantTimeEqual',
]

const operators: ReadonlySet<string> = new Set(['==', '===', '!=', '!=='])
const methods: ReadonlySet<string> = new Set(
  'equals includes indexOf lastIndexOf startsWith endsWith localeCompare compare is has'.split(' '),
)
const secretName = /^(?:signature|mac|hmac|tag|digest|secret|expected)$|(?:Signature|Mac|Hmac|Tag|Digest|Secret)$/

interface Comparisons {
  /** Of a signature or secret, by something other than `constantTimeEqual`. */
  readonly unsafe: string[]
  readonly constantTime: string[]
}

function findComparisons(code: string): Comparisons {
  const found: Comparisons = { unsafe: [], constantTime: [] }
  const textOf = ({ start, end }: { start: number; end: number }): string => code.slice(start, end)
  new Visitor({
    BinaryExpression: (node) => {
      const operands = [node.left as Expression, node.right].map(unwrap)
      const isUnsafe = operators.has(node.operator) && !operands.some(isConstant) && operands.some(isSecret)
      if (isUnsafe) found.unsafe.push(textOf(node))
    },
    CallExpression: (node) => {
      const name = nameOf(node.callee)
      if (name === 'constantTimeEqual') found.constantTime.push(name)
      if (name === 'timingSafeEqual' || (methods.has(name) && comparesSecret(node))) found.unsafe.push(textOf(node))
    },
  }).visit(parseSync('source.tsx', code).program)
  return found
}

function comparesSecret({ callee, arguments: args }: CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || args.some((argument) => isConstant(argument as Expression))) return false
  return [callee.object, ...args].some((part) => isSecret(unwrap(part as Expression)))
}

function nameOf(node: Expression): string {
  if (node.type === 'Identifier') return node.name
  const isNamed = node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier'
  return isNamed ? node.property.name : ''
}

function isSecret(node: Expression): boolean {
  return secretName.test(nameOf(node))
}

function isConstant(node: Expression): boolean {
  if (node.type === 'Identifier') return node.name === 'undefined'
  return node.type === 'Literal' || (node.type === 'UnaryExpression' && node.operator === 'typeof')
}

function unwrap(node: Expression): Expression {
  const wrappers = ['ChainExpression', 'TSAsExpression', 'TSNonNullExpression', 'ParenthesizedExpression']
  return wrappers.includes(node.type) && 'expression' in node ? unwrap(node.expression as Expression) : node
}

const sources = readdirSync(join(root, 'packages')).flatMap((name) =>
  readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `packages/${name}/src/${file}`),
)
const comparisons = sources.map((file) => ({ file, ...findComparisons(readFileSync(join(root, file), 'utf8')) }))

test('signatures and secrets are compared only by constantTimeEqual', () => {
  expect(sources.length).toBeGreaterThan(100)
  const unsafe = comparisons.flatMap(({ file, unsafe }) => unsafe.map((code) => `${file}: ${code}`))
  expect(unsafe.sort()).toEqual(Object.keys(allowed).sort())
})

test('signatures are compared where tokens, states and requests are verified', () => {
  const calls = comparisons.flatMap(({ file, constantTime }) => constantTime.map((name) => `${file}: ${name}`))
  expect(calls.sort()).toEqual(signaturesAreCompared)
})

test.each([
  'parts.signature === expected',
  'given !== mac',
  '(a.tag as string) == b',
  'expected.equals(given)',
  'list.includes(signature)',
  'timingSafe.timingSafeEqual(a, b)',
  'timingSafeEqual(a, b)',
  'Object.is(signature, other)',
  'given.startsWith(mac)',
  'new Set([given]).has(signature)',
  '[given].lastIndexOf(digest)',
])('the comparison %s is reported', (code) => {
  expect(findComparisons(`export const x = ${code}`).unsafe).toEqual([code])
})

test.each([
  'signature.length === 43',
  'signature === undefined',
  "signature === ''",
  "signature.includes('.')",
  'a === b',
])('the comparison %s is allowed', (code) => {
  expect(findComparisons(`export const x = ${code}`).unsafe).toEqual([])
})

test('every call of constantTimeEqual is found', () => {
  const { constantTime } = findComparisons('constantTimeEqual(a, b) || constantTimeEqual(a, c)')
  expect(constantTime).toHaveLength(2)
})
