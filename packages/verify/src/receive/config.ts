import { type CommandDefinitions, type Hook, HookurlError, redact } from '@hookurl/core'
import { assertOptions, invalidOption, parseDuration, resolveClock, sanitizeLogLines } from '@hookurl/core/internal'
import type { BodyLimits, IncomingRequest } from '../request/incoming-request.ts'
import { createPages, type PageRenderer } from '../response/pages.ts'
import { parseUsesOption, type UsesConfig } from '../uses/options.ts'
import { createPolicy, type Policy, policyNames, type Rejection, toError } from '../verifier/policy.ts'
import { toCommands } from '../verifier/verifier.ts'
import { type Handshakes, toHandshakes } from './handshakes.ts'
import type { GuardOptions, ReceivedHook, ReceiverOptions, RefusedRequest } from './options.ts'

/** A handler, whatever its command. */
export type AnyHandler = (hook: ReceivedHook) => unknown

/** The options of a receiver or guard, checked and prepared. */
export interface Settings {
  readonly policy: Policy
  readonly now: () => number
  /** The commands that a guard is for; undefined: any. */
  readonly accepted: ReadonlySet<string> | undefined
  /** Absent: this is a guard. */
  readonly handlers: ReadonlyMap<string, AnyHandler> | undefined
  readonly redirect: 'auto' | 'always' | 'never'
  readonly limits: BodyLimits
  readonly cors: ReadonlySet<string>
  readonly handshakes: Handshakes | undefined
  readonly pages: PageRenderer
  /** Absent: a URL with uses is refused. */
  readonly uses: UsesConfig | undefined
  /** How long a sender waits for the handler, in milliseconds; undefined: to its end. */
  readonly ackMs: number | undefined
  onRefusal(refusal: Rejection, exchange: IncomingRequest): void
  onError(error: unknown, hook: Hook): void
}

const commonNames = [...policyNames, 'cors', 'handshakes', 'pages', 'uses', 'onRefusal']
const receiverNames: ReadonlySet<string> = new Set([
  ...commonNames,
  'handlers',
  'redirect',
  'maxBodySize',
  'bodyTimeout',
  'ack',
  'onError',
])
const guardNames: ReadonlySet<string> = new Set([...commonNames, 'command'])
const mebibyte = 1_048_576
// The longest time that a timer keeps, in milliseconds.
const longestTimer = 2_147_483_647

/** @throws {HookurlError} `invalid_option`, `invalid_key` */
export function toReceiverSettings(options: ReceiverOptions<CommandDefinitions>): Settings {
  assertOptions(options, receiverNames, 'createReceiver')
  const { redirect = 'auto', maxBodySize = mebibyte, bodyTimeout = 10, onError = logError } = options
  if (!['auto', 'always', 'never'].includes(redirect)) {
    throw invalidOption("redirect must be 'auto', 'always' or 'never'", 'Choose one.')
  }
  if (!Number.isSafeInteger(maxBodySize) || maxBodySize < 0) {
    throw invalidOption('maxBodySize must be a whole number of bytes', 'Leave it out for 1 MiB.')
  }
  checkFunction(onError, 'onError')
  const limits = { maxBodySize, timeoutMs: toTimeout(bodyTimeout, 'bodyTimeout') }
  return {
    ...toCommon(options),
    accepted: undefined,
    handlers: toHandlers(options),
    redirect,
    limits,
    ackMs: toAckMs(options.ack),
    onError: (error, hook) => safeCall(() => onError(error, hook)),
  }
}

/** @throws {HookurlError} `invalid_option`, `invalid_key` */
export function toGuardSettings(options: GuardOptions<CommandDefinitions>): Settings {
  assertOptions(options, guardNames, 'a guard (hookurl without handlers)')
  if (options.command === undefined) {
    throw invalidOption(
      'a guard needs the command it is for: otherwise a URL minted for anything would open this door',
      "Set command: '/approve', several, or '*' for any; or set handlers to run them.",
    )
  }
  const accepted = options.command === '*' ? undefined : toCommands(options.command)
  for (const name of accepted ?? []) checkCommand(name, options.commands, 'command names')
  const limits = { maxBodySize: 0, timeoutMs: 0 }
  return {
    ...toCommon(options),
    accepted,
    handlers: undefined,
    redirect: 'never',
    limits,
    ackMs: undefined,
    onError: logError,
  }
}

