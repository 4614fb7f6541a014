import type { Hook } from '@hookurl/core'
import { type Awaitable, after, sha256Hex } from '@hookurl/core/internal'
import { type Audience, safetyHeaders } from './answer.ts'
import { markHeaders } from './cors.ts'
import type { Answer } from './exchange.ts'
import type { Refusal } from './policy.ts'
import { repeatAnswer } from './run.ts'
import { type Answered, give, refuse, type Turn } from './turn.ts'
import { claimUse, type Use, uncounted } from './uses.ts'

/** A good hook, which may run. */
export interface Admitted {
  readonly kind: 'hook'
  readonly hook: Hook
  /** For the answer of the route, where it has none of that name. */
  readonly headers: Answer['headers']
  /**
   * Ends the use of a hook that is counted: every adapter calls it once the route has ended, with the status that it
   * answered, which spends the use where it is below 400. Undefined: it ended without an answer, which gives the use
   * back. Later calls do nothing.
   */
  settle(status: number | undefined): Awaitable<void>
}

/** What is to be counted, and for whom. */
interface Counting {
  readonly hook: Hook
  readonly audience: Audience
  delivery(): string | undefined
}

type Claimed = Use | 'repeated' | Refusal

/** Asks for the application's own word on a hook, and claims a use where they are counted. */
export function admit(turn: Turn, counting: Counting): Awaitable<Answered | Admitted> {
  return after(turn.settings.policy.admit(counting.hook), (verdict) =>
    verdict.ok ? after(claim(turn, counting), (use) => toAdmitted(turn, { counting, use })) : refuse(turn, verdict),
  )
}

function toAdmitted(turn: Turn, { counting, use }: { counting: Counting; use: Claimed }): Answered | Admitted {
  const { exchange, settings } = turn
  const { hook, audience } = counting
  if (use === 'repeated') return give(turn, repeatAnswer(turn, { hook, audience }))
  if ('ok' in use) return refuse(turn, { ...use, hook })
  return {
    kind: 'hook',
    hook,
    headers: markHeaders(safetyHeaders, exchange, settings.cors),
    settle: (status) => use.settle(status !== undefined && status < 400 ? 'well' : 'badly'),
  }
}

function claim({ exchange, settings }: Turn, { hook, audience, delivery }: Counting): Awaitable<Claimed> {
  const { policy, uses } = settings
  const { id = '', uses: count, expiresAt } = hook
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
