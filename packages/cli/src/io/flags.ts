import { invalidOption, parseDuration } from '@hookurl/core/internal'
import type { Command } from 'commander'

/** The exit codes, in the words of every command's help. */
const exitCodes = `Exit codes:
  0 ok  1 unexpected  2 usage  3 malformed or bad signature  4 expired or not yet valid
  5 good, but not for this  6 key missing or invalid
  7 network, store, or an answer that is not 2xx  130 interrupted`

const keyHelp = `Keys come from --keys-file, HOOKURL_KEYS, HOOKURL_KEYS_FILE, or HOOKURL_KEYS in ./.env, in
this order; with none of them, from a development key that is made once for this machine.`

/** What every command's help has around its options: examples first, exit codes last. */
export function addHelp(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  ${example}`).join('\n')
  return addCommonFlags(command).addHelpText('before', `Examples:\n${lines}\n`).addHelpText('after', `\n${exitCodes}`)
}

/** The flags that stand before the name of a command or after it. */
export function addCommonFlags(command: Command): Command {
  return command
    .option('--json', 'print JSON, also of errors (on stderr)')
    .option('--no-color', 'print without colours, as with NO_COLOR')
    .helpOption('-h, --help', 'show this help')
}

/** The flags of a command that needs keys. */
export function addKeyFlags(command: Command): Command {
  return command
    .option('--keys-file <path>', 'read the keys from a file, or - for stdin')
    .option('--purpose <text>', 'the purpose that keys are derived for (or HOOKURL_PURPOSE)')
    .addHelpText('after', `\n${keyHelp}`)
}

/** Collects a flag that may be given several times. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

/** A flag's whole number. */
export function parseInteger(text: string, flag: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isNaN(value)) return value
  throw invalidOption(`${flag} must be a whole number`, `Write digits only.`)
}

const dayMs = 86_400_000

/** A flag's stretch of time in milliseconds: `30s`, `2m`, or seconds; at most a day. */
export function parseMilliseconds(text: string, flag: string): number {
  const milliseconds = Math.round(parseDuration(/^\d+$/.test(text) ? Number(text) : text, flag) * 1000)
  if (milliseconds >= 1 && milliseconds <= dayMs) return milliseconds
  throw invalidOption(`${flag} must be at most 1 day, and more than nothing`, 'Write 30s, 2m, or a number of seconds.')
}
