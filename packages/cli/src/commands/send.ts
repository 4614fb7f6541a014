import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { redact } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { type Command, Option } from 'commander'
import { getErrorReason, type HeaderList, listHeaders, parseHttpUrl, sendRequest } from '../http/client.ts'
import { escapeControlChars, toJson } from '../io/escape.ts'
import { exitCodes } from '../io/exit-codes.ts'
import { addHelp, addKeyFlags, collect, parseInteger, parseMilliseconds } from '../io/flags.ts'
import { readBytes, readStdin, readValue, resolveInput } from '../io/input.ts'
import type { Output } from '../io/output.ts'
import { stdoutSink } from '../io/stdout.ts'
import { buildRequest, parseHeader, type TestRequest } from '../send/build-request.ts'
import { services } from '../send/services.ts'
import { resolveSignFlag, type SignFlags, signHelp, signRequest } from '../send/sign-request.ts'
import { signatures } from '../send/signatures.ts'

interface SendFlags extends SignFlags {
  method?: string
  data?: string
  header?: string[]
  as?: string
  handshake?: true
  event?: string
  secret?: string
  secretFile?: string
  browser?: true
  repeat: number
  timeout: number
  verbose?: true
}

interface ReadResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: HeaderList
  readonly body: Buffer
  readonly durationMs: number
}

/** What is required of a response for exit code 0. */
interface Expectation {
  readonly maxStatus: number
  /** The string that the headers or the body must contain, or its format. */
  readonly echo: string | RegExp | undefined
}

const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-gitlab-token',
  'x-telegram-bot-api-secret-token',
])

const examples = [
  'hookurl send https://bot.example.com/hooks/eyJ…',
  'hookurl send --data \'{"order":7}\' -v "$(hookurl mint --command /onWebhook)"',
  'hookurl send --as slack --handshake https://bot.example.com/hooks/eyJ…',
  'hookurl send --as stripe --event invoice.paid --secret-file whsec.txt URL',
  'hookurl send --sign x-hub-signature-256 URL',
  'hookurl send --browser URL                # opens the link',
  'hookurl send --browser --method POST URL  # clicks the button',
]
const notes = `Prints the response body on stdout and the status on stderr. Redirects are not followed. The exit
code is 0 for 2xx, with --browser also for 3xx, otherwise 7; it is also 7 if the response to a
handshake does not contain the expected value. With --repeat, it is 7 if any request fails.

With a secret, samples are signed like those of the service: ${Object.keys(signatures).join(', ')}. Pass the secret with
--secret-file or HOOKURL_SERVICE_SECRET; with --secret, it stays in your shell history. Signed timestamps are the current
time.

With --handshake, X, LinkedIn, eBay and Zoom expect a value computed from their secret. Without the secret, only the
format of the response is checked, and Zoom's test is not sent, because it must be signed. eBay's endpoint is the URL
that you pass.`
const formatNote = "Without the service's secret, only the format of the response is checked."

export function define(command: Command, output: Output): void {
  command
    .argument('[url|-]', 'the URL to send to; - reads it from stdin')
    .option('-X, --method <name>', 'the method (default: POST, or GET with --browser)', parseMethod)
    .option('-d, --data <text>', 'the body: a string, @file, or - for stdin, sent byte for byte')
    .option('-H, --header <header>', "a header, such as 'X-Event: opened' (repeatable)", collect)
    .addOption(new Option('--as <service>', 'send a sample request of this service').choices(Object.keys(services)))
    .option('--handshake', 'with --as, send the request that the service uses to test a URL')
    .option('--event <name>', 'with --as, the event type of the sample')
    .addOption(new Option('--secret <secret>', "with --as, sign with the service's secret").conflicts('secretFile'))
    .option('--secret-file <path>', "read the service's secret from a file, or - for stdin")
    .addOption(new Option('--sign [scheme]', signHelp).conflicts(['handshake', 'secret', 'secretFile']))
    .addOption(new Option('--browser', 'send the request as a browser navigation').conflicts('as'))
    .addOption(
      new Option('--repeat <n>', 'number of times to send the request')
        .argParser((text: string) => parseRepeat(text))
        .default(1),
    )
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for a complete response')
        .argParser((text: string) => parseMilliseconds(text, '--timeout'))
        .default(30_000, '30s'),
    )
    .option('-v, --verbose', 'print request and response headers on stderr')
    .addHelpText('after', `\n${notes}`)
    .action(async (given: string | undefined, givenFlags: SendFlags) => {
      const { argument, flags } = resolveSignFlag(given, givenFlags)
      process.exitCode = await send(resolveInput(argument, output), flags, output)
    })
  addKeyFlags(command)
  addHelp(command, examples)
}

