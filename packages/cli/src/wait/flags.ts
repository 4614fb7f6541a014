import type { Duration } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import type { OpenOptions } from '@hookurl/verify/wait'
import { type Command, Option } from 'commander'
import { addKeyFlags, allowInsecureHelp, collect, parseInteger, parsePort, parseUnitlessSeconds } from '../io/flags.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { assertMintFlags, type MintFlags, toMintOptions } from '../mint/flags.ts'

type SharedFlags = Pick<
  MintFlags,
  | 'keysFile'
  | 'purpose'
  | 'baseUrl'
  | 'allowInsecure'
  | 'command'
  | 'userId'
  | 'content'
  | 'jsonContent'
  | 'redirectTo'
  | 'redirectHost'
  | 'expiresIn'
  | 'expiresAt'
  | 'allowGet'
  | 'requireSignature'
  | 'encrypt'
  | 'tokenFormat'
  | 'tokenIn'
>

/** The flags of `wait`. */
export interface WaitFlags extends SharedFlags {
  encoding?: 'whsec' | 'plain'
  urlFile?: string
  port: number
  host: string
  maxBodySize?: number
  verbose?: true
}

const DEFAULT_PORT = 8787

export function addWaitFlags(command: Command): Command {
  command
    .optionsGroup('Hook:')
    .option('--command <name>', 'command to wait for (required)')
    .option('--user-id <id>', 'user ID')
    .option('--content <string>', 'content to sign: a string, @file, or - for stdin')
    .addOption(new Option('--json-content <json>', 'content as JSON: a string, @file, or -').conflicts('content'))
    .option('--redirect-to <url>', 'redirect browsers here afterwards: https, or http on this machine')
    .option('--redirect-host <host>', 'allow redirects to this host only (repeatable)', collect)
    .option('--expires-in <duration>', 'how long to wait: 15m, 1d, or seconds (default: 1h)')
    .addOption(
      new Option('--expires-at <time>', 'wait until this time: 2030-01-01T00:00:00Z, +30d')
        .argParser((text: string) => parseTimestamp(text, '--expires-at'))
        .conflicts('expiresIn'),
    )
    .option('--allow-get', 'accept GET as well as POST')
    .option('--require-signature', "require signed requests; with the URL's signing secret")
    .addOption(
      new Option('--encoding <name>', 'with --require-signature: the encoding of the secret (default: whsec)').choices([
        'whsec',
        'plain',
      ]),
    )
    .option('--encrypt', 'encrypt the token, so that its holder cannot read it')
    .optionsGroup('URL:')
    .addOption(new Option('--token-format <format>', 'short saves 21 characters').choices(['full', 'short']))
    .addOption(new Option('--token-in <part>', 'part of the URL that contains the token').choices(['path', 'query']))
    .option(
      '--base-url <url>',
      'public URL that reaches this receiver (or HOOKURL_BASE_URL; default: http://localhost:PORT/waits)',
    )
    .option('--allow-insecure', allowInsecureHelp)
    .option('--url-file <file>', 'write the URL to this file instead of stderr')
    .optionsGroup('Receiver:')
    .option('--port <n>', 'port to listen on; 0 for a free one', (text) => parsePort(text, '--port'), DEFAULT_PORT)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--max-body-size <bytes>', 'maximum body size (default: 1048576)', (text) =>
      parseInteger(text, '--max-body-size'),
    )
    .option('-v, --verbose', 'print the payload and more about each request')
  return addKeyFlags(command)
}

/**
 * Checks that the flags can be combined.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertWaitFlags(flags: WaitFlags, hasProgram: boolean): void {
  assertMintFlags(flags)
  if (flags.expiresIn === 'never') {
    throw invalidOption('--expires-in must be a duration: waiting has to end', 'Write 15m, 1d, or seconds.')
  }
  if (flags.encoding !== undefined && flags.requireSignature === undefined) {
    throw invalidOption('--encoding requires --require-signature', 'Pass --require-signature, or remove --encoding.')
  }
  if (flags.urlFile !== undefined && hasProgram) {
    throw invalidOption(
      '--url-file cannot be combined with a program',
      'Remove it: the program has the URL in its variable HOOKURL_URL.',
    )
  }
}

/** Returns the options of the URL that the flags set. */
export async function toOpenOptions(flags: WaitFlags): Promise<OpenOptions> {
  const {
    command = '',
    userId,
    content,
    redirectTo,
    expiresAt,
    allowGet,
    encrypt,
    requireSignature,
  } = await toMintOptions(flags)
  return { command, userId, content, redirectTo, expiresAt, allowGet, encrypt, requireSignature }
}

/** Returns the lifetime of the URL. */
export function getLifetime({ expiresIn = '1h' }: WaitFlags): Duration {
  return parseUnitlessSeconds(expiresIn) as Duration
}
