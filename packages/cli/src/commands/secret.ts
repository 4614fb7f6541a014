import { createMinter, HookurlError } from '@hookurl/core'
import { type Command, Option } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags } from '../io/flags.ts'
import { resolveInput } from '../io/input.ts'
import { readStdinLines } from '../io/lines.ts'
import type { Output } from '../io/output.ts'
import { defaultBaseUrl, type KeyFlags, loadSettings } from '../keys/load.ts'

interface SecretFlags extends KeyFlags {
  encoding: 'whsec' | 'plain'
}

const examples = [
  'hookurl secret https://bot.example.com/hooks/eyJ…',
  'hookurl secret --encoding plain https://bot.example.com/hooks/eyJ…',
  'hookurl mint --command /onIncident --require-signature | hookurl secret -',
]
const notes = `The secret is derived from the URL and the keys, so nothing is stored. Enter it as the secret of the
webhook at the service: whsec for Standard Webhooks, Svix, MCP events and GitLab's signing token; plain
for GitHub, GitLab's secret token, Gitea, Bitbucket, WebSub and Telegram.`

export function define(command: Command, output: Output): void {
  command
    .argument('[url|token|-]', 'URL or token minted with --require-signature; - reads many from stdin, one per line')
    .addOption(
      new Option('--encoding <name>', 'whsec_ and base64, or 43 characters of A–Z, a–z, 0–9, _ and -')
        .choices(['whsec', 'plain'])
        .default('whsec'),
    )
    .addHelpText('after', `\n${notes}`)
    .action((argument: string | undefined, flags: SecretFlags) => run(resolveInput(argument, output), flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function run(input: string, { encoding, ...flags }: SecretFlags, output: Output): Promise<void> {
  const { keys, purpose } = await loadSettings(flags, output)
  const minter = createMinter({ keys, purpose, baseUrl: defaultBaseUrl, expiresIn: '30d' })
  let count = 0
  for await (const url of input === '-' ? readUrls() : [input]) {
    const signingSecret = await minter.signingSecret(url, { encoding })
    output.print(output.json ? toJson({ signingSecret }) : signingSecret)
    count++
  }
  if (count === 0) throw new HookurlError('no_token', { message: 'stdin is empty', fix: 'Write one URL per line.' })
}

async function* readUrls(): AsyncGenerator<string> {
  for await (const lines of readStdinLines('secret -')) {
    for (const { text = '' } of lines) if (text.trim() !== '') yield text.trim()
  }
}
