import type { Hook } from '@hookurl/core'
import { chain, type MaybePromise } from '@hookurl/core/internal'
import { DEFAULT_BODY_TIMEOUT_SECONDS } from '../request/body-limits.ts'
import { type Lease, reserve, unlimitedLease } from '../uses/lease.ts'
import { getUseId } from '../uses/use-id.ts'
import { MAX_TOLERANCE_SECONDS, type VerifyResult } from '../verifier/policy.ts'
import type { Rejection } from '../verifier/rejection.ts'
import { type RequestContext, type Responded, reject, respond } from './context.ts'
import { keepAlive } from './received-hook.ts'
import { createDuplicateResponse } from './result-response.ts'

/** Permission to run the command: a lease, or the response to a request that may not run it. */
export type Authorization = { readonly kind: 'lease'; readonly lease: Lease } | Responded

// In addition to the tolerance, a clock may be off by an hour (the wrong time zone) and ten more minutes.
const RECORD_GRACE_MS = 70 * 60_000

/** Runs the custom check of a verified hook, once per request unless a use is reserved in between. */
export function checkAuthorization(ctx: RequestContext, hook: Hook): MaybePromise<VerifyResult> {
  ctx.authorization ??= ctx.config.policy.authorize(hook)
  return ctx.authorization
}

/**
 * Reserves a use if uses are counted, then compares the state and runs the custom check. In this order, a duplicate gets
 * the response of its first delivery, whose handler may have changed the state, and no other request passes meanwhile.
 */
export function authorize(ctx: RequestContext, hook: Hook): MaybePromise<Authorization> {
  return chain(reserveUse(ctx, hook), (reserved) => {
    if (reserved === 'duplicate') return respond(ctx, 'duplicate', createDuplicateResponse(ctx, hook))
    if ('ok' in reserved) return reject(ctx, { ...reserved, hook })
    return chain(checkLeased(ctx, hook, reserved), (problem) => {
      if (problem !== undefined) return reject(ctx, { ...problem, hook })
      ctx.lease = reserved
      return { kind: 'lease', lease: reserved }
    })
  })
}

function checkLeased(ctx: RequestContext, hook: Hook, lease: Lease): MaybePromise<Rejection | undefined> {
  // What a custom handshake asked before the reservation may no longer be true.
  if (lease !== unlimitedLease) ctx.authorization = undefined
  const checking = chain(ctx.config.policy.checkState(hook, ctx.proof), (result) => {
    if (!result.ok) return result
    ctx.state = result.state
    return checkAuthorization(ctx, hook)
  })
  return chain(checking, (result): MaybePromise<Rejection | undefined> => {
    if (result.ok) return lease.begin()
    return lease === unlimitedLease ? result : lease.release().then(() => result)
  })
}

function reserveUse(ctx: RequestContext, hook: Hook): MaybePromise<Lease | 'duplicate' | Rejection> {
  const { request, config, client } = ctx
  const { policy, uses } = config
  const { id = '', maxUses, expiresAt } = hook
  if (uses === undefined || maxUses === undefined || expiresAt === undefined) return unlimitedLease
  const { delivery } = ctx
  return reserve({
    uses,
    request: {
      id: getUseId(policy.purpose, id),
      maxUses,
      expiresAt: getRecordEnd(ctx, expiresAt),
      deliveryId: delivery?.id,
      duplicateMs: delivery?.duplicateMs ?? 0,
    },
    shouldWait: client === 'browser',
    atMaxLease: config.kind === 'guard' ? 'commit' : 'expire',
    // Reading the body takes time, and so does waiting for another request.
    findProblem: () => {
      const code = policy.checkValidity(hook)
      return code === undefined ? undefined : { ok: false, code, hook }
    },
    keepAlive: (work) => keepAlive(request, work),
    onError: (error) => config.onError(error, hook),
  })
}

// A record is kept for as long as any receiver may accept the URL, regardless of this receiver's tolerance.
function getRecordEnd({ config }: RequestContext, expiresAt: Date): Date {
  const bodyTimeoutMs = config.kind === 'receiver' ? config.limits.timeoutMs : DEFAULT_BODY_TIMEOUT_SECONDS * 1000
  return new Date(expiresAt.getTime() + MAX_TOLERANCE_SECONDS * 1000 + bodyTimeoutMs + RECORD_GRACE_MS)
}
