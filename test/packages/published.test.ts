import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { root, run } from '../../tools/setup/io.js'
import { link, type Packed, packAll } from './pack.ts'
import { publishAll } from './publish.ts'
import { openRegistry } from './registry.ts'
import { runIsolated } from './run-isolated.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const names = ['@hookurl/core', '@hookurl/verify', 'hookurl']
// Sources and maps are for debuggers.
const shipped = [
  /^(?:LICENSE|README\.md|package\.json)$/,
  /^(?:dist\/(?:[\w.-]+\/)*[\w.-]+\.(?:c?js|d\.c?ts)(?:\.map)?|src\/(?:[\w.-]+\/)*[\w.-]+\.ts)$/,
  /^skills\/hookurl\/SKILL\.md$/,
  /^bin\/(?:hookurl\.js|package\.json)$/,
  /^bundle\/(?:[\w.-]+\.js|package\.json|LICENSES\.txt)$/,
  /^inspector\/(?:page\.js|code-editor\.js|shared\.js|page\.css|index\.html|icon\.svg|LICENSES\.txt)$/,
]

const project = mkdtempSync(join(tmpdir(), 'hookurl-published-'))
afterAll(() => rmSync(project, { recursive: true }))
let packed: Packed[] = []
beforeAll(() => {
  packed = packAll(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  linkInstalled('@types/node', 'lmdb')
})

function find(name: string): Packed {
  const found = packed.find((each) => each.name === name)
  if (found === undefined) throw new Error(`${name} was not packed`)
  return found
}

function linkInstalled(...installed: string[]): void {
  for (const name of installed) link(join(root, 'node_modules', name), join(project, 'node_modules', name))
}

function listFiles({ folder }: Packed): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

test('the published packages are core, verify and the command line', () => {
  expect(packed.map(({ name }) => name).sort()).toEqual(names)
})

test.each(names)('%s contains a license, a README and only files that are meant to ship', (name) => {
  const files = listFiles(find(name))
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
  const isTest = /(?:^|[/.])tests?[/.]/
  expect(files.filter((file) => isTest.test(file) || !shipped.some((pattern) => pattern.test(file)))).toEqual([])
})

test.each(names)('no file of %s contains a path of the machine that built it', (name) => {
  const { folder } = find(name)
  expect(listFiles(find(name)).filter((file) => readFileSync(join(folder, file)).includes(root))).toEqual([])
})

test.each(names)('every source map of %s, and every source that it lists, is in the package', (name) => {
  const { folder } = find(name)
  const files = new Set(listFiles(find(name)))
  const mentioned = [...files].flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const [, map] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(text) ?? []
    const paths: string[] = file.endsWith('.map') ? JSON.parse(text).sources : map === undefined ? [] : [map]
    return paths.map((path) => join(dirname(file), path).replaceAll('\\', '/'))
  })
  // The bundle of the command line has no source maps.
  if (name !== 'hookurl') expect(mentioned.length).toBeGreaterThan(10)
  expect(mentioned.filter((path) => !files.has(path))).toEqual([])
})

test.each(names)('%s depends on versions, not on the workspace', (name) => {
  expect(Object.values(find(name).dependencies).filter((range) => !/^\^?\d/.test(range))).toEqual([])
})

test.each(names)('npm pkg fix finds nothing to fix in %s', async (name) => {
  const { folder } = find(name)
  const read = (): unknown => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const before = read()
  const { ok, output } = await runIsolated(['npm', 'pkg', 'fix'], { cwd: folder })
  expect(ok ? '' : output).toBe('')
  expect(read()).toEqual(before)
})

test.each(names)('publint finds nothing wrong with %s', async (name) => {
  const tarball = new Uint8Array(readFileSync(find(name).tarball)).buffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
})

test.each(names)('the types of %s resolve as its code does', (name) => {
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  const args = [find(name).tarball, '--profile', 'strict', '--format', 'ascii', '--no-color', '--no-emoji']
  const { ok, output } = run(process.execPath, [attw, ...args])
  expect(ok ? '' : output).toBe('')
})

test('npm publishes the packages without a warning', async () => {
  const registry = await openRegistry()
  try {
    expect(await publishAll(packed, { registry, folder: join(project, 'publishing'), dryRun: true })).toEqual([])
  } finally {
    registry.close()
  }
})

