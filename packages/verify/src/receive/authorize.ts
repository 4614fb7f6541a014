import type { Hook } from '@hookurl/core'
import { chain, type MaybePromise, sha256Hex } from '@hookurl/core/internal'
import type { OutgoingResponse } from '../request/incoming-request.ts'
import { withCorsHeaders } from '../response/cors.ts'
import { type ClientKind, securityHeaders } from '../response/response.ts'
import { claimUse, type Lease, uncounted } from '../uses/lease.ts'
import type { Rejection } from '../verifier/policy.ts'
import { type Answered, type RequestContext, reject, respond } from './context.ts'
import { respondToDuplicate } from './run-handler.ts'

/** A good hook, which may run. */
export interface Authorized {
  readonly kind: 'hook'
  readonly hook: Hook
  /** For the answer of the route, where it has none of that name. */
  readonly headers: OutgoingResponse['headers']
  /**
   * Ends the use of a hook that is counted: every adapter calls it once the route has ended, with the status that it
   * answered, which spends the use where it is below 400. Undefined: it ended without an answer, which gives the use
   * back. Later calls do nothing.
   */
  settle(status: number | undefined): MaybePromise<void>
}

/** What is to be counted, and for whom. */
interface Counting {
  readonly hook: Hook
  readonly audience: ClientKind
  delivery(): string | undefined
}

type Claimed = Lease | 'duplicate' | Rejection

/** Asks for the application's own word on a hook, and claims a use where they are counted. */
export function authorize(turn: RequestContext, counting: Counting): MaybePromise<Answered | Authorized> {
  return chain(turn.settings.policy.authorize(counting.hook), (verdict) =>
    verdict.ok ? chain(claim(turn, counting), (use) => toAdmitted(turn, { counting, use })) : reject(turn, verdict),
  )
}

function toAdmitted(
  turn: RequestContext,
  { counting, use }: { counting: Counting; use: Claimed },
): Answered | Authorized {
  const { exchange, settings } = turn
  const { hook, audience } = counting
  if (use === 'duplicate') return respond(turn, respondToDuplicate(turn, { hook, audience }))
  if ('ok' in use) return reject(turn, { ...use, hook })
  return {
    kind: 'hook',
    hook,
    headers: withCorsHeaders(securityHeaders, exchange, settings.cors),
    settle: (status) => use.settle(status !== undefined && status < 400 ? 'well' : 'badly'),
  }
}

function claim({ exchange, settings }: RequestContext, { hook, audience, delivery }: Counting): MaybePromise<Claimed> {
  const { policy, uses } = settings
  const { id = '', maxUses: count, expiresAt } = hook
  if (uses === undefined || count === undefined || expiresAt === undefined) return uncounted
  return claimUse({
    settings: uses,
    claim: {
      key: sha256Hex(JSON.stringify([policy.purpose, id])),
      uses: count,
      expiresAt: new Date(expiresAt.getTime() + policy.toleranceMs),
      delivery: delivery(),
    },
    patient: audience === 'navigation',
    keepAlive: (work) => (exchange.waitUntil ?? exchange.hold)?.(work),
    onError: (error) => settings.onError(error, hook),
  })
}
