import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../setup/io.js'

/** A command and its help. */
interface Help {
  readonly words: readonly string[]
  readonly paragraphs: readonly string[]
}

// As built: from the sources, each command would take five times as long to start.
const program = join(root, 'packages/cli/bin/hookurl.js')
// Parts of every help, shown once on the page.
const exitCodes = /^Exit codes:/
const keySources = /^Keys come from /

let all: Promise<readonly Help[]> | undefined

/** Makes a section of each command with its help. */
export async function generateCommands(): Promise<string> {
  const helps = await readAll()
  return helps.map(writeSection).join('\n\n')
}

/** Makes a table of the exit codes from the help. */
export async function generateExitCodes(): Promise<string> {
  const [, ...lines] = find(await readAll(), exitCodes).split('\n')
  const rows = lines
    .flatMap((line) => line.trim().split(/ {2,}/))
    .map((entry) => entry.replace(/^(\d+) (.*)$/, '| $1 | $2 |'))
  return ['| exit | meaning |', '| --- | --- |', ...rows].join('\n')
}

/** Makes the paragraph on key sources from the help. */
export async function generateKeySources(): Promise<string> {
  return find(await readAll(), keySources).replace(/--[a-z-]+|HOOKURL_\w+|\.\/\.env/g, '`$&`')
}

function readAll(): Promise<readonly Help[]> {
  all ??= readTree([])
  return all
}

async function readTree(words: readonly string[]): Promise<readonly Help[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words, '--help'], { env: environment() })
  const own = { words, paragraphs: stdout.trimEnd().split('\n\n') }
  const below = await Promise.all(listCommands(own).map((name) => readTree([...words, name])))
  return [own, ...below.flat()]
}

// The width without a terminal is the same on every machine.
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, NO_COLOR: '1' }
}

function listCommands({ paragraphs }: Help): string[] {
  const list = paragraphs.find((paragraph) => paragraph.startsWith('Commands:\n')) ?? ''
  const names = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name)
  return names.filter((name) => name !== 'help')
}

function writeSection({ words, paragraphs }: Help): string {
  const own = paragraphs.filter((paragraph) => !exitCodes.test(paragraph) && !keySources.test(paragraph))
  const level = words.length > 1 ? '###' : '##'
  return `${level} ${['hookurl', ...words].join(' ')}\n\n\`\`\`text\n${own.join('\n\n')}\n\`\`\``
}

function find(helps: readonly Help[], beginning: RegExp): string {
  const found = helps.flatMap(({ paragraphs }) => paragraphs).find((paragraph) => beginning.test(paragraph))
  if (found === undefined) throw new Error(`no help has a paragraph ${beginning}`)
  return found
}
