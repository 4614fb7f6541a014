import { createMinter, inspect, type Minter, type MinterOptions, type MintOptions } from '@hookurl/core'
import { createKeyringLoader, openToken, parseToken, type TokenSegments } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, allowInsecureHelp, collect, parseInteger, parseUnitlessSeconds } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { createStateOptions } from '../io/read-state.ts'
import { defaultBaseUrl, loadSettings, type Settings } from '../keys/load.ts'
import { columnHelp } from '../mint/columns.ts'
import {
  assertDistinctFiles,
  assertKeepsKeys,
  assertMintFlags,
  type MintFlags,
  noteStringContent,
  toMintOptions,
} from '../mint/flags.ts'

const examples = [
  'hookurl mint --command /onWebhook',
  'hookurl mint --command /onWebhook --user-id 42 --expires-in 7d \\',
  '  --content "Did you see the cat?" --redirect-to https://cataas.com/cat',
  'hookurl mint --command /onJob --json-content @job.json --encrypt',
  'hookurl mint --command /onWebhook | hookurl verify -',
  'hookurl mint --command /onWebhook --qr -o ticket.png',
  'hookurl mint --command /reset-password --user-id 42 --state @password-hash.txt',
  'hookurl mint --from people.csv --command /onReply --expires-in 7d -o links.csv',
]

const rowsHelp = `
--from reads CSV with a header row, or NDJSON (one JSON object per line). Each row is written with
an additional column url, in the same format and order; with --json as NDJSON. Flags are defaults
for all rows: a cell overrides them unless it is empty. Other columns are copied and not signed.
The exit code is 2 if any row is rejected. A new -o file is readable by its owner only. Blank rows are skipped. Spaces around
cells are removed, except in content. A first line such as sep=; sets the separator.

--errors writes rejected rows unchanged, with two more columns: error and fix. Fix the rows in that file and mint from it:
both columns are ignored.

Columns:
${columnHelp.map(([name, type]) => `  ${name.padEnd(18)}${type}`).join('\n')}`

export function define(command: Command, output: Output): void {
  command
    .optionsGroup('Hook:')
    .option('--command <name>', 'command to run (required)')
    .option('--user-id <id>', 'user ID')
    .option('--content <string>', 'content to sign: a string, @file, or - for stdin')
    .addOption(new Option('--json-content <json>', 'content as JSON: a string, @file, or -').conflicts('content'))
    .option('--redirect-to <url>', 'redirect browsers here afterwards: https, or http on this machine')
    .option('--redirect-host <host>', 'allow redirects to this host only (repeatable)', collect)
    .optionsGroup('Validity and use:')
    .option('--expires-in <duration>', 'lifetime: 30d, 15m, seconds, or never (default: 30d)')
    .addOption(
      new Option('--expires-at <time>', 'expiration time: 2030-01-01T00:00:00Z, +30d')
        .argParser((text: string) => parseTimestamp(text, '--expires-at'))
        .conflicts('expiresIn'),
    )
    .option('--not-before <time>', 'time at which the URL becomes valid', (text) =>
      parseTimestamp(text, '--not-before'),
    )
    .option('--allow-get', 'run the command on GET as well as POST')
    .option('--issued-at', 'include the time the URL was minted')
    .option('--max-uses <n>', 'how many times the URL can be used, 1 to 1000', (text) =>
      parseInteger(text, '--max-uses'),
    )
    .option('--id <id>', 'URL ID: 1 to 64 characters of A–Z, a–z, 0–9, _ and -')
    .option('--require-signature', 'require signed requests; see `hookurl secret`')
    .option('--require-user', 'require the user to be signed in to your application')
    .optionsGroup('URL:')
    .option('--encrypt', 'encrypt the token, so that its holder cannot read it')
    .addOption(new Option('--token-format <format>', 'short saves 21 characters').choices(['full', 'short']))
    .addOption(new Option('--token-in <part>', 'part of the URL that contains the token').choices(['path', 'query']))
    .option('--max-url-length <n>', 'maximum length of the URL, in characters (default: 2048)', (text) =>
      parseInteger(text, '--max-url-length'),
    )
    .option('--base-url <url>', `where the URL points (or HOOKURL_BASE_URL; default: ${defaultBaseUrl})`)
    .option('--allow-insecure', allowInsecureHelp)
    .optionsGroup('Output:')
    .option('--qr', 'draw the URL as a QR code on stderr, or write it to the -o file')
    .option('-o, --output <file>', 'with --from: write to this file once complete; with --qr: a .png or .svg file')
    .optionsGroup('Bulk minting:')
    .option('--from <file>', 'mint one URL for each row of CSV or NDJSON, or - for stdin; see below')
    .option('--errors <file>', 'with --from: write rejected rows here and continue, instead of stopping')
    .addHelpText('after', rowsHelp)
    .action((flags: MintFlags) => run(flags, output))
  for (const option of createStateOptions('bind the URL to this state')) {
    command.addOption(option.helpGroup('Validity and use:'))
  }
  addKeyFlags(command)
  addHelp(command, examples)
}

