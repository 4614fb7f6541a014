import { HookurlError } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import { getHookClaims } from '@hookurl/presentation/claim-labels'
import type { Command } from 'commander'
import { toJson } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import { addHelp, addKeyFlags, collect } from '../io/flags.ts'
import { formatClaimRows, formatColumns, formatKey, summarizeClaims } from '../io/format-claims.ts'
import { resolveInput } from '../io/input.ts'
import { type Line, readStdinLines } from '../io/lines.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { createStateOptions, readState, type StateFlags } from '../io/read-state.ts'
import { toErrorReport } from '../io/report-error.ts'
import { stdoutSink } from '../io/stdout.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'
import { createUrlVerifier, toVerifyRecord, type VerifyResult } from '../verify/verify-url.ts'

interface VerifyFlags extends KeyFlags, StateFlags {
  command?: string[]
  at?: Date
}

interface Context {
  readonly verify: (text: string) => MaybePromise<VerifyResult>
  readonly now: () => number
  readonly settings: Settings
  readonly output: Output
}

const examples = [
  'hookurl verify https://bot.example.com/hooks/eyJ…',
  'hookurl verify --command /onWebhook --at 2030-01-01 eyJ…',
  'hookurl verify - < urls.txt',
]

export function define(command: Command, output: Output): void {
  command
    .argument('[url|token|-]', 'URL or token to verify; - reads many from stdin, one per line')
    .option('--command <name>', 'accept only this command (repeatable)', collect)
    .option('--at <time>', 'verify as of this time: 2030-01-01T00:00:00Z, +30d, -1h', (text) =>
      parseTimestamp(text, '--at'),
    )
    .addHelpText(
      'after',
      '\nReads the URL inside Outlook Safe Links and other wrappers, which receivers do not. Does not check\n' +
        'uses, users or signed requests, nor the state without --state, and prints what was not checked.\n' +
        'With -, each result begins with its line number (with --json: line), a summary on stderr counts\n' +
        'the rejected URLs by code, and the first rejected URL determines the exit code.',
    )
    .action(async (argument: string | undefined, flags: VerifyFlags) => {
      const input = resolveInput(argument, output)
      const context = await createContext(flags, output)
      process.exitCode = input === '-' ? await verifyLines(context) : await verifyOne(input, context)
    })
  for (const option of createStateOptions('current state to compare with')) command.addOption(option)
  addKeyFlags(command)
  addHelp(command, examples)
}

async function createContext({ at, command, ...flags }: VerifyFlags, output: Output): Promise<Context> {
  const current = await readState(flags)
  const settings = await loadSettings(flags, output)
  const now = at === undefined ? Date.now : () => at.getTime()
  const verify = createUrlVerifier({ settings, current, now })
  return { verify: (text) => verify(text, command), now, settings, output }
}

async function verifyOne(input: string, { verify, now, settings, output }: Context): Promise<number> {
  const result = await verify(input)
  const { hook, error, wrappedBy, notChecked } = result
  if (notChecked !== undefined) output.note(`Not checked here, but by the receiver: ${notChecked.join(', ')}.`)
  if (output.json) output.print(toJson(toVerifyRecord(result)))
  else {
    output.print(error === undefined ? output.colorize('green', 'valid') : formatRejection(error, output).join('\n'))
    const rows: (readonly [label: string, value: string])[] = []
    if (wrappedBy !== undefined) rows.push(['wrapped by', wrappedBy.join(', ')])
    if (hook !== undefined) {
      rows.push(...formatClaimRows(getHookClaims(hook), now()))
      rows.push(['key', formatKey(hook.key, settings.parsedKeys.length)])
    }
    formatColumns(rows).forEach(output.print)
  }
  return error?.exit ?? exitCodes.ok.exit
}

async function verifyLines(context: Context): Promise<number> {
  const { output } = context
  const format = output.json ? formatAsJson : formatAsText
  const rejections = new Map<string, number>()
  let count = 0
  let exit: number = exitCodes.ok.exit
  for await (const lines of readStdinLines('verify -')) {
    let printed = ''
    for (const line of lines) {
      const result = await verifyLine(line, context)
      if (result === undefined) continue
      count++
      if (result.error !== undefined) {
        const { code } = result.error
        rejections.set(code, (rejections.get(code) ?? 0) + 1)
        exit ||= result.error.exit
      }
      printed += `${format(line.number, result, context)}\n`
    }
    await stdoutSink.write(printed)
  }
  if (count === 0) throw new HookurlError('no_token', { message: 'stdin is empty', fix: 'Write one URL per line.' })
  output.note(formatSummary(count, rejections))
  return exit
}

/** Returns `undefined` for an empty line. */
function verifyLine({ text }: Line, { verify }: Context): MaybePromise<VerifyResult> | undefined {
  if (text === undefined)
    return { hook: undefined, error: createTooLongError(), wrappedBy: undefined, notChecked: undefined }
  const url = text.trim()
  return url === '' ? undefined : verify(url)
}

function createTooLongError(): HookurlError {
  return new HookurlError('malformed_token', {
    message: 'the line is longer than 1 MiB',
    fix: 'Write one URL per line.',
  })
}

function formatAsJson(number: number, result: VerifyResult): string {
  return toJson({ line: number, ...toVerifyRecord(result) })
}

function formatAsText(number: number, verified: VerifyResult, { now, output }: Context): string {
  const { hook, error, wrappedBy, notChecked } = verified
  const result = error === undefined ? output.colorize('green', 'valid') : formatRejection(error, output).join('  ')
  const claims = hook === undefined ? '' : `  ${summarizeClaims(getHookClaims(hook), now())}`
  const wrappers = wrappedBy === undefined ? '' : `  wrapped by ${wrappedBy.join(', ')}`
  const unchecked = notChecked === undefined ? '' : `  not checked: ${notChecked.join(', ')}`
  return `${number}: ${result}${claims}${wrappers}${unchecked}`
}

/** Formats the number of URLs: `3 URLs: 1 valid, 2 rejected (expired: 1, no_token: 1)`. */
function formatSummary(count: number, rejections: ReadonlyMap<string, number>): string {
  const rejected = [...rejections.values()].reduce((sum, each) => sum + each, 0)
  const codes = [...rejections].map(([code, times]) => `${code}: ${formatCount(times)}`)
  const details = codes.length === 0 ? '' : ` (${codes.join(', ')})`
  const total = `${formatCount(count)} URL${count === 1 ? '' : 's'}`
  return `${total}: ${formatCount(count - rejected)} valid, ${formatCount(rejected)} rejected${details}`
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

function formatRejection(error: HookurlError, { colorize }: Output): [reason: string, fix: string] {
  const { code, message, fix } = toErrorReport(error, 'verify')
  return [`${colorize('red', code)}: ${message}`, `${colorize('dim', 'fix')}: ${fix}`]
}
