import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { readFences } from './docs/markdown.ts'
import { root, run } from './setup/io.js'

/** The key of the documentation's examples: the bytes 0 to 31, which are clearly no secret. */
export const testKey = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'

/**
 * A code block of a page that is run. `<!-- run: NAME -->` marks one that exits, `<!-- serve: NAME -->` one that listens,
 * `<!-- module: NAME -->` one whose exports are called by a host.
 */
export interface Snippet {
  readonly name: string
  readonly kind: 'run' | 'serve' | 'module'
  readonly language: string
  readonly code: string
}

const kinds: ReadonlySet<string> = new Set(['run', 'serve', 'module'] satisfies Snippet['kind'][])

/** The result of a snippet that exited. */
export interface SnippetResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const folder = join(root, 'node_modules/.cache/snippets')
const program = join(root, 'packages/cli/bin/hookurl.js')

/** Returns the snippets of a page in order. */
export function readSnippets(page: string): Snippet[] {
  return readFences(page).flatMap(({ marker, language, code }) => {
    if (marker === undefined || !kinds.has(marker.kind)) return []
    return [{ name: marker.text, kind: marker.kind as Snippet['kind'], language, code }]
  })
}

/** Returns the output that a snippet documents: `console.log(…) // this`, or in a shell `command # → this`. */
export function readExpectedOutput({ language, code }: Snippet): string[] {
  const promise = language === 'sh' ? /^[^#\n].* # → (.+)$/gm : /^.*console\.log\(.*\) \/\/ (.+)$/gm
  return [...code.matchAll(promise)].map(([, text = '']) => text)
}

/** Runs snippets that exit, one after the other in one process. */
export async function runSnippets(snippets: readonly Snippet[]): Promise<SnippetResult[]> {
  const { stdout, stderr } = await runFile(compileHelper('run'), snippets.map(compileSnippet))
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`a snippet exited early\n${stderr}`)
  }
}

/** Runs shell commands with the built command line in a new folder. */
export async function runInShell({ code }: Snippet): Promise<SnippetResult> {
  const home = mkdtempSync(join(tmpdir(), 'hookurl-snippet-'))
  const script = `set -e\nhookurl() { "${process.execPath}" "${program}" "$@"; }\nnpx() { shift; hookurl "$@"; }\n${code}`
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, HOOKURL_KEYS: testKey, NO_COLOR: '1' }
  try {
    return await end(spawn('bash', ['-c', script], { cwd: home, env, timeout: 30_000 }))
  } finally {
    rmSync(home, { recursive: true })
  }
}

/** Runs a snippet that exits. */
export async function runSnippet(snippet: Snippet): Promise<SnippetResult> {
  return runFile(compileSnippet(snippet), [])
}

async function runFile(file: string, args: readonly string[]): Promise<SnippetResult> {
  return end(start([file, ...args]))
}

async function end(child: ChildProcess): Promise<SnippetResult> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, stdout, stderr }
}

/** A request to the exports of a snippet: a POST to a URL, or the event of a gateway. */
export interface HostRequest {
  readonly url: string
  readonly event: unknown
}

/** Calls the exports of a snippet with one request after the other. */
export async function callSnippet(snippet: Snippet, asked: readonly HostRequest[]): Promise<unknown[]> {
  const file = compileSnippet(snippet)
  const { status, stdout, stderr } = await runFile(compileHelper('drive'), [file, JSON.stringify(asked)])
  if (status !== 0) throw new Error(`${snippet.name} failed\n${stderr}`)
  // The snippet's own output comes first.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** Starts a snippet that listens, on a free port. Calls `use` with its origin and its output so far, then stops it. */
export async function withServer<T>(
  snippet: Snippet,
  use: (origin: string, getOutput: () => string) => Promise<T>,
): Promise<T> {
  const anyPort = pathToFileURL(compileHelper('any-port')).href
  const child = start(['--import', anyPort, compileSnippet(snippet)])
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(Number(message)))
      child.once('close', () => reject(new Error(`${snippet.name} exited before it listened\n${stderr}`)))
    })
    return await use(`http://127.0.0.1:${port}`, () => stdout + stderr)
  } finally {
    child.kill()
  }
}

/** Compiles the TypeScript snippets strictly against the built packages, and returns the errors. */
export function compileSnippets(snippets: readonly Snippet[]): string {
  const files = snippets.filter(({ language }) => language === 'ts').map(writeSnippet)
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    // The declarations of the packages have their own test.
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node,express',
  ]
  return run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...files]).output
}

function writeSnippet({ name, language, code }: Snippet): string {
  // As a module, whatever the nearest package.json says.
  return writeProgram(`${name}.m${language}`, code)
}

function writeProgram(name: string, code: string): string {
  const file = join(folder, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, code)
  return file
}

function compileSnippet({ name, language, code }: Snippet): string {
  return language === 'cjs' ? writeProgram(`${name}.cjs`, code) : compile(name, code)
}

/** Compiles one of the programs in `tools/snippets`. */
function compileHelper(name: 'any-port' | 'drive' | 'run'): string {
  return compile(`helper-${name}`, readFileSync(join(root, `tools/snippets/${name}.ts`), 'utf8'))
}

// Compiled files start in a quarter of the time that tsx takes, and import the built packages as a user's program does.
function compile(name: string, code: string): string {
  return writeProgram(`${name}.mjs`, transformSync(code, { loader: 'ts', format: 'esm', target: 'node20' }).code)
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, HOOKURL_KEYS: testKey },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: 30_000,
  })
}
