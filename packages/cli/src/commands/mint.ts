import { createMinter, inspect, type MinterOptions, type MintOptions } from '@hookurl/core'
import { createKeyringLoader, invalidOption, openToken } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, collect, parseInteger } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { defaultBaseUrl, loadSettings, type Settings } from '../keys/load.ts'
import { columnHelp } from '../mint/columns.ts'
import { type MintFlags, toLifetime, toMintOptions } from '../mint/flags.ts'

const examples = [
  'hookurl mint --command /onWebhook',
  'hookurl mint --command /onWebhook --user-id 42 --content "Did you see the cat?" \\',
  '  --redirect-to https://cataas.com/cat --expires-in 7d',
  'hookurl mint --command /onJob --json-content @job.json --encrypt',
  'hookurl mint --command /onWebhook | hookurl verify -',
  'hookurl mint --command /onWebhook --qr -o ticket.png',
  'hookurl mint --from people.csv --command /onReply --expires-in 7d -o links.csv',
]

const rowsHelp = `
--from reads CSV with a header row, or NDJSON (one JSON object a line), and writes each row again
with a column url, in the same format and order; with --json always as NDJSON. The flags hold for
all rows; a row's own cell comes first, an empty one says nothing. Other columns are passed on and
not signed. Exit 2 if any row was refused. A file of -o is readable by its owner only. Columns:
${columnHelp.map(([name, type]) => `  ${name.padEnd(13)}${type}`).join('\n')}`

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
        .argParser((text: string) => parseTimestamp(text, '--expires-at'))
        .conflicts('expiresIn'),
    )
    .option('--not-before <time>', 'the moment before which it is refused', (text) => parseTimestamp(text, '--not-before'))
    .option('--allow-get', 'let GET run the command too, not only POST')
    .option('--issued-at', 'sign the moment of minting too')
    .option('--max-uses <n>', 'how often the URL may be used, 1 to 1000', (text) => parseInteger(text, '--max-uses'))
    .option('--id <id>', '1 to 64 characters of A–Z, a–z, 0–9, _ and -')
    .option('--encrypt', 'encrypt the token, so that its holder cannot read it')
    .addOption(new Option('--token-format <form>', 'short leaves out 21 characters').choices(['full', 'short']))
    .addOption(new Option('--token-in <place>', 'where the token stands').choices(['path', 'query']))
    .option('--max-url-length <n>', 'the longest URL, in characters (default: 2048)', (text) =>
      parseInteger(text, '--max-url-length'),
    )
    .option('--base-url <url>', `where the URL points to (or HOOKURL_BASE_URL; default: ${defaultBaseUrl})`)
    .option('--qr', 'draw the URL as a QR code on stderr, or into the file of -o')
    .option('--from <file>', 'mint one URL for each row of CSV or NDJSON, or - for stdin; see below')
    .option('--errors <file>', 'with --from: put rows that cannot be minted here and go on, not stop at the first')
    .option('-o, --output <file>', 'with --from: write here, once it is complete; with --qr: a .png or .svg')
    .addHelpText('after', rowsHelp)
    .action((flags: MintFlags) => mint(flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function mint(flags: MintFlags, output: Output): Promise<void> {
  checkFlags(flags)
  const options = await toMintOptions(flags)
  const settings = await loadSettings(flags, output)
  const minting: MinterOptions = {
    keys: settings.keys,
    purpose: settings.purpose,
    baseUrl: settings.baseUrl ?? defaultBaseUrl,
    expiresIn: toLifetime(flags.expiresIn ?? '30d'),
    redirectHosts: flags.redirectHost,
    tokenFormat: flags.tokenFormat,
    tokenIn: flags.tokenIn,
    maxUrlLength: flags.maxUrlLength,
  }
  if (flags.from !== undefined) {
    const { mintRows } = await import('../mint/mint-rows.ts')
    const { from, errors, output: to } = flags
    const expiresIn = flags.expiresIn === undefined ? undefined : toLifetime(flags.expiresIn)
    const batch = { from, to, errors, minter: minting, defaults: { ...options, expiresIn } }
    process.exitCode = await mintRows(batch, output)
    if (process.exitCode === 0) noteBeside(flags, { settings, output })
    return
  }
  const url = await createMinter(minting).mint(options as MintOptions)
  if (flags.expiresIn === 'never') output.note('This URL never expires.')
  noteBeside(flags, { settings, output })
  if (flags.qr === true) await (await import('../mint/qr-code.ts')).showQr(url, { path: flags.output, output })
  output.print(output.json ? toJson(await describe(url, settings)) : url)
}

function noteBeside(flags: MintFlags, { settings, output }: { settings: Settings; output: Output }): void {
  if (settings.baseUrl === undefined && !settings.isDevelopment) {
    output.note(`What is minted points to ${defaultBaseUrl}; --base-url or HOOKURL_BASE_URL changes that.`)
  }
  if (flags.expiresAt !== undefined && flags.expiresAt.getTime() <= Date.now()) {
    output.note('What is minted has expired already.')
  }
}

function checkFlags({ command, encrypt, tokenFormat, from, errors, output, qr, id }: MintFlags): void {
  if (command === undefined && from === undefined) {
    throw invalidOption('--command is missing', 'Say what is to run: --command /onWebhook.')
  }
  if (encrypt === true && tokenFormat === 'short') {
    throw invalidOption('--encrypt and --token-format short exclude each other', 'Leave one of them out.')
  }
  if (output !== undefined && from === undefined && qr === undefined) {
    throw invalidOption('-o belongs to --from or --qr', 'For one URL, write `hookurl mint … > file`.')
  }
  if (from === undefined && errors !== undefined) {
    throw invalidOption('--errors belongs to --from', 'Leave it out.')
  }
  if (from !== undefined && (id !== undefined || qr !== undefined)) {
    throw invalidOption(`--${qr === undefined ? 'id' : 'qr'} is for one URL`, 'Leave it out; ids go in a column id.')
  }
}

async function describe(url: string, settings: Settings): Promise<object> {
  const { token = '', lengths } = inspect(url)
  const opened = await openToken(await createKeyringLoader(settings.keys, settings.purpose)(), token)
  if (!opened.ok) throw new Error(`the URL that was minted does not verify: ${opened.code}`)
  const { exp } = opened.claims
  const expiresAt = exp === undefined ? null : new Date(exp * 1000).toISOString()
  return { url, token, claims: opened.claims, expiresAt, lengths }
}
