import { type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import { type MaybePromise, unwrapUrl } from '@hookurl/core/internal'
import { getHookClaims } from '@hookurl/presentation/claim-labels'
import { createVerifier, type Verifier } from '@hookurl/verify'
import type { Command } from 'commander'
import { toJson } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import { explainRejection } from '../io/explain-rejection.ts'
import { addHelp, addKeyFlags, collect } from '../io/flags.ts'
import { formatClaimRows, formatColumns, formatKey, summarizeClaims } from '../io/format-claims.ts'
import { resolveInput } from '../io/input.ts'
import { type Line, readStdinLines } from '../io/lines.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { toErrorReport } from '../io/report-error.ts'
import { stdoutSink } from '../io/stdout.ts'
import { createContentReader } from '../keys/content-reader.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'

interface VerifyFlags extends KeyFlags {
  command?: string[]
  at?: Date
}

/** The result for one URL. A rejected URL also has a hook if its signature is valid. */
interface VerifyResult {
  readonly hook: Hook | undefined
  readonly error: HookurlError | undefined
  /** The services whose URL contains this one, outermost first. */
  readonly wrappedBy: readonly string[] | undefined
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
      '\nReads the URL inside Outlook Safe Links and other wrappers, which receivers do not. Uses are not\n' +
        'checked. With -, each result begins with the number of its line (with --json: line), a summary on\n' +
        'stderr counts the rejected URLs by code, and the first rejected URL determines the exit code.',
    )
    .action(async (argument: string | undefined, flags: VerifyFlags) => {
      const input = resolveInput(argument, output)
      const context = await createContext(flags, output)
      process.exitCode = input === '-' ? await verifyLines(context) : await verifyOne(input, context)
    })
  addKeyFlags(command)
  addHelp(command, examples)
}

async function createContext({ at, command, ...flags }: VerifyFlags, output: Output): Promise<Context> {
  const settings = await loadSettings(flags, output)
  const now = at === undefined ? Date.now : () => at.getTime()
  const verifier = createVerifier({ keys: settings.keys, purpose: settings.purpose, now })
  const readContent = createContentReader(settings)
  const verify = (text: string): MaybePromise<VerifyResult> => {
    const { url, wrappedBy } = unwrapUrl(text)
    const { hook, error } = tryVerify(verifier, url, command)
    if (hook === undefined || !canContainNumbers(hook.content)) return { hook, error, wrappedBy }
    return readContent(url).then((content) => ({ hook: { ...hook, content }, error, wrappedBy }))
  }
  return { verify, now, settings, output }
}

function tryVerify(
  verifier: Verifier,
  url: string,
  command: readonly string[] | undefined,
): Pick<VerifyResult, 'hook' | 'error'> {
  try {
    return { hook: verifier.verifySync(url, { command, ignore: ['uses'] }), error: undefined }
  } catch (error) {
    if (!isHookurlError(error) || error.status === undefined) throw error
    return { hook: error.hook, error: explainRejection(error, url) }
  }
}

// Content is parsed a second time for the literals of its numbers, which takes longer than verifying.
function canContainNumbers(content: unknown): boolean {
  return typeof content === 'number' || (typeof content === 'object' && content !== null)
}

async function verifyOne(input: string, { verify, now, settings, output }: Context): Promise<number> {
  const result = await verify(input)
  const { hook, error, wrappedBy } = result
  if (hook?.maxUses !== undefined) output.note('Uses are counted by the receiver and not checked here.')
  if (output.json) output.print(toJson(toRecord(result)))
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
  if (text === undefined) return { hook: undefined, error: createTooLongError(), wrappedBy: undefined }
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
  return toJson({ line: number, ...toRecord(result) })
}

function formatAsText(number: number, { hook, error, wrappedBy }: VerifyResult, { now, output }: Context): string {
  const result = error === undefined ? output.colorize('green', 'valid') : formatRejection(error, output).join('  ')
  const claims = hook === undefined ? '' : `  ${summarizeClaims(getHookClaims(hook), now())}`
  const wrappers = wrappedBy === undefined ? '' : `  wrapped by ${wrappedBy.join(', ')}`
  return `${number}: ${result}${claims}${wrappers}`
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

function toRecord({ hook, error, wrappedBy }: VerifyResult): object {
  if (error === undefined) return { valid: true, wrappedBy, hook }
  const { code, message, fix } = toErrorReport(error, 'verify')
  return { valid: false, wrappedBy, error: { code, message, fix }, hook }
}
