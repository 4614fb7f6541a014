import { invalidOption } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { parseHttpUrl } from '../http/client.ts'
import { parseInteger, parseMilliseconds } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import type { HookSink } from './hook-sink.ts'

/** The flags that determine what happens to a verified hook. */
export interface SinkFlags {
  forward?: URL
  forwardTimeout: number
  exec?: string
  execTimeout: number
  concurrency: number
}

const notes = `--forward sends the request with its method, body, headers and query parameters, and adds the header
hookurl-hook: the hook as base64url JSON, at most 4096 characters. Incoming headers with similar
names are removed, so the application can trust the header if only listen can reach the
application. Also removed are headers that choose a path, method or proxy, and parameters that the
URL of --forward sets itself.

--exec passes the hook to the program as JSON on stdin, with payload, query, method, headers and
rawBody, the bytes of the body in base64. The program's output is the response body: JSON if it
parses as JSON, otherwise text. Exit code 0 becomes status 200; any other code, 500. Without output,
the default response is sent. The program's environment contains no HOOKURL_* variables.

A URL with maxUses can be used again if the application responds with 500 or more, or the program
fails, while the caller is still connected; or if nothing ran, because there was no connection or
the program did not start. Everything else counts as a use, including 4xx, a timeout and a response
that is cut off.`

/** The flags of the inspector that other code does not need. */
export interface InspectorFlags {
  inspectorHost?: string
  inspectorSecretFile?: string
}

export function addInspectorFlags(command: Command): Command {
  return command
    .option('--inspector-host <host>', 'address of the inspector, such as 0.0.0.0 in a container (default: 127.0.0.1)')
    .option(
      '--inspector-secret-file <file>',
      'keep the secret of the inspector in this file, so that an open page reconnects after a restart',
    )
}

export function addSinkFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--forward <url>', 'forward each valid hook to an application')
        .argParser((text: string) => parseHttpUrl(text, '--forward'))
        .conflicts('exec'),
    )
    .addOption(
      new Option('--forward-timeout <duration>', 'how long to wait for the application')
        .argParser((text: string) => parseMilliseconds(text, '--forward-timeout'))
        .default(30_000, '30s'),
    )
    .option('--exec <command>', 'run a shell command for each valid hook')
    .addOption(
      new Option('--exec-timeout <duration>', 'kill the program after this time')
        .argParser((text: string) => parseMilliseconds(text, '--exec-timeout'))
        .default(30_000, '30s'),
    )
    .option('--concurrency <n>', 'maximum number of programs that run at once', (text) => parseConcurrency(text), 4)
    .addHelpText('after', `\n${notes}`)
}

const dependentFlags = [
  ['execTimeout', '--exec-timeout', 'exec'],
  ['concurrency', '--concurrency', 'exec'],
  ['forwardTimeout', '--forward-timeout', 'forward'],
] as const

/**
 * Rejects flags that have no effect without another one.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function assertSinkFlags(command: Command): void {
  for (const [name, flag, required] of dependentFlags) {
    if (command.getOptionValueSource(name) !== 'cli' || command.opts()[required] !== undefined) continue
    throw invalidOption(`${flag} requires --${required}`, `Pass --${required}, or remove ${flag}.`)
  }
}

/** Creates the sink for `--forward` or `--exec`. Returns `undefined` without either. */
export async function createHookSink(flags: SinkFlags, output: Output): Promise<HookSink | undefined> {
  const { forward, forwardTimeout, exec, execTimeout, concurrency } = flags
  if (forward !== undefined) {
    const { createForwardSink } = await import('./forward.ts')
    return createForwardSink({ url: forward, timeoutMs: forwardTimeout }, output)
  }
  if (exec === undefined) return undefined
  const { createExecSink } = await import('./exec.ts')
  return createExecSink({ command: exec, concurrency, timeoutMs: execTimeout }, output)
}

function parseConcurrency(text: string): number {
  const count = parseInteger(text, '--concurrency')
  if (count >= 1) return count
  throw invalidOption('--concurrency must be at least 1', 'Pass the number of programs that may run at once.')
}