test('every subpath exports the same names to import and require', () => {
  const script = join(project, 'load.mjs')
  const specifiers = packed.flatMap((each) => each.specifiers)
  const code = `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
for (const specifier of ${JSON.stringify(specifiers)}) {
  const imported = Object.keys(await import(specifier)).join()
  const required = Object.keys(require(specifier)).filter((name) => name !== '__esModule').join()
  if (imported === '' || imported !== required) console.log(specifier, imported, required)
}`
  writeFileSync(script, code)
  expect(specifiers.length).toBeGreaterThan(10)
  // With the option, `require` loads only CommonJS, as in Jest before 30.4.
  expect(run(process.execPath, ['--no-experimental-require-module', script])).toEqual({ ok: true, output: '' })
})

test('Node loads every package where jose is not installed, and encrypts and decrypts', () => {
  const script = join(project, 'without-jose.mjs')
  const specifiers = packed.flatMap((each) => each.specifiers)
  const code = `import { createMinter, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
for (const specifier of ${JSON.stringify(specifiers)}) await import(specifier)
const keys = generateKey()
const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
const url = await minter.mint({ command: '/a', encrypt: true })
console.log((await createVerifier({ keys }).verify(url)).command, createVerifier({ keys }).verifySync(url).command)`
  writeFileSync(script, code)
  const jose = join(project, 'node_modules/jose')
  rmSync(jose)
  onTestFinished(() => link(join(root, 'node_modules/jose'), jose))
  expect(run(process.execPath, [script])).toEqual({ ok: true, output: '/a /a' })
})

test('the bundle of the command line does not contain jose', () => {
  const licenses = readFileSync(join(find('hookurl').folder, 'bundle/LICENSES.txt'), 'utf8')
  expect(licenses).toMatch(/^commander$/m)
  expect(licenses).not.toMatch(/^jose$/m)
})

const resolutions = [
  { moduleResolution: 'nodenext', module: 'nodenext', file: 'use.mts' },
  // CommonJS that may not require ES modules, not even for types.
  { moduleResolution: 'node16', module: 'node16', file: 'use.cts' },
  { moduleResolution: 'bundler', module: 'esnext', file: 'use.ts' },
] as const

type Resolution = (typeof resolutions)[number]

/** Compiles code in the project, and returns the errors. */
function compile(code: string, { file, ...options }: Resolution & { skipLibCheck: boolean }): string {
  const base = { target: 'es2023', lib: ['es2023'], types: ['node'], strict: true, exactOptionalPropertyTypes: true }
  writeFileSync(join(project, file), code)
  const tsconfig = join(project, 'tsconfig.json')
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { ...base, noEmit: true, ...options }, files: [file] }))
  return run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', tsconfig]).output
}

test.each(resolutions)('the declarations compile in $file without any framework', (resolution) => {
  const specifiers = packed.flatMap((each) => each.specifiers)
  const code = specifiers.map((specifier, at) => `export * as used${at} from '${specifier}'`).join('\n')
  expect(compile(code, { ...resolution, skipLibCheck: false })).toBe('')
})

test.each(resolutions)('guards, handlers and options have the documented types in $file', (resolution) => {
  linkInstalled('express', '@types/express', 'fastify', 'hono', 'koa', '@types/koa')
  for (const name of ['guard-types', 'option-types']) {
    const code = readFileSync(join(root, `test/packages/${name}.ts`), 'utf8')
    expect(compile(code, { ...resolution, skipLibCheck: true }), name).toBe('')
  }
})

// middy has only ES modules.
test.each(resolutions.filter(({ file }) => file !== 'use.cts'))(
  'the Lambda adapter has the types of AWS and middy in $file',
  (resolution) => {
    linkInstalled('@types/aws-lambda', '@middy/core', '@middy/http-header-normalizer', '@middy/http-json-body-parser')
    const code = readFileSync(join(root, 'test/packages/lambda-types.ts'), 'utf8')
    expect(compile(code, { ...resolution, skipLibCheck: false })).toBe('')
  },
)

test('the installed command line starts', () => {
  const { folder, version } = find('hookurl')
  expect(run(process.execPath, [join(folder, 'bin/hookurl.js'), '--version'])).toEqual({ ok: true, output: version })
})