async function run(flags: MintFlags, output: Output): Promise<void> {
  assertMintFlags(flags)
  await assertDistinctFiles(flags)
  const options = await toMintOptions(flags)
  const settings = await loadSettings(flags, output)
  await assertKeepsKeys(flags, settings)
  const minterOptions: MinterOptions = {
    ...settings.insecure,
    keys: settings.keys,
    purpose: settings.purpose,
    baseUrl: settings.baseUrl ?? defaultBaseUrl,
    expiresIn: parseUnitlessSeconds(flags.expiresIn ?? '30d'),
    redirectHosts: flags.redirectHost,
    tokenFormat: flags.tokenFormat,
    tokenIn: flags.tokenIn,
    maxUrlLength: flags.maxUrlLength,
  }
  if (flags.from !== undefined) {
    const { mintRows } = await import('../mint/mint-rows.ts')
    const { from, errors, output: to } = flags
    const expiresIn = flags.expiresIn === undefined ? undefined : parseUnitlessSeconds(flags.expiresIn)
    const batch = { from, to, errors, minter: minterOptions, defaults: { ...options, expiresIn } }
    process.exitCode = await mintRows(batch, output)
    if (process.exitCode !== 0) return
    noteStringContent(flags, options.content, output)
    printWarnings(flags, settings, output)
    return
  }
  const minter = createMinter(minterOptions)
  const url = await minter.mint(options as MintOptions)
  if (flags.expiresIn === 'never') output.note('This URL never expires.')
  noteStringContent(flags, options.content, output)
  printWarnings(flags, settings, output)
  if (flags.qr === true) {
    const { showQrCode } = await import('../mint/qr-code.ts')
    await showQrCode(url, flags.output, output)
  }
  output.print(output.json ? toJson(await describeUrl(url, minter, settings)) : url)
}

function printWarnings(flags: MintFlags, settings: Settings, output: Output): void {
  if (settings.baseUrl === undefined && !settings.isDevelopment) {
    output.note(`The base URL is ${defaultBaseUrl}. Change it with --base-url or HOOKURL_BASE_URL.`)
  }
  if (flags.expiresAt !== undefined && flags.expiresAt.getTime() <= Date.now()) {
    output.note('The expiration time is in the past.')
  }
}

async function describeUrl(url: string, minter: Minter, settings: Settings): Promise<object> {
  const { token = '', lengths } = inspect(url)
  const keyring = await createKeyringLoader(settings.keys, settings.purpose)()
  const opened = await openToken(keyring, parseToken(token) as TokenSegments)
  if (!opened.ok) throw new Error(`the minted URL does not verify: ${opened.code}`)
  const { exp } = opened.claims
  const expiresAt = exp === undefined ? null : new Date(exp * 1000).toISOString()
  const secret = opened.claims.sig === undefined ? {} : { signingSecret: await minter.signingSecret(url) }
  return { url, token, claims: opened.claims, expiresAt, lengths, ...secret }
}
