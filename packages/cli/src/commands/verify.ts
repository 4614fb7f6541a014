import { type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import { unwrapUrl } from '@hookurl/core/internal'
import { getHookClaims } from '@hookurl/presentation/claim-labels'
import { createVerifier, type IgnoredCheck } from '@hookurl/verify'
import type { Command } from 'commander'
import { toJson } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import { addHelp, addKeyFlags, collect } from '../io/flags.ts'
import { formatClaimRows, formatColumns, formatKey, summarizeClaims } from '../io/format-claims.ts'
import { readLines, resolveInput } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { createStateOptions, readState, type StateFlags } from '../io/read-state.ts'
import { toErrorReport } from '../io/report-error.ts'
import { createContentReader } from '../keys/content-reader.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'

interface VerifyFlags extends KeyFlags, StateFlags {
  command?: string[]
  at?: Date
}

/** The result for one URL. A rejected URL also has a hook if its signature is valid. */
interface VerifyResult {
  readonly hook: Hook | undefined
  readonly error: HookurlError | undefined
  /** The services whose URL contains this one, outermost first. */
  readonly wrappedBy: readonly string[] | undefined
  /** The restrictions of the hook that were not checked; `undefined` if there is none. */
  readonly notChecked: readonly IgnoredCheck[] | undefined
}

interface Context {
  readonly verify: (text: string) => Promise<VerifyResult>
  readonly now: () => number
  readonly settings: Settings
  readonly output: Output
}

const examples = [
  'hookurl verify https://bot.example.com/hooks/eyJ…',
  'hookurl verify --command /onWebhook --at 2030-01-01 eyJ…',
  'hookurl verify - < urls.txt',
]

// What only a receiver sees.
const uncheckable: readonly IgnoredCheck[] = ['uses', 'user', 'signature']

export function define(command: Command, output: Output): void {
  command
    .argument('[url|token|-]', 'URL or token to verify; - reads many from stdin, one per line')
    .option('--command <name>', 'accept only this command (repeatable)', collect)
    .option('--at <time>', 'verify as of this time: 2030-01-01T00:00:00Z, +30d, -1h', (text) =>
      parseTimestamp(text, '--at'),
    )
    .addHelpText(
      'after',
      '\nReads the URL inside Outlook Safe Links and other wrappers, which receivers do not. With several\n' +
        'URLs, the first rejected one determines the exit code. Uses, users and signed requests are not\nchecked, nor is a state without --state; what was not checked is printed.',
    )
    .action(async (argument: string | undefined, flags: VerifyFlags) => {
      const input = resolveInput(argument, output)
      const context = await createContext(flags, output)
      process.exitCode = input === '-' ? await verifyLines(context) : await verifyOne(input, context)
    })
  for (const option of createStateOptions('current state, to compare')) command.addOption(option)
  addKeyFlags(command)
  addHelp(command, examples)
}

async function createContext({ at, command, ...flags }: VerifyFlags, output: Output): Promise<Context> {
  const current = await readState(flags)
  const settings = await loadSettings(flags, output)
  const now = at === undefined ? Date.now : () => at.getTime()
  const { keys, purpose } = settings
  const comparesState = 'state' in current
  const verifier = createVerifier({ keys, purpose, now, ...(comparesState && { state: () => current.state }) })
  const ignore: readonly IgnoredCheck[] = comparesState ? uncheckable : [...uncheckable, 'state']
  const readContent = createContentReader(settings)
  const withLiterals = async (hook: Hook, text: string): Promise<Hook> => ({
    ...hook,
    content: await readContent(text),
  })
  const verify = async (text: string): Promise<VerifyResult> => {
    const { url, wrappedBy } = unwrapUrl(text)
    try {
      const hook = await verifier.verify(url, { command, ignore })
      const notChecked = findNotChecked(hook, ignore)
      return { hook: await withLiterals(hook, url), error: undefined, wrappedBy, notChecked }
    } catch (error) {
      if (!isHookurlError(error) || error.status === undefined) throw error
      const hook = error.hook && (await withLiterals(error.hook, url))
      return { hook, error, wrappedBy, notChecked: undefined }
    }
  }
  return { verify, now, settings, output }
}

function findNotChecked(hook: Hook, ignored: readonly IgnoredCheck[]): readonly IgnoredCheck[] | undefined {
  const restrictions: Readonly<Record<IgnoredCheck, unknown>> = {
    uses: hook.maxUses,
    user: hook.requiresUser,
    signature: hook.requiresSignature,
    state: hook.isStateBound,
  }
  const notChecked = ignored.filter((check) => restrictions[check] !== undefined)
  return notChecked.length === 0 ? undefined : notChecked
}

async function verifyOne(input: string, { verify, now, settings, output }: Context): Promise<number> {
  const result = await verify(input)
  const { hook, error, wrappedBy, notChecked } = result
  if (notChecked !== undefined) output.note(`Not checked here, but by the receiver: ${notChecked.join(', ')}.`)
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

async function verifyLines({ verify, now, output }: Context): Promise<number> {
  let count = 0
  let exit: number = exitCodes.ok.exit
  for await (const { line, number } of readLines('verify -')) {
    const verified = await verify(line)
    const { hook, error, wrappedBy, notChecked } = verified
    count++
    exit ||= error?.exit ?? exitCodes.ok.exit
    if (output.json) {
      output.print(toJson({ line: number, ...toRecord(verified) }))
      continue
    }
    const result = error === undefined ? output.colorize('green', 'valid') : formatRejection(error, output).join('  ')
    const claims = hook === undefined ? [] : [summarizeClaims(getHookClaims(hook), now())]
    const wrappers = wrappedBy === undefined ? [] : [`wrapped by ${wrappedBy.join(', ')}`]
    const unchecked = notChecked === undefined ? [] : [`not checked: ${notChecked.join(', ')}`]
    output.print([result, ...claims, ...wrappers, ...unchecked].join('  '))
  }
  if (count === 0) throw new HookurlError('no_token', { message: 'stdin is empty', fix: 'Write one URL per line.' })
  return exit
}

function formatRejection(error: HookurlError, { colorize }: Output): [reason: string, fix: string] {
  const { code, message, fix } = toErrorReport(error, 'verify')
  return [`${colorize('red', code)}: ${message}`, `${colorize('dim', 'fix')}: ${fix}`]
}

function toRecord({ hook, error, wrappedBy, notChecked }: VerifyResult): object {
  if (error === undefined) return { valid: true, wrappedBy, notChecked, hook }
  const { code, message, fix } = toErrorReport(error, 'verify')
  return { valid: false, wrappedBy, error: { code, message, fix }, hook }
}
