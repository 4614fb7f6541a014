import type { Command } from 'commander'
import { type Check, type DoctorFlags, runChecks } from '../doctor/checks.ts'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import { addHelp, addKeyFlags, allowInsecureHelp } from '../io/flags.ts'
import type { Output, Style } from '../io/output.ts'
import { nameProgram } from '../io/program-name.ts'
import { defaultBaseUrl } from '../keys/load.ts'

const examples = ['hookurl doctor', 'hookurl doctor --probe --base-url https://bot.example.com/hooks']

const styles: Readonly<Record<Check['state'], Style>> = { ok: 'green', warning: 'yellow', error: 'red' }

export function define(command: Command, output: Output): void {
  command
    .option('--base-url <url>', `where URLs point (or HOOKURL_BASE_URL; default: ${defaultBaseUrl})`)
    .option('--allow-insecure', allowInsecureHelp)
    .option('--probe', 'send a HEAD request to the base URL and compare the clocks')
    .addHelpText('after', '\nExits with 1 if there is an error, otherwise 0. Nothing is created or changed.')
    .action((flags: DoctorFlags) => diagnose(flags, output))
  addKeyFlags(command)
  addHelp(command, examples)
}

async function diagnose(flags: DoctorFlags, output: Output): Promise<void> {
  const checks = (await runChecks(flags, output)).map(nameProgramInFix)
  const ok = checks.every(({ state }) => state !== 'error')
  if (output.json) output.print(toJson({ ok, checks }))
  else for (const check of checks) printCheck(check, output)
  process.exitCode = ok ? exitCodes.ok.exit : exitCodes.unexpected.exit
}

function nameProgramInFix({ fix, ...check }: Check): Check {
  return fix === undefined ? check : { ...check, fix: nameProgram(fix) }
}

function printCheck({ check, state, message, fix }: Check, { print, colorize }: Output): void {
  print(`${colorize(styles[state], state.padEnd(8))} ${check.padEnd(10)} ${escapeControlChars(message)}`)
  if (fix !== undefined) print(`${' '.repeat(20)}${colorize('dim', 'fix')}: ${escapeControlChars(fix)}`)
}
