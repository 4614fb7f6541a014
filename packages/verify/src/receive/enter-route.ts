import type { Hook } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import type { IncomingRequest } from '../request/incoming-request.ts'
import { withCorsHeaders } from '../response/cors.ts'
import { type OutgoingResponse, securityHeaders } from '../response/response.ts'
import { unlimitedLease } from '../uses/lease.ts'
import { toError } from '../verifier/rejection.ts'
import { authorize } from './authorize.ts'
import type { GuardConfig } from './config.ts'
import { type RequestContext, type Responded, reject, reportResult } from './context.ts'
import type { AuthorizedHook } from './options.ts'
import { defineHiddenMembers } from './received-hook.ts'
import { findSignatureProblem } from './signatures/check-signature.ts'
import { getThrownStatus } from './thrown-status.ts'

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
  /** Ends the request: every adapter calls it once the route has ended. Only the first call has an effect. */
  end(ending: RouteEnding): MaybePromise<void>
}

/** How a guarded route ended. */
export interface RouteEnding {
  /** The status of its response; `undefined` if it threw, so that the host responds with 500. */
  readonly status: number | undefined
  /** Whether the route wrote the headers of the response, and the client was still connected. */
  readonly isDelivered: boolean
}

/** A guarded route, and how to read the status of what it returns. */
export interface GuardedRoute<T> {
  run(): T | Promise<T>
  getStatus(returned: T): number | undefined
}

/** Lets a verified hook pass to the route behind a guard. */
export async function enterRoute(ctx: RequestContext<GuardConfig>, hook: Hook): Promise<Authorized | Responded> {
  const unsigned = await findSignatureProblem(ctx, hook)
  if (unsigned !== undefined) return reject(ctx, unsigned)
  const authorization = await authorize(ctx, hook)
  if (authorization.kind === 'response') return authorization
  const { lease } = authorization
  const { request, config } = ctx
  let hasEnded = false
  return {
    kind: 'authorized',
    hook: createAuthorizedHook(ctx, hook),
    headers: hook.requiresUser === true ? securityHeaders : withCorsHeaders(securityHeaders, request, config.cors),
    end: ({ status, isDelivered }) => {
      if (hasEnded) return
      hasEnded = true
      reportResult(ctx, { outcome: 'handled', status })
      if (lease === unlimitedLease) return
      return lease.settle(!isReleased(status, isDelivered)).then((problem) => {
        if (problem !== undefined) config.onError(toError(problem), hook)
      })
    },
  }
}

// A caller can provoke a status below 500, with conditional headers, `Accept` or a disconnect, to run the route again.
function isReleased(status: number | undefined, isDelivered: boolean): boolean {
  return isDelivered && (status === undefined || status >= 500)
}

function createAuthorizedHook(ctx: RequestContext, hook: Hook): AuthorizedHook {
  const deliveryId = ctx.delivery?.id
  const { actor, signedBy } = ctx
  const authorized = {
    ...hook,
    ...(actor !== undefined && { actor }),
    ...(deliveryId !== undefined && { deliveryId }),
    ...(signedBy !== undefined && { signedBy }),
  }
  defineHiddenMembers(authorized, ctx)
  return Object.freeze(authorized) as AuthorizedHook
}

/**
 * Runs the route behind a guard, and ends the request with the status of its response. The host learns of it before
 * the route is entered: some hosts stop a request whose client disconnects.
 */
export async function runGuardedRoute<T>(
  { end }: Pick<Authorized, 'end'>,
  request: IncomingRequest,
  { run, getStatus }: GuardedRoute<T>,
): Promise<T> {
  let hasEnded = (): void => {}
  request.waitUntil?.(new Promise<void>((resolve) => (hasEnded = resolve)))
  let status: number | undefined
  // Some hosts record a disconnect only once the signal was read.
  request.isAborted?.()
  try {
    const returned = await run()
    status = getStatus(returned)
    return returned
  } catch (error) {
    status = getThrownStatus(error)
    throw error
  } finally {
    await end({ status, isDelivered: request.isAborted?.() !== true })
    hasEnded()
  }
}
