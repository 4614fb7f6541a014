import type { Command } from 'commander'
import { type Check, runChecks } from '../doctor/checks.ts'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { addHelp, addKeyFlags } from '../io/flags.ts'
import type { Output, Style } from '../io/output.ts'
import { defaultBaseUrl, type KeyFlags } from '../keys/load.ts'

interface DoctorFlags extends KeyFlags {
  probe?: true
}

const examples = ['hookurl doctor', 'hookurl doctor --probe --base-url https://bot.example.com/hooks']

const styles: Readonly<Record<Check['state'], Style>> = { ok: 'green', warning: 'yellow', wrong: 'red' }

export function define(command: Command, output: Output): void {
  command
    .option('--base-url <url>', `where URLs point to (or HOOKURL_BASE_URL; default: ${defaultBaseUrl})`)
    .option('--probe', 'call the base URL with HEAD, and compare the clocks')
    .addHelpText('after', '\nExit 0, or 1 if anything is wrong; a warning is not. Nothing is made or changed.')
    .action((flags: DoctorFlags) => examine(flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function examine(flags: DoctorFlags, output: Output): Promise<void> {
  const checks = await runChecks(flags, output)
  const isWell = checks.every(({ state }) => state !== 'wrong')
  if (output.json) output.print(toJson({ ok: isWell, checks }))
  else for (const check of checks) tell(check, output)
  process.exitCode = isWell ? 0 : 1
}

function tell({ check, state, message, fix }: Check, { print, colorize }: Output): void {
  print(`${colorize(styles[state], state.padEnd(8))} ${check.padEnd(10)} ${escapeControlChars(message)}`)
  if (fix !== undefined) print(`${' '.repeat(20)}${colorize('dim', 'fix')}: ${escapeControlChars(fix)}`)
}
