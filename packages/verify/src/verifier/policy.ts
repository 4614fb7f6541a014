import {
  type AnyCommands,
  type CommandDefinitions,
  type Duration,
  defineCommands,
  type ErrorCode,
  type ErrorDetails,
  type Hook,
  HookurlError,
  type KeysOption,
} from '@hookurl/core'
import {
  chain,
  checkValidityPeriod,
  createKeyringLoader,
  createRedirectPolicy,
  findCommand,
  findRedirectProblem,
  formatPaths,
  invalidOption,
  isPromiseLike,
  type LocatedToken,
  type MaybePromise,
  memoizeLast,
  openToken,
  parseDuration,
  resolveClock,
  toHook,
  validateWithSchema,
} from '@hookurl/core/internal'

/** What a verifier, a guard and a receiver have in common: which hooks they accept. */
export interface PolicyOptions<D extends CommandDefinitions = AnyCommands> {
  /** The keyring, newest first, or a function that returns it and is called at first use. */
  keys: KeysOption
  /** As the minter's. */
  purpose?: string
  /** From `defineCommands`: other commands are refused, content is checked. */
  commands?: D
  /** Narrows redirects to these hosts, as the minter's option does. */
  redirectHosts?: readonly string[]
  /** How far the clocks of minter and verifier may be apart: 0 (the default) to 300 seconds. */
  clockTolerance?: Duration
  /** The application's own word, after everything else: refuses by returning `false` or by throwing. */
  authorize?: (hook: Hook) => unknown
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
  'authorize',
  'now',
]

/** A refusal inside: nothing is thrown, and no stack captured, before the public edge. */
export interface Rejection extends ErrorDetails {
  readonly ok: false
  readonly code: ErrorCode
}

/** What was decided about a token. */
export type VerifyResult = { readonly ok: true; readonly hook: Hook } | Rejection

/** Keys, clock, commands, redirect hosts and the application's own check, prepared once. */
export interface Policy {
  readonly commands: CommandDefinitions | undefined
  readonly purpose: string
  /** How far the clocks of minter and verifier may be apart, in milliseconds. */
  readonly toleranceMs: number
  /** Judges a token as far as nothing but the token is needed. `accepted`: the commands of this place. */
  verifyToken(located: LocatedToken, accepted: ReadonlySet<string> | undefined): MaybePromise<VerifyResult>
  /** The application's own word on a hook. */
  authorize(hook: Hook): MaybePromise<VerifyResult>
}

/**
 * Prepares a policy.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function createPolicy(options: PolicyOptions<CommandDefinitions>): Policy {
  const { authorize } = options
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw invalidOption('check must be a function', 'Return false from it to refuse a hook.')
  }
  const ring = createKeyringLoader(options.keys, options.purpose)
  const commands = options.commands === undefined ? undefined : defineCommands(options.commands)
  const isAllowed = createRedirectPolicy(options.redirectHosts)
  const judgeRedirect = memoizeLast((redirect: string) => findRedirectProblem(redirect, isAllowed))
  const tolerance = toTolerance(options.clockTolerance)
  const now = resolveClock(options.now)

  function judgeHook(hook: Hook, accepted: ReadonlySet<string> | undefined): MaybePromise<VerifyResult> {
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
    verifyToken: ({ token, segments }, accepted) =>
      chain(
        chain(ring(), (keys) => openToken(keys, token, segments)),
        (opened): MaybePromise<VerifyResult> => {
          if (!opened.ok) return opened
          const hook = toHook(opened.claims, opened.key)
          const code = checkValidityPeriod(opened.claims, now(), tolerance)
          return code === undefined ? judgeHook(hook, accepted) : { ok: false, code, hook }
        },
      ),
    authorize: (hook) => (authorize === undefined ? { ok: true, hook } : runCheck(authorize, hook)),
  }
}

/** The error that a refusal becomes at the public edge. */
export function toError(refusal: Rejection): HookurlError {
  return new HookurlError(refusal.code, refusal)
}

function judgeContent(commands: CommandDefinitions, hook: Hook): MaybePromise<VerifyResult> {
  const definition = findCommand(commands, hook.command)
  if (definition === undefined) return { ok: false, code: 'unknown_command', hook }
  if (definition.content === undefined) return { ok: true, hook }
  return chain(validateWithSchema(definition.content, hook.content), (checked): VerifyResult => {
    if (checked.ok) return { ok: true, hook: Object.freeze({ ...hook, content: checked.value }) }
    const message = `the schema of the command refuses the content: ${formatPaths(checked.paths)}`
    return { ok: false, code: 'invalid_content', message, paths: checked.paths, hook }
  })
}

function runAuthorize(authorize: (hook: Hook) => unknown, hook: Hook): MaybePromise<VerifyResult> {
  const settle = (answer: unknown): VerifyResult =>
    answer === false ? { ok: false, code: 'denied', hook } : { ok: true, hook }
  const refuse = (cause: unknown): VerifyResult => ({ ok: false, code: 'denied', hook, cause })
  try {
    const answer = authorize(hook)
    return isPromiseLike(answer) ? Promise.resolve(answer).then(settle, refuse) : settle(answer)
  } catch (error) {
    return refuse(error)
  }
}

function toTolerance(value: unknown): number {
  const seconds = value === undefined ? 0 : parseDuration(value, 'clockTolerance')
  if (seconds <= 300) return seconds
  throw invalidOption('clockTolerance must be at most 300 seconds', "Set the clocks right; '60s' is plenty.")
}
