import {
  type AnyCommands,
  type CommandDefinition,
  type CommandDefinitions,
  type Duration,
  defineCommands,
  type Hook,
  type KeysOption,
  type State,
} from '@hookurl/core'
import {
  chain,
  checkValidityPeriod,
  createHandle,
  createKeyringLoader,
  createRedirectPolicy,
  type DerivedKey,
  type DerivedKeyring,
  deriveSigningSecret,
  type EncryptedSegments,
  findCommand,
  findRedirectProblem,
  formatPaths,
  invalidOption,
  isBoundTo,
  isPromiseLike,
  type LocatedToken,
  type MaybePromise,
  memoizeLast,
  type OpenedHandle,
  type OpenedToken,
  openHandle,
  openToken,
  parseDuration,
  resolveClock,
  serializeState,
  toHook,
  validateWithSchema,
} from '@hookurl/core/internal'
import { callResolver } from './call-resolver.ts'
import type { Rejection } from './rejection.ts'

/** The options that verifiers, guards and receivers share: which hooks they accept. */
export interface PolicyOptions<D extends CommandDefinitions = AnyCommands> {
  /** The keyring, newest key first, or a function that returns it, even asynchronously. It is called once, on first use. */
  keys: KeysOption
  /** The purpose that the URLs were minted for, at most 64 characters; must match the minter's. */
  purpose?: string | undefined
  /** The result of `defineCommands`. Other commands are rejected, and content is validated. */
  commands?: D | undefined
  /** Restricts redirects to these hosts, like the minter's option. */
  redirectHosts?: readonly string[] | undefined
  /** How far the clocks of the minter and the verifier may differ: 0 (the default) to 300 seconds. */
  clockTolerance?: Duration | undefined
  /**
   * Returns the current state of what a URL minted with `state` is bound to, such as a password hash or a version. If it
   * differs from the state at mint, or is `undefined`, the URL is rejected (`state_changed`). If it throws, or takes longer
   * than 2 seconds, the request is rejected (`state_unavailable`).
   */
  state?: ((hook: Hook) => State | undefined | PromiseLike<State | undefined>) | undefined
  /** A custom check, run after all others. Return `false` or throw to reject the hook. */
  authorize?: ((hook: Hook) => unknown) | undefined
  /** The clock, in epoch milliseconds. */
  now?: (() => number) | undefined
}

/** The names of the shared options. */
export const policyOptionNames: readonly string[] = [
  'keys',
  'purpose',
  'commands',
  'redirectHosts',
  'clockTolerance',
  'state',
  'authorize',
  'now',
]

/** What a verified token proves in addition to its hook. Only tokens with a restriction have it. */
export interface TokenProof {
  /** Whether the token is bound to a state, serialized. */
  isBoundTo(state: string): MaybePromise<boolean>
  /** Derives the 32 bytes of the signing secret. */
  getSigningSecret(): MaybePromise<Uint8Array>
}

/** A verified hook, its proof if it has a restriction, and its state once that was compared. */
interface Accepted {
  readonly ok: true
  readonly hook: Hook
  readonly proof?: TokenProof
  readonly state?: State
}

/** The result of verifying a token: its hook, or why it is rejected. */
export type VerifyResult = Accepted | Rejection

/** Keys, clock, commands, redirect hosts and the custom check, prepared once. */
export interface Policy {
  readonly commands: CommandDefinitions | undefined
  readonly purpose: string
  /** Whether the option `state` is set. */
  readonly canCheckState: boolean
  /** Whether the keys come from a function that returned a promise. */
  hasAsyncKeys(): boolean
  /** Checks the validity period of a verified hook again, at a later time. */
  checkValidity(hook: Hook): 'expired' | 'not_yet_valid' | undefined
  /** Checks everything that depends on the token alone. `accepted`: the commands accepted here; `undefined`: any. */
  verifyToken(located: LocatedToken, accepted: ReadonlySet<string> | undefined): MaybePromise<VerifyResult>
  /** Encrypts a token as a handle, which stands for it while its user signs in. */
  createHandle(token: string): MaybePromise<string>
  openHandle(segments: EncryptedSegments): MaybePromise<OpenedHandle | Rejection>
  /** Compares the current state with the one that the hook is bound to, if it is bound to one. */
  checkState(hook: Hook, proof: TokenProof | undefined): MaybePromise<VerifyResult>
  /** Runs the custom check. */
  authorize(hook: Hook): MaybePromise<VerifyResult>
}

/** The largest `clockTolerance`, in seconds. */
export const MAX_TOLERANCE_SECONDS = 300

/** The rejection of a hook that is bound to a state, where the option `state` is not set. */
export const stateNotConfigured: Rejection = {
  ok: false,
  code: 'not_configured',
  message: 'the URL is bound to a state, but the option state is not set',
  fix: 'Set state to a function that returns the current state.',
}

const malformedToken: Rejection = { ok: false, code: 'malformed_token' }

/**
 * Prepares a policy. Commands that have a handler of their own are accepted even if they are not defined in `commands`.
 *
 * @throws {HookurlError} `invalid_option`, `invalid_key`
 */