async function send(input: string, flags: SendFlags, output: Output): Promise<number> {
  const target = parseHttpUrl(input === '-' ? await readUrl() : input, 'the URL')
  const unsigned = buildRequest(target, {
    method: flags.method,
    data: flags.data === undefined ? undefined : await readBytes(flags.data, '--data'),
    headers: (flags.header ?? []).map(parseHeader),
    service: flags.as,
    handshake: flags.handshake === true,
    event: flags.event,
    secret: await readSecret(flags),
    browser: flags.browser === true,
  })
  const request = await signRequest(unsigned, flags, output)
  const expectation = { maxStatus: flags.browser === true ? 399 : 299, echo: request.expectedEcho }
  if (expectation.echo instanceof RegExp && !output.json) output.note(formatNote)
  let exit: number = exitCodes.ok.exit
  for (let count = 0; count < flags.repeat; count++) {
    const response = await exchange(request, flags.timeout)
    if (typeof response === 'string') return reportFailure(response, target, output)
    if (flags.verbose === true && !output.json) noteHeaders(request, response, output)
    if (!output.json) noteStatus(response, expectation, output)
    const succeeded = isSuccess(response, expectation)
    const hasEcho = containsEcho(response, expectation)
    if (succeeded && !hasEcho) output.note('The response does not contain the value that the service expects.')
    if (!succeeded || !hasEcho) exit = exitCodes.unavailable.exit
    await printResponse(response, output)
  }
  return exit
}

async function readUrl(): Promise<string> {
  const urls = (await readStdin('the URL')).split(/\s+/).filter((word) => word !== '')
  if (urls.length <= 1) return urls[0] ?? ''
  throw invalidOption(
    `stdin contains ${urls.length} URLs instead of one`,
    'Send them one by one: xargs -n 1 hookurl send < FILE.',
  )
}

async function readSecret({ as, handshake, secret, secretFile }: SendFlags): Promise<string | undefined> {
  const isGiven = secret !== undefined || secretFile !== undefined
  if (as === undefined) {
    if (!isGiven) return undefined
    throw invalidOption('a secret requires --as', 'Choose the service whose secret it is: --as stripe.')
  }
  const source =
    secret !== undefined ? '--secret' : secretFile === undefined ? 'HOOKURL_SERVICE_SECRET' : '--secret-file'
  const value =
    secret ??
    (secretFile === undefined
      ? getServiceSecret(as, { handshake })
      : await readValue(secretFile === '-' ? '-' : `@${secretFile}`, source))
  if (value !== '') return value
  throw invalidOption(`${source} contains no secret`, 'Pass the secret that the service shows.')
}

// The variable may be set for another service, whose deliveries have no signature.
function getServiceSecret(service: string, { handshake }: Pick<SendFlags, 'handshake'>): string | undefined {
  const usesSecret = handshake === true || signatures[service] !== undefined
  return usesSecret ? process.env.HOOKURL_SERVICE_SECRET : undefined
}

