import { HookurlError, isHookurlError } from '@hookurl/core'
import type { ReceivedHook } from '@hookurl/verify'
import type { Wait, Waiter } from '@hookurl/verify/wait'
import type { Command } from 'commander'
import { formatAddress, isLoopback } from '../http/server.ts'
import { createFileSink, writeAtomicFile } from '../io/atomic-file.ts'
import { signalExitCodes } from '../io/exit-codes.ts'
import { addHelp } from '../io/flags.ts'
import { exitOnStdoutError, type Output } from '../io/output.ts'
import { writeAllToStdout } from '../io/stdout.ts'
import { loadSettings, type Settings } from '../keys/load.ts'
import { formatLogLines, type RequestLogEntry, toRedactedRecord } from '../listen/request-log.ts'
import { noteStringContent } from '../mint/flags.ts'
import { type ChildProgram, type ProgramEnding, startProgram } from '../wait/child-program.ts'
import { addWaitFlags, assertWaitFlags, toOpenOptions, type WaitFlags } from '../wait/flags.ts'
import { formatCallback, formatPayload } from '../wait/format-payload.ts'
import { startWaitReceiver, type WaitReceiver } from '../wait/receiver.ts'

type StopSignal = keyof typeof signalExitCodes

const examples = [
  'hookurl wait --command /onResult -- sh -c \'start-job "$HOOKURL_URL"\'',
  'hookurl wait --command /onResult --base-url https://tunnel.example.com/waits \\',
  '  -- ./start-job',
  'hookurl wait --command /onResult --expires-in 10m --require-signature -- ./job',
  'hookurl wait --command /onResult | jq .status',
  'hookurl wait --command /onResult --url-file url.txt > result.json &',
]
const notes = `Mints a URL that works once, and prints what its caller sends on stdout: JSON, and the fields of a form as
JSON, on one line; text and binary data as received. With --json, prints an object with the payload, query and headers.

With a program, the URL is in its variable HOOKURL_URL; with --require-signature, its signing secret is in
HOOKURL_SIGNING_SECRET. Its environment contains no other HOOKURL_* variables. Its output goes to stderr. Without a
program, the URL is printed on stderr.

If the program fails before the URL is called, the wait ends with its exit code: 127 if it was not found, 126 if it
cannot be started, 128 plus the number of the signal that killed it. If it ends with 0, the wait continues. If it is
still running after the call, the command waits for it, and exits with 0 regardless of its exit code. When the URL expires,
and with Ctrl-C, it is stopped, with the programs that it has started.

The caller gets a 2xx status once the payload is written to stdout. The exit code is 4 if the URL expires.`
// The longest delay of a timer.
const MAX_DELAY_MS = 2_147_483_647

export function define(command: Command, output: Output): void {
  command
    .argument('[program...]', 'after --: a program that gets the URL, and its arguments')
    .addHelpText('after', `\n${notes}`)
    .action(async (program: readonly string[], flags: WaitFlags) => {
      process.exitCode = await run(program, flags, output)
    })
  addWaitFlags(command)
  addHelp(command, examples)
}

async function run(words: readonly string[], flags: WaitFlags, output: Output): Promise<number> {
  assertWaitFlags(flags, words.length > 0)
  const options = await toOpenOptions(flags)
  const settings = await loadSettings(flags, output)
  const stopping = new AbortController()
  let wait: Wait | undefined
  let child: ChildProgram | undefined

  async function onDelivery(hook: ReceivedHook): Promise<void> {
    const received = output.json ? await wait?.received : undefined
    const isTerminal = process.stdout.isTTY === true
    const text = received === undefined ? formatPayload(hook, isTerminal) : formatCallback(hook, received)
    try {
      await writeAllToStdout(await text)
    } catch (error) {
      // Its caller gets no response, and delivers again.
      exitOnStdoutError(error, output)
    }
  }

  function printEntry(entry: RequestLogEntry): void {
    if (output.json) output.data(toRedactedRecord(entry) as object)
    else formatLogLines(entry, output, { verbose: flags.verbose === true }).forEach(output.note)
  }

  const receiver = await startWaitReceiver({ flags, settings, output, onDelivery, printEntry })
  const interruption = listenForSignals((signal) => {
    stopping.abort(signal)
    void child?.stop(signal)
  })
  let failure: ProgramEnding | undefined
  try {
    wait = await receiver.waiter.open({ ...options, signal: stopping.signal })
    const secret = await getSigningSecret(wait.url, flags, receiver.waiter)
    await announce({ words, flags, settings, receiver, wait, secret }, output)
    noteStringContent(flags, options.content, output)
    if (words.length > 0) child = startProgram(words, getVariables(wait.url, secret))
    void child?.ended.then((ending) => {
      if (ending.exit !== 0) stopping.abort(ending)
    })
    await wait.received
    await waitForProgram(child, wait.expiresAt, output)
  } catch (error) {
    if (error !== stopping.signal.reason) throw explainExpiry(error)
    if (interruption.signal === undefined) failure = error as ProgramEnding
  } finally {
    await child?.stop(interruption.signal ?? 'SIGTERM')
    await receiver.stop()
    interruption.stopListening()
  }
  if (interruption.signal !== undefined) return signalExitCodes[interruption.signal]
  return failure === undefined ? 0 : reportProgram(failure, output)
}

