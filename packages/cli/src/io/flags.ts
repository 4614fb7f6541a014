import { invalidOption, parseDuration } from '@hookurl/core/internal'
import type { Command } from 'commander'
import { formatExitCodes } from './exit-codes.ts'

const keyHelp = `Keys come from --keys-file, HOOKURL_KEYS, HOOKURL_KEYS_FILE, or these variables in ./.env, in this
order. Without any of them, a development key is created once for this machine.`

/** The help of `--allow-insecure`, in every command that mints. */
export const allowInsecureHelp: string =
  'allow a base URL with http on a public host; anyone on the network path can read the URLs'

/** Adds what the help of every command has around its options: examples first, exit codes last. */
export function addHelp(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  ${example}`).join('\n')
  return addCommonFlags(command)
    .addHelpText('before', `Examples:\n${lines}\n`)
    .addHelpText('after', `\n${formatExitCodes()}`)
}

const HELP_WIDTH = 80

/** Wraps the paragraphs of a help text at 80 columns. Indented lines, such as examples and options, are kept. */
export function wrapHelp(text: string): string {
  const lines: string[] = []
  let paragraph: string[] = []
  const endParagraph = (): void => {
    lines.push(...wrapWords(paragraph.join(' ').split(' ')))
    paragraph = []
  }
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      paragraph.push(line)
      continue
    }
    if (paragraph.length > 0) endParagraph()
    lines.push(line)
  }
  if (paragraph.length > 0) endParagraph()
  return lines.join('\n')
}

function wrapWords(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > HELP_WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** Adds the flags that are accepted before and after the name of a command. */
export function addCommonFlags(command: Command): Command {
  return command
    .optionsGroup('Common:')
    .option('--json', 'print JSON, including errors (on stderr)')
    .option('--no-color', 'disable colors (or NO_COLOR)')
    .helpOption('-h, --help', 'show this help')
}

/** Adds the flags of a command that needs keys. */
export function addKeyFlags(command: Command): Command {
  return command
    .optionsGroup('Keys:')
    .option('--keys-file <path>', 'read the keys from a file, or - for stdin')
    .option('--purpose <string>', 'purpose that keys are derived for (or HOOKURL_PURPOSE)')
    .addHelpText('after', `\n${keyHelp}`)
}

/** Collects the values of a repeatable flag. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

/**
 * Parses an integer of at most nine digits.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseInteger(text: string, flag: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw invalidOption(`${flag} must be an integer`, 'Use only digits.')
}

/**
 * Parses a port; 0 is any free one.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parsePort(text: string, flag: string): number {
  const port = parseInteger(text, flag)
  if (port <= 65_535) return port
  throw invalidOption(`${flag} must be at most 65535`, 'Choose another port.')
}

const dayMs = 86_400_000

/**
 * Parses a duration, `30s`, `2m` or seconds, into milliseconds. The maximum is one day.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseMilliseconds(text: string, flag: string): number {
  const milliseconds = Math.round(parseDuration(parseUnitlessSeconds(text), flag) * 1000)
  if (milliseconds >= 1 && milliseconds <= dayMs) return milliseconds
  throw invalidOption(`${flag} must be longer than zero and at most 1 day`, 'Write 30s, 2m, or a number of seconds.')
}

/** Converts a duration without a unit to a number, which is in seconds, as in the library. */
export function parseUnitlessSeconds(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text
}
