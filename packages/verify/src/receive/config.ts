import type { CommandDefinitions, Hook } from '@hookurl/core'
import { assertOptions, invalidOption, parseDuration, resolveClock } from '@hookurl/core/internal'
import { type BodyLimits, DEFAULT_BODY_TIMEOUT_SECONDS, DEFAULT_MAX_BODY_SIZE } from '../request/body-limits.ts'
import { parseBasePath } from '../request/target.ts'
import { createPages, type PageRenderer } from '../response/pages.ts'
import { parseUsesOption, type UsesConfig } from '../uses/options.ts'
import { createPolicy, type Policy, policyOptionNames } from '../verifier/policy.ts'
import { parseCommands } from '../verifier/verifier.ts'
import type { HandshakesConfig } from './handshakes/definition.ts'
import { parseHandshakesOption } from './handshakes/parse-option.ts'
import { isSimilar } from './is-similar.ts'
import { createErrorLogger, safeCall } from './log-error.ts'
import type { GuardOptions, ReceivedHook, ReceiverOptions, ResultEvent } from './options.ts'
import { parseSchemesOption } from './signatures/parse-option.ts'
import type { SchemeDefinition } from './signatures/schemes.ts'

/** A handler of any command. */
export type AnyHandler = (hook: ReceivedHook) => unknown

interface CommonConfig {
  readonly policy: Policy
  readonly now: () => number
  readonly cors: ReadonlySet<string>
  readonly handshakes: HandshakesConfig | undefined
  readonly pages: PageRenderer
  /** The schemes that are accepted on URLs that require signed requests. */
  readonly signatureSchemes: readonly SchemeDefinition[]
  /** If `undefined`, URLs with `maxUses` are rejected. */
  readonly uses: UsesConfig | undefined
  readonly user: ((native: unknown) => unknown) | undefined
  readonly signIn: ((returnTo: string, native: unknown) => unknown) | undefined
  readonly onResult: ((event: ResultEvent) => void) | undefined
  onError(error: unknown, hook?: Hook): void
}

/** The options of a receiver, validated and prepared. */
export interface ReceiverConfig extends CommonConfig {
  readonly kind: 'receiver'
  /** Empty if the receiver accepts any path. */
  readonly basePath: string
  readonly handlers: ReadonlyMap<string, AnyHandler>
  readonly redirect: 'auto' | 'always' | 'never'
  readonly limits: BodyLimits
  /** How long the response waits for the handler, in milliseconds; if `undefined`, until the handler ends. */
  readonly ackAfterMs: number | undefined
}

/** The options of a guard, validated and prepared. */
export interface GuardConfig extends CommonConfig {
  readonly kind: 'guard'
  /** The commands that the guarded route is for; `undefined` for any. */
  readonly commands: ReadonlySet<string> | undefined
}

export type Config = ReceiverConfig | GuardConfig

const commonOptionNames = [
  ...policyOptionNames,
  'cors',
  'handshakes',
  'pages',
  'signatureSchemes',
  'user',
  'signIn',
  'uses',
  'onResult',
  'onError',
]
const receiverOptionNames: ReadonlySet<string> = new Set([
  ...commonOptionNames,
  'basePath',
  'handlers',
  'redirect',
  'maxBodySize',
  'bodyTimeout',
  'ackAfter',
])
const guardOptionNames: ReadonlySet<string> = new Set([...commonOptionNames, 'command'])
// The longest delay of a timer, in milliseconds.
const MAX_TIMER_MS = 2_147_483_647

/** @throws {HookurlError} `invalid_option`, `invalid_key` */
export function createReceiverConfig(options: ReceiverOptions<CommandDefinitions>): ReceiverConfig {
  assertOptions(options, receiverOptionNames, 'createReceiver')
  const { redirect = 'auto', maxBodySize = DEFAULT_MAX_BODY_SIZE, ackAfter } = options
  if (!['auto', 'always', 'never'].includes(redirect)) {
    throw invalidOption("redirect must be 'auto', 'always' or 'never'", "Set it to 'auto', 'always' or 'never'.")
  }
  if (!Number.isSafeInteger(maxBodySize) || maxBodySize < 0) {
    throw invalidOption('maxBodySize must be a whole number of bytes', 'Omit it for 1 MiB.')
  }
  const timeoutMs = parseTimeout(options.bodyTimeout ?? DEFAULT_BODY_TIMEOUT_SECONDS, 'bodyTimeout')
  const handlers = parseHandlers(options)
  return {
    ...createCommonConfig(options, new Set([...handlers.keys()].filter((name) => name !== '*'))),
    kind: 'receiver',
    basePath: parseBasePath(options.basePath),
    handlers,
    redirect,
    limits: { maxBodySize, timeoutMs },
    ackAfterMs: ackAfter === undefined ? undefined : parseTimeout(ackAfter, 'ackAfter'),
  }
}

