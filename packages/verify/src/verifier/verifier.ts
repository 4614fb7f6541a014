import {
  type AnyCommands,
  type CommandDefinitions,
  type CommandName,
  type ContentOutput,
  type Hook,
  HookurlError,
} from '@hookurl/core'
import {
  assertOptions,
  asyncKeysError,
  chain,
  invalidOption,
  isPromiseLike,
  locateToken,
  type MaybePromise,
  synchronous,
  urlToString,
} from '@hookurl/core/internal'
import {
  createPolicy,
  type Policy,
  type PolicyOptions,
  policyOptionNames,
  stateNotConfigured,
  type VerifyResult,
} from './policy.ts'
import { type Rejection, toError } from './rejection.ts'

/** The options of a verifier. */
export type VerifierOptions<D extends CommandDefinitions = AnyCommands> = PolicyOptions<D>

/** The options of one call. */
export interface VerifyOptions<C extends string = string> {
  /** The command, or commands, to accept; any by default. */
  command?: C | readonly C[] | undefined
  /** The request's method. The hook is rejected unless this method may run it. */
  method?: string | undefined
  /**
   * Checks to skip: `'uses'` accepts a hook with `maxUses`, which a verifier does not count; `'user'` and `'signature'`
   * accept one that requires its user or a signed request, which a verifier does not see; `'state'` accepts one that is
   * bound to a state, without calling the option `state`.
   */
  ignore?: readonly IgnoredCheck[] | undefined
}

/** A check that only a receiver or guard can perform, or `'state'`, which needs the option `state`. */
export type IgnoredCheck = 'uses' | 'state' | 'user' | 'signature'

/** A verified hook, typed by the defined commands. */
export type VerifiedHook<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = {
  [Name in C]: Hook<Name, ContentOutput<D, Name>>
}[C]

/** Verifies hook URLs and tokens. */
export interface Verifier<D extends CommandDefinitions = AnyCommands> {
  /**
   * Verifies a URL or token, on every runtime.
   *
   * @throws {HookurlError} any code with exit code 3, 4 or 5; `not_configured` for a hook with a restriction that a
   *   verifier cannot check, unless `ignore` contains it; `state_unavailable`, `keys_unavailable`, `invalid_key`,
   *   `invalid_option`
   */
  verify<C extends CommandName<D> = CommandName<D>>(
    urlOrToken: string,
    options?: VerifyOptions<C>,
  ): Promise<VerifiedHook<D, C>>
  /**
   * Verifies synchronously, where `node:crypto` is available: Node, Bun, Deno.
   *
   * @throws {HookurlError} like `verify`, and `sync_unsupported` without `node:crypto` or with asynchronous keys
   */
  verifySync<C extends CommandName<D> = CommandName<D>>(
    urlOrToken: string,
    options?: VerifyOptions<C>,
  ): VerifiedHook<D, C>
}

const verifierOptionNames: ReadonlySet<string> = new Set(policyOptionNames)
const verifyOptionNames: ReadonlySet<string> = new Set(['command', 'method', 'ignore'])
const noOptions: VerifyOptions = {}
const restrictions: Readonly<Record<Exclude<IgnoredCheck, 'state'>, string>> = {
  uses: 'its uses are limited',
  user: 'only its user may run it',
  signature: 'its requests must be signed',
}
const ignorable: readonly unknown[] = ['uses', 'state', 'user', 'signature']
const stateFix = "Set state to a function that returns the current state, or pass ignore: ['state']."
const noIgnored: ReadonlySet<IgnoredCheck> = new Set()

/**
 * Creates a verifier. All options are checked immediately.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const verifier = createVerifier({ keys })
 * const hook = await verifier.verify(url, { command: '/onWebhook' })
 */