/** The signal that ends the command. */
interface Interruption {
  signal: StopSignal | undefined
  stopListening(): void
}

function listenForSignals(onSignal: (signal: StopSignal) => void): Interruption {
  const listeners = (Object.keys(signalExitCodes) as StopSignal[]).map((name) => {
    const listener = (): void => {
      // The second signal exits at once, which also kills the program.
      if (interruption.signal !== undefined) process.exit(signalExitCodes[name])
      interruption.signal = name
      onSignal(name)
    }
    process.on(name, listener)
    return { name, listener }
  })
  const interruption: Interruption = {
    signal: undefined,
    stopListening: () => {
      for (const { name, listener } of listeners) process.off(name, listener)
    },
  }
  return interruption
}

async function getSigningSecret(url: string, flags: WaitFlags, waiter: Waiter): Promise<string | undefined> {
  if (flags.requireSignature !== true) return undefined
  return waiter.signingSecret(url, flags.encoding === undefined ? {} : { encoding: flags.encoding })
}

function getVariables(url: string, secret: string | undefined): Record<string, string> {
  return { HOOKURL_URL: url, ...(secret === undefined ? {} : { HOOKURL_SIGNING_SECRET: secret }) }
}

interface Started {
  readonly words: readonly string[]
  readonly flags: WaitFlags
  readonly settings: Settings
  readonly receiver: WaitReceiver
  readonly wait: Wait
  readonly secret: string | undefined
}

async function announce({ words, flags, settings, receiver, wait, secret }: Started, output: Output): Promise<void> {
  const { host, urlFile } = flags
  const listening = formatAddress(host, receiver.server.port)
  const isPrinted = words.length === 0 && urlFile === undefined
  if (urlFile !== undefined) await writeAtomicFile(await createFileSink(urlFile, '--url-file'), `${wait.url}\n`)
  const shownSecret = words.length === 0 ? secret : undefined
  const expiresAt = wait.expiresAt.toISOString().replace('.000Z', 'Z')
  output.flushNotes()
  if (output.json) {
    output.data({ listening, url: isPrinted ? wait.url : undefined, signingSecret: shownSecret, expiresAt })
  } else {
    if (isPrinted) output.note(wait.url)
    if (shownSecret !== undefined) output.note(`Signing secret: ${shownSecret}`)
    output.note(`Waiting on ${listening} until ${expiresAt}. Press Ctrl-C to stop.`)
  }
  if (settings.baseUrl === undefined && isLoopback(host)) {
    output.note(
      'Only this machine can call the URL. For others, pass --base-url: a public URL that reaches this address.',
    )
  }
  if (!isLoopback(host)) output.note('Warning: other machines can reach this address.')
}

/** Waits for the end of a program that is still running, at most until the URL expires. */
async function waitForProgram(child: ChildProgram | undefined, expiresAt: Date, output: Output): Promise<void> {
  if (child === undefined) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const delay = Math.min(MAX_DELAY_MS, Math.max(0, expiresAt.getTime() - Date.now()))
  const expired = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), delay)
  })
  const ending = await Promise.race([child.ended, expired])
  clearTimeout(timer)
  if (ending === undefined) output.note('The URL has expired, and the program is still running: it is stopped.')
  else if (ending.exit !== 0) output.note(`The program ${ending.description}, after the URL was called.`)
}

function reportProgram({ exit, description, isStarted }: ProgramEnding, output: Output): number {
  output.error({
    code: 'program_failed',
    message: isStarted ? `the program ${description} before the URL was called` : `the program ${description}`,
    fix: isStarted
      ? "Fix the program, or ignore its exit code: sh -c 'PROGRAM || true'."
      : 'Check its name. The program follows --, as in: hookurl wait --command /onResult -- ./start-job.',
    exit,
  })
  return exit
}

function explainExpiry(error: unknown): unknown {
  if (!isHookurlError(error) || error.code !== 'expired') return error
  const { code, message } = error
  return new HookurlError(code, { message, fix: 'Wait again, with a longer --expires-in.', cause: error })
}
