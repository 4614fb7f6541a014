import { type Inspection, inspect, isHookurlError } from '@hookurl/core'
import { unwrapUrl } from '@hookurl/core/internal'
import { readTokenLiterals } from '@hookurl/presentation/token-literals'
import { createVerifier } from '@hookurl/verify'
import type { Command } from 'commander'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import { explainRejection } from '../io/explain-rejection.ts'
import { addHelp, addKeyFlags } from '../io/flags.ts'
import { formatClaimRows, formatColumns, formatKey } from '../io/format-claims.ts'
import { readStdin, resolveInput } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { toErrorReport } from '../io/report-error.ts'
import { allRestrictions } from '../io/restrictions.ts'
import { describeLengths, drawTokenDiagram } from '../io/token-diagram.ts'
import { findSettings, type KeyFlags } from '../keys/load.ts'

interface InspectFlags extends KeyFlags {
  at?: Date
}

/** Whether the token is valid with the configured keys. Without keys, this is not checked. */
type Verification =
  | { readonly checked: false; readonly reason: string }
  | { readonly checked: true; readonly valid: true; readonly key: string }
  | { readonly checked: true; readonly valid: false; readonly code: string; readonly message: string }

const examples = ['hookurl inspect https://bot.example.com/hooks/eyJ…', 'pbpaste | hookurl inspect -']
const maxWidth = 100

export function define(command: Command, output: Output): void {
  command
    .argument('[url|token|-]', 'URL or token to decode; - reads stdin')
    .option('--at <time>', 'show times as of this time', (text) => parseTimestamp(text, '--at'))
    .addHelpText(
      'after',
      '\nReads the URL inside Outlook Safe Links and other wrappers. Exits with 0 if the input can be\n' +
        'decoded, otherwise 3, also if it is not valid. Works without a key and never creates one;\n' +
        'with the key, also verifies the token, but not its restrictions.',
    )
    .action((argument: string | undefined, flags: InspectFlags) => run(argument, flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function run(argument: string | undefined, flags: InspectFlags, output: Output): Promise<void> {
  const input = resolveInput(argument, output)
  const text = (input === '-' ? await readStdin('inspect -') : input).trim()
  const now = flags.at?.getTime() ?? Date.now()
  const inspected = inspect(text, { now: () => now })
  const inspection = { ...inspected, ...readTokenLiterals(inspected) }
  const verification: Verification = inspection.readable
    ? await verify(text, flags, { now, output })
    : { checked: false, reason: 'it cannot be decoded' }
  if (output.json) output.print(toJson({ ...inspection, verification }))
  else printInspection(inspection, verification, { now, output })
  process.exitCode = (inspection.readable ? exitCodes.ok : exitCodes.invalidToken).exit
}

interface Context {
  /** In epoch milliseconds. */
  readonly now: number
  readonly output: Output
}

async function verify(text: string, flags: InspectFlags, { now, output }: Context): Promise<Verification> {
  try {
    const settings = await findSettings(flags, output)
    if (settings === undefined) return { checked: false, reason: 'no key is set' }
    const { keys, purpose, parsedKeys } = settings
    const hook = await createVerifier({ keys, purpose, now: () => now }).verify(unwrapUrl(text).url, {
      ignore: allRestrictions,
    })
    return { checked: true, valid: true, key: formatKey(hook.key, parsedKeys.length) }
  } catch (error) {
    if (!isHookurlError(error)) throw error
    const { code, message } = toErrorReport(explainRejection(error, text), 'inspect')
    // Errors without an HTTP status are about the keys, not about the token.
    return error.status === undefined
      ? { checked: false, reason: message }
      : { checked: true, valid: false, code, message }
  }
}

function printInspection(inspection: Inspection, verification: Verification, { now, output }: Context): void {
  const { readable, wrappedBy, header, claims, lengths, problems, tokenFormat } = inspection
  const { print, colorize } = output
  print(colorize('bold', getTitle(inspection)))
  // A terminal that does not know its width reports 0 columns.
  const width = Math.min(process.stdout.columns || 80, maxWidth) - 2
  const diagram = readable ? drawTokenDiagram(lengths, width) : undefined
  if (diagram !== undefined) print(`  ${diagram}`)
  const rows: [label: string, value: string][] = []
  if (wrappedBy !== undefined) rows.push(['wrapped by', wrappedBy.join(', ')])
  if (header !== undefined && tokenFormat !== 'short') rows.push(['header', toJson(header)])
  if (claims !== undefined) rows.push(...formatClaimRows(claims, now))
  if (header !== undefined || claims !== undefined) {
    for (const line of describeLengths(inspection)) rows.push(['length', line])
  }
  rows.push(['verification', formatVerification(verification, output)])
  for (const { code, message } of problems) {
    rows.push(['problem', colorize('yellow', `${escapeControlChars(message)} (${code})`)])
  }
  formatColumns(rows).forEach(print)
}

function getTitle({ readable, tokenFormat, claims }: Inspection): string {
  if (!readable) return claims === undefined ? 'Not a readable hook token' : 'Not a readable hook token, partly decoded'
  return tokenFormat === 'encrypted'
    ? 'Encrypted hook token: only the receiver can read its claims'
    : `Hook token (${tokenFormat} format)`
}

function formatVerification(verification: Verification, { colorize }: Output): string {
  if (!verification.checked) return `not checked: ${verification.reason}`
  return verification.valid
    ? colorize('green', `valid, with key ${verification.key}`)
    : `${colorize('red', 'failed')}: ${verification.message} (${verification.code})`
}