export function createVerifier<const D extends CommandDefinitions = AnyCommands>(
  options: VerifierOptions<D>,
): Verifier<D> {
  assertOptions(options, verifierOptionNames, 'createVerifier')
  const policy = createPolicy(options)
  return {
    verify: async (text: string, given: VerifyOptions = noOptions) =>
      unwrap(await verifyUrl(policy, urlToString(text), given)) as never,
    verifySync: (text: string, given: VerifyOptions = noOptions) => {
      if (!synchronous) throw new HookurlError('sync_unsupported', { fix: 'Use verify.' })
      if (policy.hasAsyncKeys()) throw asyncKeysError('verify')
      const result = verifyUrl(policy, urlToString(text), given)
      if (!isPromiseLike(result)) return unwrap(result) as never
      result.then(undefined, () => {})
      if (policy.hasAsyncKeys()) throw asyncKeysError('verify')
      throw invalidOption('state, authorize or the schema of the command is asynchronous', 'Use verify.')
    },
  }
}

function verifyUrl(policy: Policy, url: string, given: VerifyOptions): MaybePromise<VerifyResult> {
  if (given !== noOptions) assertOptions(given, verifyOptionNames, 'verify')
  const { method } = given
  const ignored = parseIgnore(given.ignore)
  const located = locateToken(url)
  if (located.kind === 'none' || located.kind === 'ambiguous') return { ok: false, code: located.code }
  return chain(policy.verifyToken(located, parseCommands(given.command)), (result) => {
    if (!result.ok) return result
    const { hook } = result
    if (method !== undefined && !allowsMethod(hook, method)) return { ok: false, code: 'method_not_allowed', hook }
    const unchecked = findUncheckable(hook).filter((check) => !ignored.has(check))
    if (unchecked.length > 0) return { ...cannotCheck(unchecked), hook }
    if (hook.isStateBound === true && !ignored.has('state') && !policy.canCheckState) {
      return { ...stateNotConfigured, fix: stateFix, hook }
    }
    return chain(ignored.has('state') ? result : policy.checkState(hook, result.proof), (checked) =>
      checked.ok ? policy.authorize(hook) : checked,
    )
  })
}

/** Lists the restrictions of a hook that only a receiver or guard can check. */
function findUncheckable({ maxUses, requiresSignature, requiresUser }: Hook): (keyof typeof restrictions)[] {
  const checks: (keyof typeof restrictions)[] = []
  if (maxUses !== undefined) checks.push('uses')
  if (requiresUser === true) checks.push('user')
  if (requiresSignature === true) checks.push('signature')
  return checks
}

function cannotCheck(checks: readonly (keyof typeof restrictions)[]): Rejection {
  const names = checks.map((check) => `'${check}'`).join(', ')
  return {
    ok: false,
    code: 'not_configured',
    message: `a verifier cannot check the URL completely: ${checks.map((check) => restrictions[check]).join(' and ')}`,
    fix: `Use a receiver or guard, or pass ignore: [${names}] to verify without these checks.`,
  }
}

/** Whether a method may run a hook's command. */
export function allowsMethod(hook: Hook, method: string): boolean {
  return method === 'POST' || (method === 'GET' && hook.allowGet)
}

/**
 * Parses the commands to accept. Returns `undefined` for any.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseCommands(command: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (command === undefined) return undefined
  const names: readonly unknown[] = typeof command === 'string' ? [command] : command
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')) {
    return new Set(names as string[])
  }
  throw invalidOption('command must be the name of a command, or an array of names', "Write command: '/onWebhook'.")
}

function parseIgnore(ignore: unknown): ReadonlySet<IgnoredCheck> {
  if (ignore === undefined) return noIgnored
  if (Array.isArray(ignore) && ignore.every((name) => ignorable.includes(name))) return new Set(ignore)
  throw invalidOption("ignore must be an array of 'uses', 'state', 'user' and 'signature'", "Write ignore: ['uses'].")
}

function unwrap(result: VerifyResult): Hook {
  if (result.ok) return result.hook
  throw toError(result)
}
