import type { Hook } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import { withCorsHeaders } from '../response/cors.ts'
import { isResponse, type OutgoingResponse, securityHeaders } from '../response/response.ts'
import { authorize } from './authorize.ts'
import type { GuardConfig } from './config.ts'
import { type RequestContext, type Responded, reportResult } from './context.ts'
import type { AuthorizedHook } from './options.ts'

/**
 * A verified hook whose guarded route may run.
 *
 * @internal
 */
export interface Authorized {
  readonly kind: 'authorized'
  readonly hook: AuthorizedHook
  /** Headers for the route's response, unless the route sets them itself. */
  readonly headers: OutgoingResponse['headers']
  /**
   * Ends the request. Every adapter calls this once the route has ended, with the status of the route's response. A
   * status below 400 commits the use; any other, or `undefined` if there was no response, releases it. Only the first
   * call has an effect.
   */
  end(status: number | undefined): MaybePromise<void>
}

/** A guarded route, and how to read the status of what it returns. */
export interface GuardedRoute<T> {
  run(): T | Promise<T>
  getStatus(returned: T): number | undefined
}

/** Lets a verified hook pass to the route behind a guard. */
export async function enterRoute(ctx: RequestContext<GuardConfig>, hook: Hook): Promise<Authorized | Responded> {
  const authorization = await authorize(ctx, hook)
  if (authorization.kind === 'response') return authorization
  const { lease } = authorization
  const { deliveryId, request, config } = ctx
  let hasEnded = false
  return {
    kind: 'authorized',
    hook: deliveryId === undefined ? hook : Object.freeze({ ...hook, deliveryId }),
    headers: withCorsHeaders(securityHeaders, request, config.cors),
    end: (status) => {
      if (hasEnded) return
      hasEnded = true
      reportResult(ctx, { outcome: 'handled', status })
      return lease.end(status !== undefined && status < 400 ? 'commit' : 'release')
    },
  }
}

/** Runs the route behind a guard, and ends the request with the status of its response. */
export async function runGuardedRoute<T>(
  { end }: Pick<Authorized, 'end'>,
  { run, getStatus }: GuardedRoute<T>,
): Promise<T> {
  let status: number | undefined
  try {
    const returned = await run()
    status = getStatus(returned)
    return returned
  } catch (error) {
    status = getThrownStatus(error)
    throw error
  } finally {
    await end(status)
  }
}

// In some frameworks, a route can throw its response: a `Response`, or what Next's `redirect()` and `notFound()` throw.
function getThrownStatus(thrown: unknown): number | undefined {
  if (isResponse(thrown)) return thrown.status
  if (typeof thrown !== 'object' || thrown === null || !('digest' in thrown)) return undefined
  const status = /^NEXT_(?:REDIRECT;.*;|HTTP_ERROR_FALLBACK;)(\d{3});?$/.exec(String(thrown.digest))?.[1]
  return status === undefined ? undefined : Number(status)
}