function toCommon(
  options: ReceiverOptions<CommandDefinitions> | GuardOptions<CommandDefinitions>,
): Pick<Settings, 'policy' | 'now' | 'cors' | 'handshakes' | 'pages' | 'uses' | 'onRefusal'> {
  const { onRefusal } = options
  checkFunction(onRefusal ?? logRefusal, 'onRefusal')
  return {
    policy: createPolicy(options),
    now: resolveClock(options.now),
    cors: toOrigins(options.cors),
    handshakes: toHandshakes(options.handshakes),
    pages: createPages(options.pages, logError),
    uses: parseUsesOption(options.uses),
    onRefusal:
      onRefusal === undefined
        ? logRefusal
        : (refusal, exchange) => safeCall(() => onRefusal(toError(refusal), toRefused(exchange))),
  }
}

function toHandlers({ handlers, commands }: ReceiverOptions<CommandDefinitions>): ReadonlyMap<string, AnyHandler> {
  if (typeof handlers !== 'object' || handlers === null || Object.keys(handlers).length === 0) {
    throw invalidOption('handlers must be an object of functions by command', "Write { '/onWebhook': (hook) => {} }.")
  }
  for (const [name, handler] of Object.entries(handlers)) {
    checkFunction(handler, `the handler of ${JSON.stringify(name)}`)
    if (name !== '*') checkCommand(name, commands, 'there is a handler for')
  }
  return new Map(Object.entries(handlers) as [string, AnyHandler][])
}

function checkCommand(name: string, commands: CommandDefinitions | undefined, what: string): void {
  if (name === '*') throw invalidOption("'*' among other commands stands for nothing", "Write command: '*' for any.")
  if (commands === undefined || Object.hasOwn(commands, name)) return
  throw invalidOption(
    `${what} ${JSON.stringify(name)}, which is not one of commands`,
    `Use one of: ${Object.keys(commands).join(', ')}.`,
  )
}

function toAckMs(ack: unknown): number | undefined {
  if (ack === undefined || ack === 'after') return undefined
  if (typeof ack !== 'object' || ack === null || Object.keys(ack).join() !== 'within') {
    throw invalidOption("ack must be 'after' or { within }", "Write { within: '2500ms' }.")
  }
  return toTimeout(Reflect.get(ack, 'within'), 'ack.within')
}

function toTimeout(value: unknown, name: string): number {
  const milliseconds = parseDuration(value, name) * 1000
  if (milliseconds >= 1 && milliseconds <= longestTimer) return milliseconds
  throw invalidOption(`${name} must be longer than nothing and at most 24 days`, `Correct ${name}.`)
}

function toOrigins(cors: unknown): ReadonlySet<string> {
  if (cors === undefined) return new Set()
  if (!Array.isArray(cors) || !cors.every(isOrigin)) {
    throw invalidOption('cors must be an array of origins', "Write ['https://app.example.com'], without a path.")
  }
  return new Set(cors)
}

function isOrigin(text: unknown): boolean {
  try {
    return typeof text === 'string' && new URL(text).origin === text
  } catch {
    return false
  }
}

function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw invalidOption(`${name} must be a function`, `Correct ${name}.`)
}

function toRefused(exchange: IncomingRequest): RefusedRequest {
  return {
    method: exchange.method,
    target: redact(exchange.target),
    get headers() {
      return exchange.headers
    },
  }
}

// A callback of the application that fails, now or later, must not change the answer or end the process.
function safeCall(call: () => unknown): void {
  try {
    Promise.resolve(call()).catch(logError)
  } catch (error) {
    logError(error)
  }
}

// A refusal that is the server's own fault must not pass unseen, a check that broke neither; what a handler throws goes
// to onError.
function logRefusal(refusal: Rejection): void {
  const error = toError(refusal)
  const { code, status, cause } = error
  if (cause !== undefined) logError(cause)
  if (code !== 'handler_failed' && (status === undefined || status >= 500)) logError(error)
}

/** Writes an error of the application to the console, without tokens, keys and control characters. */
export function logError(error: unknown): void {
  const text = error instanceof HookurlError ? `${error.code}: ${error.message}. ${error.fix}` : describe(error)
  console.error(`hookurl: ${sanitizeLogLines(text)}`)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
