import { type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import type { Command } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, collect } from '../io/flags.ts'
import { describeClaims, formatColumns, summarizeClaims, formatKey, getHookClaims } from '../io/format-claims.ts'
import { readLines, resolveInput } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { parseTimestamp } from '../io/parse-timestamp.ts'
import { toErrorReport } from '../io/report-error.ts'
import { type KeyFlags, loadSettings, type Settings } from '../keys/load.ts'

interface VerifyFlags extends KeyFlags {
  command?: string[]
  at?: Date
}

/** What is said of one URL; of one that is refused, the hook too where the signature held. */
interface Verdict {
  readonly hook: Hook | undefined
  readonly error: HookurlError | undefined
}

interface Run {
  readonly judge: (text: string) => Promise<Verdict>
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
    .argument('[url|token|-]', 'what to verify; - reads many from stdin, one a line')
    .option('--command <name>', 'refuse it unless it was minted for this command (repeatable)', collect)
    .option('--at <time>', 'judge as of this moment: 2030-01-01T00:00:00Z, +30d, -1h', (text) =>
      parseTimestamp(text, '--at'),
    )
    .addHelpText('after', '\nOf many, the first one that is refused decides the exit code. Uses are not counted.')
    .action(async (argument: string | undefined, flags: VerifyFlags) => {
      const subject = resolveInput(argument, output)
      const run = await prepare(flags, output)
      process.exitCode = subject === '-' ? await verifyMany(run) : await verifyOne(subject, run)
    })
  addKeyFlags(command)
  addHelp(command, examples)
}

async function prepare({ at, command, ...flags }: VerifyFlags, output: Output): Promise<Run> {
  const settings = await loadSettings(flags, output)
  const now = at === undefined ? Date.now : () => at.getTime()
  const verifier = createVerifier({ keys: settings.keys, purpose: settings.purpose, now })
  const judge = async (text: string): Promise<Verdict> => {
    try {
      return { hook: await verifier.verify(text, { command, ignore: ['uses'] }), error: undefined }
    } catch (error) {
      if (!isHookurlError(error) || error.status === undefined) throw error
      return { hook: error.hook, error }
    }
  }
  return { judge, now, settings, output }
}

async function verifyOne(subject: string, { judge, now, settings, output }: Run): Promise<number> {
  const { hook, error } = await judge(subject)
  if (hook?.uses !== undefined) output.note('Its uses are counted by the receiver, not here.')
  if (output.json) output.print(toJson(toRecord({ hook, error })))
  else {
    output.print(error === undefined ? output.colorize('green', 'valid') : refusal(error, output).join('\n'))
    if (hook !== undefined) {
      const rows = [
        ...describeClaims(getHookClaims(hook), now()),
        ['key', formatKey(hook.key, settings.parsedKeys.length)] as const,
      ]
      formatColumns(rows).forEach(output.print)
    }
  }
  return error?.exit ?? 0
}

async function verifyMany({ judge, now, output }: Run): Promise<number> {
  let count = 0
  let exit = 0
  for await (const { line, number } of readLines('verify -')) {
    const { hook, error } = await judge(line)
    count++
    exit ||= error?.exit ?? 0
    if (output.json) {
      output.print(toJson({ line: number, ...toRecord({ hook, error }) }))
      continue
    }
    const verdict = error === undefined ? output.colorize('green', 'valid') : refusal(error, output).join('  ')
    output.print(hook === undefined ? verdict : `${verdict}  ${summarizeClaims(getHookClaims(hook), now())}`)
  }
  if (count === 0) throw new HookurlError('no_token', { message: 'stdin is empty', fix: 'Give one URL a line.' })
  return exit
}

function refusal(error: HookurlError, { colorize }: Output): [string, string] {
  const { code, message, fix } = toErrorReport(error, 'verify')
  return [`${colorize('red', code)}: ${message}`, `${colorize('dim', 'fix')}: ${fix}`]
}

function toRecord({ hook, error }: Verdict): object {
  if (error === undefined) return { valid: true, hook }
  const { code, message, fix } = toErrorReport(error, 'verify')
  return { valid: false, error: { code, message, fix }, hook }
}