/** @throws {HookurlError} `invalid_option`, `invalid_key` */
export function createGuardConfig(options: GuardOptions<CommandDefinitions>): GuardConfig {
  assertNoBasePath(options)
  assertOptions(options, guardOptionNames, 'a guard (hookurl without handlers)')
  if (options.command === undefined) {
    throw invalidOption(
      'command is required for a guard; without it, any hook URL would be accepted',
      "Set command: '/approve', an array of commands, or '*' for any; or set handlers to run them.",
    )
  }
  const commands = options.command === '*' ? undefined : parseCommands(options.command)
  for (const name of commands ?? []) assertCommand(name, options.commands)
  return { ...createCommonConfig(options), kind: 'guard', commands }
}

/** Returns the handler of a command, if there is one. */
export function getHandler({ handlers }: ReceiverConfig, command: string): AnyHandler | undefined {
  return handlers.get(command) ?? handlers.get('*')
}

function createCommonConfig(
  options: ReceiverOptions<CommandDefinitions> | GuardOptions<CommandDefinitions>,
  handled?: ReadonlySet<string>,
): CommonConfig {
  const { user, signIn, onResult, onError = createErrorLogger() } = options
  if (user !== undefined) assertFunction(user, 'user')
  if (signIn !== undefined) assertFunction(signIn, 'signIn')
  if (signIn !== undefined && user === undefined) {
    throw invalidOption('signIn requires the option user', 'Set user to a function that returns the signed-in user.')
  }
  if (onResult !== undefined) assertFunction(onResult, 'onResult')
  assertFunction(onError, 'onError')
  const reportError = (error: unknown, hook?: Hook): void => safeCall(() => onError(error, hook))
  return {
    policy: createPolicy(options, handled),
    now: resolveClock(options.now),
    cors: parseOrigins(options.cors),
    handshakes: parseHandshakesOption(options.handshakes),
    pages: createPages(options.pages, reportError),
    signatureSchemes: parseSchemesOption(options.signatureSchemes),
    uses: parseUsesOption(options.uses),
    user,
    signIn,
    onResult: onResult === undefined ? undefined : (event) => safeCall(() => onResult(event)),
    onError: reportError,
  }
}

function parseHandlers({ handlers, commands }: ReceiverOptions<CommandDefinitions>): ReadonlyMap<string, AnyHandler> {
  if (
    typeof handlers !== 'object' ||
    handlers === null ||
    Object.values(handlers).every((handler) => handler === undefined)
  ) {
    throw invalidOption(
      'handlers must be an object with a function for at least one command',
      "Write { '/onWebhook': (hook) => {} }.",
    )
  }
  const entries = Object.entries(handlers).filter(([, handler]) => handler !== undefined) as [string, AnyHandler][]
  const byCommand = new Map(entries)
  for (const [name, handler] of byCommand) {
    assertFunction(handler, `the handler of ${JSON.stringify(name)}`)
    assertNoTypo(name, byCommand, commands)
  }
  return byCommand
}

// A command without a definition may have a handler, but its name may also be a misspelled one.
function assertNoTypo(
  name: string,
  handlers: ReadonlyMap<string, unknown>,
  commands: CommandDefinitions | undefined,
): void {
  if (commands === undefined || name === '*' || Object.hasOwn(commands, name)) return
  const meant = Object.keys(commands).find((defined) => !handlers.has(defined) && isSimilar(defined, name))
  if (meant === undefined) return
  throw invalidOption(
    `there is a handler for ${JSON.stringify(name)}, which is not defined in commands, and none for ${JSON.stringify(meant)}`,
    `Correct the name, or add ${JSON.stringify(name)}: {} to commands.`,
  )
}

// A guard that left other paths to the application could be bypassed: Express, for example, ignores the case of paths.
function assertNoBasePath(options: object): void {
  if (typeof options !== 'object' || options === null || !('basePath' in options)) return
  throw invalidOption('a guard has no basePath: it protects its route', 'Remove basePath, or set handlers.')
}

function assertCommand(name: string, commands: CommandDefinitions | undefined): void {
  if (name === '*') throw invalidOption("'*' cannot be combined with other commands", "Write command: '*' for any.")
  if (commands === undefined || Object.hasOwn(commands, name)) return
  throw invalidOption(
    `command contains ${JSON.stringify(name)}, which is not defined in commands`,
    `Use one of: ${Object.keys(commands).join(', ')}.`,
  )
}

function parseTimeout(value: unknown, name: string): number {
  const milliseconds = parseDuration(value, name) * 1000
  if (milliseconds >= 1 && milliseconds <= MAX_TIMER_MS) return milliseconds
  throw invalidOption(`${name} must be longer than zero and at most 24 days`, "Write a duration such as '10s'.")
}

function parseOrigins(cors: unknown): ReadonlySet<string> {
  if (cors === undefined) return new Set()
  if (!Array.isArray(cors) || !cors.every(isOrigin)) {
    throw invalidOption('cors must be an array of origins', "Write ['https://app.example.com'], without a path.")
  }
  return new Set(cors)
}

function isOrigin(value: unknown): boolean {
  try {
    return typeof value === 'string' && new URL(value).origin === value
  } catch {
    return false
  }
}

function assertFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw invalidOption(`${name} must be a function`, 'Pass a function.')
}
