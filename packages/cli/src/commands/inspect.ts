import { type Inspection, inspect, isHookurlError } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import type { Command } from 'commander'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags } from '../io/flags.ts'
import { describeClaims, formatColumns, formatKey } from '../io/format-claims.ts'
import { readStdin, resolveInput } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { toErrorReport } from '../io/report-error.ts'
import { drawTokenDiagram, describeLengths } from '../io/token-diagram.ts'
import { findSettings, type KeyFlags } from '../keys/load.ts'

interface InspectFlags extends KeyFlags {
  at?: Date
}

/** Whether a token verifies with the keys at hand; without keys, nobody knows. */
type Trust =
  | { readonly checked: false; readonly reason: string }
  | { readonly checked: true; readonly valid: true; readonly key: string }
  | { readonly checked: true; readonly valid: false; readonly code: string; readonly message: string }

const examples = ['hookurl inspect https://bot.example.com/hooks/eyJ…', 'pbpaste | hookurl inspect -']
const widest = 100

export function define(command: Command, output: Output): void {
  command
    .argument('[url|token|-]', 'what to read; - reads stdin')
    .option('--at <time>', 'judge its times as of this moment', (text) => parseTimestamp(text, '--at'))
    .addHelpText('after', '\nExit 0 if it can be read, 3 if not. No key is needed, and none is made.')
    .action((argument: string | undefined, flags: InspectFlags) => run(argument, { flags, output }))
  addKeyFlags(command)
  addHelp(command, examples)
}

interface Context {
  readonly flags: InspectFlags
  readonly output: Output
}

async function run(argument: string | undefined, context: Context): Promise<void> {
  const { flags, output } = context
  const given = resolveInput(argument, output)
  const text = (given === '-' ? await readStdin('inspect -') : given).trim()
  const now = flags.at?.getTime() ?? Date.now()
  const inspection = inspect(text, { now: () => now })
  const trust: Trust = inspection.readable
    ? await judge(text, { ...context, now })
    : { checked: false, reason: 'it cannot be read' }
  if (output.json) output.print(toJson({ ...inspection, verifies: trust }))
  else tell(inspection, { trust, now, output })
  process.exitCode = inspection.readable ? 0 : 3
}

async function judge(text: string, { flags, output, now }: Context & { now: number }): Promise<Trust> {
  try {
    const settings = await findSettings(flags, output)
    if (settings === undefined) return { checked: false, reason: 'there is no key at hand' }
    const { keys, purpose, parsed } = settings
    const hook = await createVerifier({ keys, purpose, now: () => now }).verify(text, { ignore: ['uses'] })
    return { checked: true, valid: true, key: formatKey(hook.key, parsed.length) }
  } catch (error) {
    if (!isHookurlError(error)) throw error
    const { code, message } = toErrorReport(error, 'inspect')
    // What is wrong with the keys says nothing about the token.
    return error.status === undefined
      ? { checked: false, reason: message }
      : { checked: true, valid: false, code, message }
  }
}

interface Telling {
  readonly trust: Trust
  readonly now: number
  readonly output: Output
}

function tell(inspection: Inspection, { trust, now, output }: Telling): void {
  const { readable, header, claims, lengths, problems, tokenFormat } = inspection
  const { print, colorize } = output
  print(colorize('bold', title(inspection)))
  // A terminal that does not know its width says 0.
  const drawing = readable ? drawTokenDiagram(lengths, Math.min(process.stdout.columns || 80, widest) - 2) : undefined
  if (drawing !== undefined) print(`  ${drawing}`)
  const rows: [string, string][] = []
  if (header !== undefined && tokenFormat !== 'short') rows.push(['header', toJson(header)])
  if (claims !== undefined) rows.push(...describeClaims(claims, now))
  if (header !== undefined || claims !== undefined)
    rows.push(...describeLengths(lengths).map((line): [string, string] => ['length', line]))
  rows.push(['verifies', tellTrust(trust, output)])
  for (const { code, message } of problems) {
    rows.push(['problem', colorize('yellow', `${escapeControlChars(message)} (${code})`)])
  }
  formatColumns(rows).forEach(print)
}

function title({ readable, tokenFormat, claims }: Inspection): string {
  if (!readable) return `Not readable as a hook token${claims === undefined ? '' : '; this much is left of one'}.`
  return tokenFormat === 'encrypted'
    ? 'A sealed token: only its receiver can read the claims.'
    : `A hook token (${tokenFormat} form), read without trusting it.`
}

function tellTrust(trust: Trust, { colorize }: Output): string {
  if (!trust.checked) return `not checked: ${trust.reason}`
  return trust.valid
    ? colorize('green', `yes, with key ${trust.key}`)
    : `${colorize('red', 'no')}: ${trust.message} (${trust.code})`
}
