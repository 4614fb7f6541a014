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
  chain,
  invalidOption,
  isEncrypted,
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
  policyNames,
  type Rejection,
  toError,
  type VerifyResult,
} from './policy.ts'

/** How a verifier decides. */
export type VerifierOptions<D extends CommandDefinitions = AnyCommands> = PolicyOptions<D>

/** What one place accepts. */
export interface VerifyOptions<C extends string = string> {
  /** The command, or the commands, that this place is for; otherwise any. */
  command?: C | readonly C[]
  /** The request's method: refused unless the hook may act on it. */
  method?: string
  /** What is not checked: `'uses'` accepts a hook with `maxUses`, although a verifier counts nothing. */
  ignore?: readonly 'uses'[]
}

/** A verified hook, typed by the commands that were defined. */
export type VerifiedHook<D extends CommandDefinitions = AnyCommands, C extends CommandName<D> = CommandName<D>> = {
  [Name in C]: Hook<Name, ContentOutput<D, Name>>
}[C]

/** Decides whether a token is ours and still good. */
export interface Verifier<D extends CommandDefinitions = AnyCommands> {
  /**
   * Verifies a URL or token, on every runtime.
   *
   * @throws {HookurlError} any code with an exit of 3, 4 or 5; `store_unavailable` for a hook with `uses`, since
   *   nothing is counted here, unless `ignore` has `'uses'`; `invalid_key`, `invalid_option`
   */
  verify<C extends CommandName<D> = CommandName<D>>(
    urlOrToken: string,
    options?: VerifyOptions<C>,
  ): Promise<VerifiedHook<D, C>>
  /**
   * Verifies at once, where there is node:crypto: Node, Bun, Deno.
   *
   * @throws {HookurlError} as `verify`, and `sync_unsupported` for a sealed token or without node:crypto
   */
  verifySync<C extends CommandName<D> = CommandName<D>>(
    urlOrToken: string,
    options?: VerifyOptions<C>,
  ): VerifiedHook<D, C>
}

const verifierNames: ReadonlySet<string> = new Set(policyNames)
const verifyNames: ReadonlySet<string> = new Set(['command', 'method', 'ignore'])
const none: VerifyOptions = {}
const uncountable: Rejection = {
  ok: false,
  code: 'store_unavailable',
  fix: "Run it through a receiver with a use store, or pass ignore: ['uses'] to verify without counting.",
}

/**
 * Makes a verifier. Every mistake in the options is reported here.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 * @example
 * const verifier = createVerifier({ keys })
 * const hook = await verifier.verify(url, { command: '/onWebhook' })
 */
export function createVerifier<const D extends CommandDefinitions = AnyCommands>(
  options: VerifierOptions<D>,
): Verifier<D> {
  assertOptions(options, verifierNames, 'createVerifier')
  const policy = createPolicy(options)
  return {
    verify: async (text: string, given: VerifyOptions = none) =>
      settle(await verifyUrl(policy, urlToString(text), given)) as never,
    verifySync: (text: string, given: VerifyOptions = none) => {
      const verdict = synchronous ? verifyUrl(policy, urlToString(text), given) : undefined
      if (verdict !== undefined && !isPromiseLike(verdict)) return settle(verdict) as never
      verdict?.then(undefined, () => {})
      throw syncUnsupportedError(urlToString(text))
    },
  }
}

function verifyUrl(policy: Policy, text: string, given: VerifyOptions): MaybePromise<VerifyResult> {
  assertOptions(given, verifyNames, 'verify')
  const found = locateToken(text)
  if (!found.ok) return found
  return chain(policy.verifyToken(found, toCommands(given.command)), (verdict) => {
    if (!verdict.ok) return verdict
    const { hook } = verdict
    if (given.method !== undefined && !allowsMethod(hook, given.method))
      return { ok: false, code: 'method_not_allowed', hook }
    if (hook.maxUses !== undefined && given.ignore?.includes('uses') !== true) return { ...uncountable, hook }
    return policy.authorize(hook)
  })
}

/** Whether a method may run a hook's command. */
export function allowsMethod(hook: Hook, method: string): boolean {
  return method === 'POST' || (method === 'GET' && hook.allowGet)
}

/** The commands that a place is for; undefined: any. */
export function toCommands(command: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (command === undefined) return undefined
  const names: readonly unknown[] = typeof command === 'string' ? [command] : command
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')) {
    return new Set(names as string[])
  }
  throw invalidOption('command must be the name of a command, or several', "Write command: '/onWebhook'.")
}

function syncUnsupportedError(text: string): HookurlError {
  const found = locateToken(text)
  return !synchronous || (found.ok && isEncrypted(found.token))
    ? new HookurlError('sync_unsupported', { fix: 'Use verify, which is asynchronous.' })
    : invalidOption('check, or the schema of the command, is asynchronous', 'Use verify.')
}

function settle(verdict: VerifyResult): Hook {
  if (verdict.ok) return verdict.hook
  throw toError(verdict)
}
