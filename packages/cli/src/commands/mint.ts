import { createMinter, inspect, type MintOptions } from '@hookurl/core'
import { createRing, invalidOption, openToken } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { toJson } from '../escape.ts'
import { addHelp, addKeyFlags, collect, toWhole } from '../flags.ts'
import { readValue } from '../input.ts'
import { defaultBaseUrl, type KeyFlags, loadSettings, type Settings } from '../key-sources.ts'
import { parseMoment } from '../moments.ts'
import type { Output } from '../output.ts'

interface MintFlags extends KeyFlags {
  command?: string
  userId?: string
  content?: string
  jsonContent?: string
  redirectTo?: string
  redirectHost?: string[]
  expiresIn?: string
  expiresAt?: Date
  notBefore?: Date
  issuedAt?: true
  allowGet?: true
  uses?: number
  id?: string
  seal?: true
  form?: 'full' | 'short'
  tokenIn?: 'path' | 'query'
  maxLength?: number
}

const examples = [
  'hookurl mint --command /onWebhook',
  'hookurl mint --command /onWebhook --user-id 42 --content "Did you see the cat?" \\',
  '  --redirect-to https://cataas.com/cat --expires-in 7d',
  'hookurl mint --command /onJob --json-content @job.json --seal',
  'hookurl mint --command /onWebhook | hookurl verify -',
]

export function define(command: Command, output: Output): void {
  command
    .option('--command <name>', 'what is to run (required)')
    .option('--user-id <text>', 'whom it is for')
    .option('--content <text>', 'data to sign into the URL: a text, @file, or - for stdin')
    .addOption(new Option('--json-content <json>', 'the same as JSON: a text, @file, or -').conflicts('content'))
    .option('--redirect-to <url>', 'where a browser goes afterwards: https, or http on this machine')
    .option('--redirect-host <host>', 'allow redirects to this host only (repeatable)', collect)
    .option('--expires-in <duration>', '30d, 15m, seconds, or never (default: 30d)')
    .addOption(
      new Option('--expires-at <time>', 'the moment from which the URL is refused: 2030-01-01T00:00:00Z, +30d')
        .argParser((text: string) => parseMoment(text, '--expires-at'))
        .conflicts('expiresIn'),
    )
    .option('--not-before <time>', 'the moment before which it is refused', (text) => parseMoment(text, '--not-before'))
    .option('--allow-get', 'let GET run the command too, not only POST')
    .option('--issued-at', 'sign the moment of minting too')
    .option('--uses <n>', 'how often the URL may be used, 1 to 1000', (text) => toWhole(text, '--uses'))
    .option('--id <id>', '1 to 64 characters of A–Z, a–z, 0–9, _ and -')
    .option('--seal', 'encrypt the token, so that its holder cannot read it')
    .addOption(new Option('--form <form>', 'short leaves out 21 characters').choices(['full', 'short']))
    .addOption(new Option('--token-in <place>', 'where the token stands').choices(['path', 'query']))
    .option('--max-length <n>', 'the longest URL, in characters (default: 2048)', (text) =>
      toWhole(text, '--max-length'),
    )
    .option('--base-url <url>', `where the URL points to (or HOOKURL_BASE_URL; default: ${defaultBaseUrl})`)
    .action((flags: MintFlags) => mint(flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function mint(flags: MintFlags, output: Output): Promise<void> {
  const { command } = flags
  if (command === undefined) throw invalidOption('--command is missing', 'Say what is to run: --command /onWebhook.')
  if (flags.seal === true && flags.form === 'short') {
    throw invalidOption('--seal and --form short exclude each other', 'Leave one of them out.')
  }
  const options = await toOptions({ ...flags, command })
  const settings = await loadSettings(flags, output)
  const minter = createMinter({
    keys: settings.keys,
    purpose: settings.purpose,
    baseUrl: settings.baseUrl ?? defaultBaseUrl,
    expiresIn: toLifetime(flags.expiresIn ?? '30d'),
    redirectHosts: flags.redirectHost,
    form: flags.form,
    tokenIn: flags.tokenIn,
    maxLength: flags.maxLength,
  })
  const url = await minter.mint(options)
  if (flags.expiresIn === 'never') output.note('This URL never expires.')
  if (flags.expiresAt !== undefined && flags.expiresAt.getTime() <= Date.now())
    output.note('This URL has expired already.')
  if (settings.baseUrl === undefined && !settings.isDevelopment) {
    output.note(`This URL points to ${defaultBaseUrl}; --base-url or HOOKURL_BASE_URL changes that.`)
  }
  output.answer(output.json ? toJson(await describe(url, settings)) : url)
}

async function toOptions(flags: MintFlags & { command: string }): Promise<MintOptions> {
  const { command, userId, redirectTo, expiresAt, notBefore, issuedAt, allowGet, uses, id, seal } = flags
  const content = await readContent(flags)
  return { command, userId, content, redirectTo, expiresAt, notBefore, issuedAt, allowGet, uses, id, seal }
}

async function readContent({ content, jsonContent }: MintFlags): Promise<unknown> {
  if (content !== undefined) return readValue(content, '--content')
  if (jsonContent === undefined) return undefined
  const text = await readValue(jsonContent, '--json-content')
  try {
    return JSON.parse(text)
  } catch {
    throw invalidOption('--json-content is not JSON', 'Write JSON, such as \'{"order":7}\', or use --content for text.')
  }
}

// A number without a unit is seconds, as in the library.
function toLifetime(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}

async function describe(url: string, settings: Settings): Promise<object> {
  const { token = '', lengths } = inspect(url)
  const opened = await openToken(await createRing(settings.keys, settings.purpose)(), token)
  if (!opened.ok) throw new Error(`the URL that was minted does not verify: ${opened.code}`)
  const { exp } = opened.claims
  const expiresAt = exp === undefined ? null : new Date(exp * 1000).toISOString()
  return { url, token, claims: opened.claims, expiresAt, lengths }
}
