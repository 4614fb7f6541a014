import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readFences } from './docs/markdown.ts'
import { root, run } from './setup/io.js'

/** The key of the documentation's examples: the bytes 0 to 31, so that nobody takes it for a secret. */
export const testKey = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'

/**
 * A block of code of a page which really runs: `<!-- run: NAME -->` before it says that it ends by itself,
 * `<!-- serve: NAME -->` that it goes on listening, `<!-- module: NAME -->` that a host calls what it exports.
 */
export interface Snippet {
  readonly name: string
  readonly kind: 'run' | 'serve' | 'module'
  readonly language: string
  readonly code: string
}

const kinds: ReadonlySet<string> = new Set(['run', 'serve', 'module'] satisfies Snippet['kind'][])

/** What a snippet that ended by itself has printed. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const folder = join(root, 'node_modules/.cache/snippets')
const driver = join(root, 'tools/snippets/drive.ts')
const runner = join(root, 'tools/snippets/run.ts')
const program = join(root, 'packages/cli/bin/hookurl.js')
const anyPort = pathToFileURL(join(root, 'tools/snippets/any-port.ts')).href

/** The snippets of a page, in its order. */
export function readSnippets(page: string): Snippet[] {
  return readFences(page).flatMap(({ marker, language, code }) => {
    if (marker === undefined || !kinds.has(marker.kind)) return []
    return [{ name: marker.text, kind: marker.kind as Snippet['kind'], language, code }]
  })
}

/** What a snippet says that it prints: `console.log(…) // this`, or at a shell `command # → this`. */
export function readPromises({ language, code }: Snippet): string[] {
  const promise = language === 'sh' ? /^[^#\n].* # → (.+)$/gm : /^.*console\.log\(.*\) \/\/ (.+)$/gm
  return [...code.matchAll(promise)].map(([, text = '']) => text)
}

/** Runs snippets that end by themselves, one after the other in one process. */
export async function runSnippets(snippets: readonly Snippet[]): Promise<Ended[]> {
  const { stdout, stderr } = await runFile(runner, snippets.map(writeSnippet))
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`the snippets ended before their time\n${stderr}`)
  }
}

/** Runs what is typed at a shell, with the command line as it was built, in a new folder. */
export async function runAtShell({ code }: Snippet): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), 'hookurl-snippet-'))
  const script = `set -e\nhookurl() { "${process.execPath}" "${program}" "$@"; }\nnpx() { shift; hookurl "$@"; }\n${code}`
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, HOOKURL_KEYS: testKey, NO_COLOR: '1' }
  try {
    return await end(spawn('bash', ['-c', script], { cwd: home, env, timeout: 30_000 }))
  } finally {
    rmSync(home, { recursive: true })
  }
}

/** Runs a snippet that ends by itself. */
export async function runSnippet(snippet: Snippet): Promise<Ended> {
  return runFile(writeSnippet(snippet), [])
}

async function runFile(file: string, args: readonly string[]): Promise<Ended> {
  return end(start([file, ...args]))
}

async function end(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, stdout, stderr }
}

/** A request to what a snippet exports, as its host would make it: a POST to a URL, or the event of a gateway. */
export interface Asked {
  readonly url: string
  readonly event: unknown
}

/** Calls what a snippet exports, with one request after the other. */
export async function callSnippet(snippet: Snippet, asked: readonly Asked[]): Promise<unknown[]> {
  const file = writeSnippet(snippet)
  const { status, stdout, stderr } = await runFile(driver, [file, JSON.stringify(asked)])
  if (status !== 0) throw new Error(`${snippet.name} failed\n${stderr}`)
  // What the snippet prints comes before.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** Starts a snippet that listens, on whatever port is free; `use` gets its origin, and the snippet ends after it. */
export async function withServer<T>(snippet: Snippet, use: (origin: string) => Promise<T>): Promise<T> {
  const child = start(['--import', anyPort, writeSnippet(snippet)])
  let stderr = ''
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(Number(message)))
      child.once('close', () => reject(new Error(`${snippet.name} ended before it listened\n${stderr}`)))
    })
    return await use(`http://127.0.0.1:${port}`)
  } finally {
    child.kill()
  }
}

/** What the compiler says of the TypeScript snippets, strictly and against what is built; nothing where all is well. */
export function compileSnippets(snippets: readonly Snippet[]): string {
  const files = snippets.filter(({ language }) => language === 'ts').map(writeSnippet)
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    // The declarations of the packages themselves are checked where they are packed.
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
  const file = join(folder, `${name}.m${language}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, code)
  return file
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=@hookurl/source', '--import', 'tsx', ...args], {
    cwd: root,
    env: { ...process.env, HOOKURL_KEYS: testKey },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: 30_000,
  })
}
