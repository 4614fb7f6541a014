import { type Hook, type HookurlError, isHookurlError, type State } from '@hookurl/core'
import { type MaybePromise, unwrapUrl } from '@hookurl/core/internal'
import { createVerifier, type IgnoredCheck, type Verifier, type VerifyOptions } from '@hookurl/verify'
import { explainRejection } from '../io/explain-rejection.ts'
import { toErrorReport } from '../io/report-error.ts'
import { allRestrictions, receiverChecks } from '../io/restrictions.ts'
import { createContentReader } from '../keys/content-reader.ts'
import type { Settings } from '../keys/load.ts'

/** The result for one URL. A rejected URL also has a hook if its signature is valid. */
export interface VerifyResult {
  readonly hook: Hook | undefined
  readonly error: HookurlError | undefined
  /** The services whose URL contains this one, outermost first. */
  readonly wrappedBy: readonly string[] | undefined
  /** The restrictions of the hook that were not checked; `undefined` if there is none. */
  readonly notChecked: readonly IgnoredCheck[] | undefined
}

/** What a URL verifier needs. */
export interface UrlVerifierOptions {
  readonly settings: Pick<Settings, 'keys' | 'purpose'>
  /** The state to compare with; no member if it is not compared. */
  readonly current: { readonly state?: State }
  now(): number
}

/** Verifies a URL or token for one of these commands; for any command by default. Does not use it up. */
export type UrlVerifier = (text: string, command?: string | readonly string[]) => MaybePromise<VerifyResult>

/** Creates a function that verifies URLs, and reads those inside Outlook Safe Links and other wrappers. */
export function createUrlVerifier({ settings, current, now }: UrlVerifierOptions): UrlVerifier {
  const { keys, purpose } = settings
  const comparesState = 'state' in current
  const verifier = createVerifier({ keys, purpose, now, ...(comparesState && { state: () => current.state }) })
  const ignore: readonly IgnoredCheck[] = comparesState ? receiverChecks : allRestrictions
  const readContent = createContentReader(settings)
  return (text, command) => {
    const { url, wrappedBy } = unwrapUrl(text)
    const { hook, error } = tryVerify(verifier, url, { command, ignore })
    const notChecked = hook === undefined || error !== undefined ? undefined : findNotChecked(hook, ignore)
    if (hook === undefined || !canContainNumbers(hook.content)) return { hook, error, wrappedBy, notChecked }
    return readContent(url).then((content) => ({ hook: { ...hook, content }, error, wrappedBy, notChecked }))
  }
}

/** Converts a result for JSON. */
export function toVerifyRecord({ hook, error, wrappedBy, notChecked }: VerifyResult): object {
  if (error === undefined) return { valid: true, wrappedBy, notChecked, hook }
  const { code, message, fix } = toErrorReport(error, 'verify')
  return { valid: false, wrappedBy, error: { code, message, fix }, hook }
}

function tryVerify(verifier: Verifier, url: string, options: VerifyOptions): Pick<VerifyResult, 'hook' | 'error'> {
  try {
    return { hook: verifier.verifySync(url, options), error: undefined }
  } catch (error) {
    if (!isHookurlError(error) || error.status === undefined) throw error
    return { hook: error.hook, error: explainRejection(error, url) }
  }
}

// Content is parsed a second time for the literals of its numbers, which takes longer than verifying.
function canContainNumbers(content: unknown): boolean {
  return typeof content === 'number' || (typeof content === 'object' && content !== null)
}

function findNotChecked(hook: Hook, ignored: readonly IgnoredCheck[]): readonly IgnoredCheck[] | undefined {
  const restrictions: Readonly<Record<IgnoredCheck, unknown>> = {
    uses: hook.maxUses,
    user: hook.requiresUser,
    signature: hook.requiresSignature,
    state: hook.isStateBound,
  }
  const notChecked = ignored.filter((check) => restrictions[check] !== undefined)
  return notChecked.length === 0 ? undefined : notChecked
}
