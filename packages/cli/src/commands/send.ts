import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { redact } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { call, type HeaderList, listHeaders, tellReason, toAddress } from '../http/client.ts'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { addHelp, collect, parseMilliseconds, parseInteger } from '../io/flags.ts'
import { readBytes, readStdin, resolveInput } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { parseHeader, type Sending, toSending } from '../send/build-request.ts'
import { services } from '../send/services.ts'

interface SendFlags {
  method?: string
  data?: string
  header?: string[]
  as?: string
  handshake?: true
  browser?: true
  repeat: number
  timeout: number
  verbose?: true
}

/** What came back. */
interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: HeaderList
  readonly body: Buffer
  readonly durationMs: number
}

const examples = [
  'hookurl send https://bot.example.com/hooks/eyJ…',
  'hookurl send --data \'{"order":7}\' -v "$(hookurl mint --command /onWebhook)"',
  'hookurl send --as slack --handshake https://bot.example.com/hooks/eyJ…',
  'hookurl send --browser https://bot.example.com/hooks/eyJ…                # opens the link',
  'hookurl send --browser --method POST https://bot.example.com/hooks/eyJ…  # presses its button',
]
const notes = `The body of the answer is printed on stdout, its status on stderr. No redirect is followed. The exit
code is 0 for 2xx, with --browser for 3xx too, and 7 for everything else, also where a handshake's
value does not come back. Of several, the first one that is not well decides.`

export function define(command: Command, output: Output): void {
  command
    .argument('[url|-]', 'what to call; - reads it from stdin')
    .option('--method <name>', 'the method (default: POST, or GET with --browser)', toMethod)
    .option('--data <text>', 'the body: a text, @file, or - for stdin, byte for byte')
    .option('--header <header>', "a header, such as 'X-Event: opened' (repeatable)", collect)
    .addOption(new Option('--as <service>', 'send what this service sends').choices(Object.keys(services)))
    .option('--handshake', 'with --as, what the service tests a URL with')
    .addOption(new Option('--browser', 'call it as a browser that goes there').conflicts('as'))
    .addOption(
      new Option('--repeat <n>', 'send the same so often, one after the other')
        .argParser((text: string) => toCount(text))
        .default(1),
    )
    .addOption(
      new Option('--timeout <duration>', 'how long one answer may take, to its end')
        .argParser((text: string) => parseMilliseconds(text, '--timeout'))
        .default(30_000, '30s'),
    )
    .option('-v, --verbose', 'show the headers of both sides too, on stderr')
    .addHelpText('after', `\n${notes}`)
    .action(async (argument: string | undefined, flags: SendFlags) => {
      process.exitCode = await send(resolveInput(argument, output), flags, output)
    })
  addHelp(command, examples)
}

async function send(subject: string, flags: SendFlags, output: Output): Promise<number> {
  const target = toAddress(subject === '-' ? (await readStdin('the URL')).trim() : subject, 'the URL')
  const sending = toSending(target, {
    method: flags.method,
    data: flags.data === undefined ? undefined : await readBytes(flags.data, '--data'),
    headers: (flags.header ?? []).map(parseHeader),
    service: flags.as,
    handshake: flags.handshake === true,
    browser: flags.browser === true,
  })
  let exit = 0
  for (let count = 0; count < flags.repeat; count++) {
    const reply = await exchange(sending, flags.timeout)
    if (typeof reply === 'string') return fail(reply, target, output)
    if (flags.verbose === true && !output.json) tellHeaders(sending, reply, output)
    const verdict = judge(reply, { sending, output, isBrowser: flags.browser === true })
    exit ||= verdict
    await show(reply, output)
  }
  return exit
}

async function exchange(sending: Sending, timeoutMs: number): Promise<Reply | string> {
  const start = performance.now()
  const signal = AbortSignal.timeout(timeoutMs)
  const late = `there was no answer within ${timeoutMs / 1000} s`
  const called = await call(sending.url, { ...sending, signal })
  if (!called.ok) return called.isLate ? late : `it cannot be reached (${called.reason})`
  try {
    return toReply(called.response, { body: await buffer(called.response), durationMs: performance.now() - start })
  } catch (error) {
    return signal.aborted ? late : `its answer was cut off (${tellReason(error)})`
  }
}

function toReply(response: IncomingMessage, { body, durationMs }: Pick<Reply, 'body' | 'durationMs'>): Reply {
  const { statusCode = 0, statusMessage = '' } = response
  return { status: statusCode, text: statusMessage, headers: listHeaders(response), body, durationMs }
}

// The host alone: what follows it is a secret.
function fail(reason: string, { origin }: URL, output: Output): number {
  output.error({
    code: 'unreachable',
    message: `${origin}: ${escapeControlChars(reason)}`,
    fix: 'Check that the address is right and the receiver runs; --timeout waits longer.',
    exit: 7,
  })
  return 7
}

interface Judging {
  readonly sending: Sending
  readonly output: Output
  readonly isBrowser: boolean
}

function judge(reply: Reply, { sending: { echo }, output, isBrowser }: Judging): number {
  const { status, text, durationMs } = reply
  const isGood = status >= 200 && status < (isBrowser ? 400 : 300)
  const isEchoed = echo === undefined || holds(reply, echo)
  if (!output.json) {
    const location = find(reply.headers, 'location')
    const parts = [
      output.colorizeNote(isGood ? 'green' : 'red', escapeControlChars(`${status} ${text}`.trim())),
      ...(location === undefined ? [] : [`to ${escapeControlChars(redact(location))}`]),
      output.colorizeNote('dim', `${durationMs.toFixed(1)} ms`),
    ]
    output.note(parts.join('  '))
  }
  if (isGood && !isEchoed) output.note('The answer does not hold the value that the service wants back.')
  return isGood && isEchoed ? 0 : 7
}

function holds({ headers, body }: Reply, echo: string): boolean {
  return body.toString('utf8').includes(echo) || headers.some(([, value]) => value === echo)
}

function tellHeaders({ method, url, headers }: Sending, reply: Reply, output: Output): void {
  output.note(`> ${method} ${escapeControlChars(redact(url.pathname + url.search))}`)
  for (const [name, value] of headers) output.note(`> ${name}: ${escapeControlChars(redact(value))}`)
  for (const [name, value] of reply.headers) output.note(`< ${name}: ${escapeControlChars(redact(value))}`)
}

async function show(reply: Reply, output: Output): Promise<void> {
  const { status, headers, body, durationMs } = reply
  if (output.json) {
    const shown = isUtf8(body) ? body.toString('utf8') : { base64: body.toString('base64') }
    output.print(toJson({ status, headers, body: shown, durationMs: Number(durationMs.toFixed(3)) }))
    return
  }
  if (body.byteLength === 0) return
  if (!process.stdout.isTTY) await new Promise<void>((resolve) => process.stdout.write(body, () => resolve()))
  else if (isUtf8(body)) body.toString('utf8').trimEnd().split(/\r?\n/).map(escapeControlChars).forEach(output.print)
  else output.note(`The body is binary, ${body.byteLength} bytes: redirect stdout to keep it.`)
}

function find(headers: HeaderList, name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1]
}

function toMethod(text: string): string {
  if (/^[A-Za-z-]{1,32}$/.test(text) && text.toUpperCase() !== 'CONNECT') return text.toUpperCase()
  throw invalidOption('--method is not a method that can be sent', 'Write GET, POST, HEAD, OPTIONS, PUT or another.')
}

function toCount(text: string): number {
  const count = parseInteger(text, '--repeat')
  if (count >= 1) return count
  throw invalidOption('--repeat must be at least 1', 'Write how often to send it.')
}
