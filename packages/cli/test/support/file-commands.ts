import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseKeys } from '@hookurl/core'
import { PNG } from 'pngjs'
import { findUrls, makeLongCsv } from './mint-from.ts'
import { otherKeys, testKeys } from './run.ts'

/** A file that a command replaces or creates. */
interface WrittenFile {
  readonly name: string
  /** The content before; undefined for a file that the command creates. */
  readonly before: string | undefined
  /** Whether the content is what the command writes, from its first byte to its last. */
  isNew(content: Buffer): boolean
}

/** A command that writes files. */
export interface FileCommand {
  readonly title: string
  readonly args: readonly string[]
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly files: readonly WrittenFile[]
  /** The exit code where a file cannot be written. */
  readonly exitOnFault: number
  /** The exit code where everything is written. */
  readonly exitOnSuccess: number
}

/** The mode of every existing file: the commands must keep it. */
export const existingMode = 0o640

const ROWS = 400
const keyring = `k1:${testKeys}\nk2:${otherKeys}\n`
const mintKeys = { HOOKURL_KEYS: testKeys, HOOKURL_BASE_URL: 'https://bot.example.com/h' }
const hasAllUrls = (content: Buffer): boolean =>
  findUrls(content.toString()).length === ROWS && /\n$/.test(`${content}`)

const urls = { name: 'out.csv', before: 'old', isNew: hasAllUrls }
const rejections = {
  name: 'bad.csv',
  before: 'old errors',
  isNew: (content: Buffer) => /^command,userId,content,error,fix\n,x,,.*402.*\n$/.test(`${content}`),
}
const common = { env: mintKeys, exitOnFault: 2, exitOnSuccess: 0 }

function makeKeysCommand(step: string, ids: readonly string[], ...args: readonly string[]): FileCommand {
  const isNew = (content: Buffer): boolean => getIds(content) === ids.join(' ')
  return {
    ...common,
    title: `keys ${step}`,
    args: ['keys', step, '--keys-file', 'keys.txt', ...args],
    files: [{ name: 'keys.txt', before: keyring, isNew }],
  }
}

// The end of the file shows whether it is complete.
function makeEnv(keys: string): string {
  return `${'# a comment of some length\n'.repeat(800)}HOOKURL_KEYS=${keys}\nLAST=1\n`
}

function isNewEnv(content: Buffer): boolean {
  const keys = content
    .toString()
    .replaceAll(/hks_[\w-]{43}/g, '@')
    .replace(/^# hookurl: .*\n/m, '')
  return keys === makeEnv('k1:@,k3:@')
}

function getIds(content: Buffer): string {
  try {
    return parseKeys(content.toString())
      .map(({ id }) => id)
      .join(' ')
  } catch {
    return 'not a keyring'
  }
}

function isPng(content: Buffer): boolean {
  try {
    return PNG.sync.read(content).width > 0
  } catch {
    return false
  }
}

/** Every command that writes files, once for each kind of file. */
export const fileCommands: readonly FileCommand[] = [
  { ...common, title: 'mint -o', args: ['mint', '--from', '-', '-o', 'out.csv'], stdin: makeRows(), files: [urls] },
  {
    ...common,
    title: 'mint -o, of a new file',
    args: ['mint', '--from', '-', '-o', 'out.csv'],
    stdin: makeRows(),
    files: [{ ...urls, before: undefined }],
  },
  {
    ...common,
    title: 'mint -o --errors',
    args: ['mint', '--from', '-', '-o', 'out.csv', '--errors', 'bad.csv'],
    stdin: `${makeRows()},x,\n`,
    files: [urls, rejections],
    exitOnSuccess: 2,
  },
  {
    ...common,
    title: 'mint --qr, as PNG',
    args: ['mint', '--command', 'a', '--qr', '-o', 'url.png'],
    files: [{ name: 'url.png', before: 'old', isNew: isPng }],
  },
  {
    ...common,
    title: 'mint --qr, as SVG',
    args: ['mint', '--command', 'a', '--qr', '-o', 'url.svg'],
    files: [{ name: 'url.svg', before: 'old', isNew: (content) => /^<svg .*<\/svg>\n$/s.test(`${content}`) }],
  },
  makeKeysCommand('add', ['k1', 'k3', 'k2'], '--id', 'k3'),
  {
    ...common,
    title: 'keys add, in a large .env file',
    args: ['keys', 'add', '--keys-file', '.env', '--id', 'k3'],
    files: [{ name: '.env', before: makeEnv(`k1:${testKeys}`), isNew: isNewEnv }],
  },
  makeKeysCommand('promote', ['k2', 'k1']),
  makeKeysCommand('retire', ['k1'], '--now'),
  {
    ...common,
    title: 'the development key',
    args: ['mint', '--command', 'a'],
    env: {},
    files: [
      {
        name: '.config/hookurl/development.key',
        before: undefined,
        isNew: (content) => /^hks_[\w-]{43}\n$/.test(`${content}`),
      },
    ],
    exitOnFault: 6,
  },
]

function makeRows(): string {
  return makeLongCsv(ROWS).replaceAll(/"[^"]*(?:""[^"]*)*"/g, 'x')
}

/** Writes the files that exist before a command. */
export function writeExistingFiles({ files }: FileCommand, folder: string): void {
  for (const { name, before } of files) {
    if (before === undefined) continue
    writeFileSync(join(folder, name), before)
    chmodSync(join(folder, name), existingMode)
  }
}

/** Describes a file after a command: its old content, its new content, or what is wrong with it. */
export function describeFile({ name, before, isNew }: WrittenFile, folder: string): string {
  const path = join(folder, name)
  if (!existsSync(path)) return before === undefined ? 'old' : 'missing'
  const mode = statSync(path).mode & 0o7777
  const expectedMode = before === undefined ? 0o600 : existingMode
  if (mode !== expectedMode) return `mode ${mode.toString(8)}`
  const content = readFileSync(path)
  if (before !== undefined && content.toString() === before) return 'old'
  return isNew(content) ? 'new' : `a mix: ${content.toString().slice(0, 200)}`
}
