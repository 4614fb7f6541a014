import { type Hook, HookurlError, isHookurlError } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import type { Command } from 'commander'
import { toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags, collect } from '../io/flags.ts'
import { describeClaims, layOut, summarizeClaims, tellKey, toClaims } from '../io/format-claims.ts'
import { readLines, toSubject } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { parseMoment } from '../io/parse-timestamp.ts'
import { report } from '../io/report-error.ts'
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
      parseMoment(text, '--at'),
    )
    .addHelpText('after', '\nOf many, the first one that is refused decides the exit code. Uses are not counted.')
    .action(async (argument: string | undefined, flags: VerifyFlags) => {
      const subject = toSubject(argument, output)
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
  if (output.json) output.answer(toJson(toRecord({ hook, error })))
  else {
    output.answer(error === undefined ? output.paint('green', 'valid') : refusal(error, output).join('\n'))
    if (hook !== undefined) {
      const rows = [
        ...describeClaims(toClaims(hook), now()),
        ['key', tellKey(hook.key, settings.parsed.length)] as const,
      ]
      layOut(rows).forEach(output.answer)
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
      output.answer(toJson({ line: number, ...toRecord({ hook, error }) }))
      continue
    }
    const verdict = error === undefined ? output.paint('green', 'valid') : refusal(error, output).join('  ')
    output.answer(hook === undefined ? verdict : `${verdict}  ${summarizeClaims(toClaims(hook), now())}`)
  }
  if (count === 0) throw new HookurlError('no_token', { message: 'stdin is empty', fix: 'Give one URL a line.' })
  return exit
}

function refusal(error: HookurlError, { paint }: Output): [string, string] {
  const { code, message, fix } = report(error, 'verify')
  return [`${paint('red', code)}: ${message}`, `${paint('dim', 'fix')}: ${fix}`]
}

function toRecord({ hook, error }: Verdict): object {
  if (error === undefined) return { valid: true, hook }
  const { code, message, fix } = report(error, 'verify')
  return { valid: false, error: { code, message, fix }, hook }
}
