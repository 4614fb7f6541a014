import { invalidOption } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { toAddress } from '../http/client.ts'
import { parseMilliseconds, parseInteger } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import type { Deliver } from './hook-sink.ts'

/** The flags that say to whom a good hook is passed on. */
export interface DeliveryFlags {
  forward?: URL
  forwardTimeout: number
  exec?: string
  execTimeout: number
  concurrency: number
}

const notes = `--forward sends method, bytes, headers and other parameters as they came, and adds the header
hookurl-hook: the hook as base64url JSON, at most 4096 characters. No header of a caller can pass
for it, so the application may trust it, as long as it can be reached through listen alone.

--exec gives the hook to the command as JSON on stdin, with payload, query, method and headers.
What it prints is the answer, as JSON if it is, else as text; exit 0 is 200, any other 500. If it
prints nothing, the answer is the usual one. It has no HOOKURL_* in its environment.`

export function addDeliveryFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--forward <url>', 'pass each good hook on to an application')
        .argParser((text: string) => toAddress(text, '--forward'))
        .conflicts('exec'),
    )
    .addOption(
      new Option('--forward-timeout <duration>', 'how long the application may be silent')
        .argParser((text: string) => parseMilliseconds(text, '--forward-timeout'))
        .default(30_000, '30s'),
    )
    .option('--exec <command>', 'run a shell command for each good hook')
    .addOption(
      new Option('--exec-timeout <duration>', 'how long the command may take before it is killed')
        .argParser((text: string) => parseMilliseconds(text, '--exec-timeout'))
        .default(30_000, '30s'),
    )
    .option('--concurrency <n>', 'how many commands run at once; other hooks wait', (text) => toConcurrency(text), 4)
    .addHelpText('after', `\n${notes}`)
}

/** What passes hooks on; undefined where nothing is to. */
export async function toDeliver(flags: DeliveryFlags, output: Output): Promise<Deliver | undefined> {
  const { forward, forwardTimeout, exec, execTimeout, concurrency } = flags
  if (forward !== undefined) {
    const { createForward } = await import('./forward.ts')
    return createForward({ to: forward, timeoutMs: forwardTimeout }, output)
  }
  if (exec === undefined) return undefined
  const { createExec } = await import('./exec.ts')
  return createExec({ command: exec, concurrency, timeoutMs: execTimeout }, output)
}

function toConcurrency(text: string): number {
  const count = parseInteger(text, '--concurrency')
  if (count >= 1) return count
  throw invalidOption('--concurrency must be at least 1', 'Write how many commands may run at once.')
}