export function createPolicy(options: PolicyOptions<CommandDefinitions>, handled?: ReadonlySet<string>): Policy {
  const { authorize, state } = options
  if (state !== undefined && typeof state !== 'function') {
    throw invalidOption('state must be a function', 'Return the current state from it.')
  }
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw invalidOption('authorize must be a function', 'Return false from it to reject a hook.')
  }
  const loadKeyring = createKeyringLoader(options.keys, options.purpose)
  const commands = options.commands === undefined ? undefined : defineCommands(options.commands)
  const isAllowed = createRedirectPolicy(options.redirectHosts)
  const checkRedirect = memoizeLast((redirect: string) => findRedirectProblem(redirect, isAllowed))
  const tolerance = parseTolerance(options.clockTolerance)
  const now = resolveClock(options.now)

  function verifyHook(hook: Hook, accepted: ReadonlySet<string> | undefined): MaybePromise<VerifyResult> {
    if (accepted !== undefined && !accepted.has(hook.command)) return { ok: false, code: 'wrong_command', hook }
    if (hook.redirectTo !== undefined) {
      const problem = checkRedirect(hook.redirectTo)
      if (problem !== undefined) {
        return { ok: false, code: 'redirect_forbidden', message: `its redirect ${problem}`, hook }
      }
    }
    if (commands === undefined) return { ok: true, hook }
    const definition = findCommand(commands, hook.command)
    if (definition !== undefined) return validateContent(definition, hook)
    return handled?.has(hook.command) === true ? { ok: true, hook } : { ok: false, code: 'unknown_command', hook }
  }

  return {
    commands,
    purpose: options.purpose ?? '',
    canCheckState: state !== undefined,
    hasAsyncKeys: loadKeyring.isAsync,
    checkValidity: ({ expiresAt, notBefore }) =>
      checkValidityPeriod({ cmd: '', exp: toSeconds(expiresAt), nbf: toSeconds(notBefore) }, now(), tolerance),
    verifyToken: (located, accepted) =>
      chain(loadKeyring(), (keyring) =>
        chain(
          located.kind === 'valid' ? openToken(keyring, located.segments) : malformedToken,
          (opened): MaybePromise<VerifyResult> => {
            if (!opened.ok) return opened
            const hook = toHook(opened.claims, opened.key)
            const code = checkValidityPeriod(opened.claims, now(), tolerance)
            if (code !== undefined) return { ok: false, code, hook }
            const verified = verifyHook(hook, accepted)
            return isRestricted(hook) ? chain(verified, (result) => addProof(result, keyring, opened)) : verified
          },
        ),
      ),
    createHandle: (token) => chain(loadKeyring(), (keyring) => createHandle(keyring, token, now())),
    openHandle: (segments) => chain(loadKeyring(), (keyring) => openHandle(keyring, segments, now())),
    checkState: (hook, proof) => (hook.isStateBound === true ? compareState(state, hook, proof) : { ok: true, hook }),
    authorize: (hook) => (authorize === undefined ? { ok: true, hook } : runAuthorize(authorize, hook)),
  }
}

function isRestricted({ isStateBound, requiresSignature }: Hook): boolean {
  return isStateBound === true || requiresSignature === true
}

function addProof(result: VerifyResult, keyring: DerivedKeyring, { claims, json, key }: OpenedToken): VerifyResult {
  if (!result.ok) return result
  const derivedKey = keyring.all[key.index] as DerivedKey
  const proof: TokenProof = {
    isBoundTo: (state) => isBoundTo(derivedKey, claims, state),
    getSigningSecret: () => deriveSigningSecret(derivedKey, json),
  }
  return { ...result, proof }
}

function compareState(
  state: PolicyOptions['state'],
  hook: Hook,
  proof: TokenProof | undefined,
): MaybePromise<VerifyResult> {
  if (state === undefined || proof === undefined) return { ...stateNotConfigured, hook }
  return chain(
    callResolver(() => state(hook)),
    (resolved): MaybePromise<VerifyResult> => {
      if (!resolved.ok) return stateUnavailable(hook, resolved.reason)
      if (resolved.value === undefined) return { ok: false, code: 'state_changed', hook }
      const serialized = trySerializeState(resolved.value)
      if (serialized === undefined) return stateUnavailable(hook, 'it returned something that is not a state')
      return chain(proof.isBoundTo(serialized), (isBound) =>
        isBound ? { ok: true, hook, state: resolved.value as State } : { ok: false, code: 'state_changed', hook },
      )
    },
  )
}

function stateUnavailable(hook: Hook, reason: string): Rejection {
  return { ok: false, code: 'state_unavailable', message: `the state function failed: ${reason}`, hook }
}

function trySerializeState(state: unknown): string | undefined {
  try {
    return serializeState(state)
  } catch {
    return undefined
  }
}

function validateContent(definition: CommandDefinition, hook: Hook): MaybePromise<VerifyResult> {
  if (definition.content === undefined) return { ok: true, hook }
  return chain(validateWithSchema(definition.content, hook.content), (checked): VerifyResult => {
    if (checked.ok) return { ok: true, hook: Object.freeze({ ...hook, content: checked.value }) }
    const message = `the content does not match the schema of the command: ${formatPaths(checked.paths)}`
    return { ok: false, code: 'invalid_content', message, paths: checked.paths, hook }
  })
}

function runAuthorize(authorize: (hook: Hook) => unknown, hook: Hook): MaybePromise<VerifyResult> {
  const toResult = (returned: unknown): VerifyResult =>
    returned === false ? { ok: false, code: 'denied', hook } : { ok: true, hook }
  const toDenied = (cause: unknown): VerifyResult => ({ ok: false, code: 'denied', hook, cause })
  try {
    const returned = authorize(hook)
    return isPromiseLike(returned) ? Promise.resolve(returned).then(toResult, toDenied) : toResult(returned)
  } catch (error) {
    return toDenied(error)
  }
}

function parseTolerance(value: unknown): number {
  const seconds = value === undefined ? 0 : parseDuration(value, 'clockTolerance')
  if (seconds <= MAX_TOLERANCE_SECONDS) return seconds
  throw invalidOption('clockTolerance must be at most 300 seconds', "Synchronize the clocks; '60s' is enough.")
}

function toSeconds(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : date.getTime() / 1000
}
