import {
  type AnyCommands,
  type CommandDefinitions,
  type Duration,
  defineCommands,
  type ErrorCode,
  type ErrorDetails,
  type Hook,
  HookurlError,
  type Keys,
} from '@hookurl/core'
import {
  type Awaitable,
  after,
  checkClock,
  checkTime,
  createRedirectPolicy,
  createRing,
  findCommand,
  findRedirectProblem,
  invalidOption,
  isThenable,
  type LocatedToken,
  namePaths,
  openToken,
  rememberLast,
  runSchema,
  toHook,
  toSeconds,
} from '@hookurl/core/internal'

/** What a verifier, a guard and a receiver have in common: which hooks they accept. */
export interface PolicyOptions<D extends CommandDefinitions = AnyCommands> {
  /** The keyring, newest first, or a function that returns it and is called at first use. */
  keys: Keys
  /** As the minter's. */
  purpose?: string
  /** From `defineCommands`: other commands are refused, content is checked. */
  commands?: D
  /** Narrows redirects to these hosts, as the minter's option does. */
  redirectHosts?: readonly string[]
  /** How far the clocks of minter and verifier may be apart: 0 (the default) to 300 seconds. */
  clockTolerance?: Duration
  /** The application's own word, after everything else: refuses by returning `false` or by throwing. */
  check?: (hook: Hook) => unknown
  /** The clock, in epoch milliseconds. */
  now?: () => number
}

/** The names of those options, which verifier, guard and receiver share. */
export const policyNames: readonly string[] = [
  'keys',
  'purpose',
  'commands',
  'redirectHosts',
  'clockTolerance',
  'check',
  'now',
]

/** A refusal inside: nothing is thrown, and no stack captured, before the public edge. */
export interface Refusal extends ErrorDetails {
  readonly ok: false
  readonly code: ErrorCode
}

/** What was decided about a token. */
export type Verdict = { readonly ok: true; readonly hook: Hook } | Refusal

/** Keys, clock, commands, redirect hosts and the application's own check, prepared once. */
export interface Policy {
  readonly commands: CommandDefinitions | undefined
  readonly purpose: string
  /** How far the clocks of minter and verifier may be apart, in milliseconds. */
  readonly toleranceMs: number
  /** Judges a token as far as nothing but the token is needed. `accepted`: the commands of this place. */
  judge(located: LocatedToken, accepted: ReadonlySet<string> | undefined): Awaitable<Verdict>
  /** The application's own word on a hook. */
  admit(hook: Hook): Awaitable<Verdict>
}

/**
 * Prepares a policy.
 *
 * @throws {HookurlError} `invalid_option`, `key_invalid`
 */
export function createPolicy(options: PolicyOptions<CommandDefinitions>): Policy {
  const { check } = options
  if (check !== undefined && typeof check !== 'function') {
    throw invalidOption('check must be a function', 'Return false from it to refuse a hook.')
  }
  const ring = createRing(options.keys, options.purpose)
  const commands = options.commands === undefined ? undefined : defineCommands(options.commands)
  const isAllowed = createRedirectPolicy(options.redirectHosts)
  const judgeRedirect = rememberLast((redirect: string) => findRedirectProblem(redirect, isAllowed))
  const tolerance = toTolerance(options.clockTolerance)
  const now = checkClock(options.now)

  function judgeHook(hook: Hook, accepted: ReadonlySet<string> | undefined): Awaitable<Verdict> {
    if (accepted !== undefined && !accepted.has(hook.command)) return { ok: false, code: 'wrong_command', hook }
    if (hook.redirectTo !== undefined) {
      const problem = judgeRedirect(hook.redirectTo)
      if (problem !== undefined) {
        return { ok: false, code: 'redirect_forbidden', message: `its redirect ${problem}`, hook }
      }
    }
    return commands === undefined ? { ok: true, hook } : judgeContent(commands, hook)
  }

  return {
    commands,
    purpose: options.purpose ?? '',
    toleranceMs: tolerance * 1000,
    judge: ({ token, parts }, accepted) =>
      after(
        after(ring(), (keys) => openToken(keys, token, parts)),
        (opened): Awaitable<Verdict> => {
          if (!opened.ok) return opened
          const hook = toHook(opened.claims, opened.key)
          const code = checkTime(opened.claims, now(), tolerance)
          return code === undefined ? judgeHook(hook, accepted) : { ok: false, code, hook }
        },
      ),
    admit: (hook) => (check === undefined ? { ok: true, hook } : runCheck(check, hook)),
  }
}

/** The error that a refusal becomes at the public edge. */
export function toError(refusal: Refusal): HookurlError {
  return new HookurlError(refusal.code, refusal)
}

function judgeContent(commands: CommandDefinitions, hook: Hook): Awaitable<Verdict> {
  const definition = findCommand(commands, hook.command)
  if (definition === undefined) return { ok: false, code: 'unknown_command', hook }
  if (definition.content === undefined) return { ok: true, hook }
  return after(runSchema(definition.content, hook.content), (checked): Verdict => {
    if (checked.ok) return { ok: true, hook: Object.freeze({ ...hook, content: checked.value }) }
    const message = `the schema of the command refuses the content: ${namePaths(checked.paths)}`
    return { ok: false, code: 'content_invalid', message, paths: checked.paths, hook }
  })
}

function runCheck(check: (hook: Hook) => unknown, hook: Hook): Awaitable<Verdict> {
  const settle = (answer: unknown): Verdict =>
    answer === false ? { ok: false, code: 'revoked', hook } : { ok: true, hook }
  const refuse = (cause: unknown): Verdict => ({ ok: false, code: 'revoked', hook, cause })
  try {
    const answer = check(hook)
    return isThenable(answer) ? Promise.resolve(answer).then(settle, refuse) : settle(answer)
  } catch (error) {
    return refuse(error)
  }
}

function toTolerance(value: unknown): number {
  const seconds = value === undefined ? 0 : toSeconds(value, 'clockTolerance')
  if (seconds <= 300) return seconds
  throw invalidOption('clockTolerance must be at most 300 seconds', "Set the clocks right; '60s' is plenty.")
}