/** Sends a request and reads the complete response. Returns the reason if there is none. */
async function exchange(request: TestRequest, timeoutMs: number): Promise<ReadResponse | string> {
  const start = performance.now()
  const signal = AbortSignal.timeout(timeoutMs)
  const timedOut = `no complete response within ${timeoutMs / 1000} s`
  const result = await sendRequest(request.url, { ...request, signal })
  if (!result.ok) return result.timedOut ? timedOut : `cannot be reached (${result.reason})`
  try {
    return { ...getHead(result.response), body: await buffer(result.response), durationMs: performance.now() - start }
  } catch (error) {
    return signal.aborted ? timedOut : `the response was cut off (${getErrorReason(error)})`
  }
}

function getHead(response: IncomingMessage): Pick<ReadResponse, 'status' | 'statusText' | 'headers'> {
  const { statusCode = 0, statusMessage = '' } = response
  return { status: statusCode, statusText: statusMessage, headers: listHeaders(response) }
}

// Prints only the origin, because the rest of a hook URL is a secret.
function reportFailure(reason: string, { origin }: URL, output: Output): number {
  output.error({
    code: 'unreachable',
    message: `${origin}: ${escapeControlChars(reason)}`,
    fix: 'Check the URL and that the receiver is running; raise --timeout to wait longer.',
    exit: exitCodes.unavailable.exit,
  })
  return exitCodes.unavailable.exit
}

function isSuccess({ status }: ReadResponse, { maxStatus }: Expectation): boolean {
  return status >= 200 && status <= maxStatus
}

function containsEcho({ headers, body }: ReadResponse, { echo }: Expectation): boolean {
  if (echo === undefined) return true
  const text = body.toString('utf8')
  if (echo instanceof RegExp) return echo.test(text)
  return text.includes(echo) || headers.some(([, value]) => value === echo)
}

function noteStatus(response: ReadResponse, expectation: Expectation, output: Output): void {
  const { status, statusText, headers, durationMs } = response
  const style = isSuccess(response, expectation) ? 'green' : 'red'
  const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  const parts = [
    output.colorizeNote(style, escapeControlChars(`${status} ${statusText}`.trim())),
    ...(location === undefined ? [] : [`to ${escapeControlChars(redact(location))}`]),
    output.colorizeNote('dim', `${durationMs.toFixed(1)} ms`),
  ]
  output.note(parts.join('  '))
}

function noteHeaders({ method, url, headers }: TestRequest, response: ReadResponse, output: Output): void {
  output.note(`> ${method} ${escapeControlChars(redact(url.pathname + url.search))}`)
  for (const [name, value] of headers) {
    const shown = secretHeaders.has(name.toLowerCase()) ? '[redacted]' : redact(value)
    output.note(`> ${name}: ${escapeControlChars(shown)}`)
  }
  for (const [name, value] of response.headers) output.note(`< ${name}: ${escapeControlChars(redact(value))}`)
}

async function printResponse(response: ReadResponse, output: Output): Promise<void> {
  const { status, headers, body, durationMs } = response
  if (output.json) {
    const jsonBody = isUtf8(body) ? body.toString('utf8') : { base64: body.toString('base64') }
    output.print(toJson({ status, headers, body: jsonBody, durationMs: Number(durationMs.toFixed(3)) }))
    return
  }
  if (body.byteLength === 0) return
  if (!process.stdout.isTTY) await stdoutSink.write(body)
  else if (isUtf8(body)) body.toString('utf8').trimEnd().split(/\r?\n/).map(escapeControlChars).forEach(output.print)
  else output.note(`The body is binary (${body.byteLength} bytes): redirect stdout to save it.`)
}

function parseMethod(text: string): string {
  if (/^[A-Za-z-]{1,32}$/.test(text) && text.toUpperCase() !== 'CONNECT') return text.toUpperCase()
  throw invalidOption('--method is not a method that can be sent', 'Write GET, POST, HEAD, OPTIONS, PUT or another.')
}

function parseRepeat(text: string): number {
  const count = parseInteger(text, '--repeat')
  if (count >= 1) return count
  throw invalidOption('--repeat must be at least 1', 'Pass the number of times to send the request.')
}
