import type { Hook } from '@hookurl/core'
import { chain, type MaybePromise, sha256Hex } from '@hookurl/core/internal'
import { type Lease, reserve, uncountedLease } from '../uses/lease.ts'
import type { Rejection } from '../verifier/rejection.ts'
import { type RequestContext, type Responded, reject, respond } from './context.ts'
import { keepAlive } from './received-hook.ts'
import { createDuplicateResponse } from './result-response.ts'

/** Permission to run the command: a lease, or the response to a request that may not run it. */
export type Authorization = { readonly kind: 'lease'; readonly lease: Lease } | Responded

/** Runs the custom check on a verified hook, then reserves a use if uses are counted. */
export function authorize(ctx: RequestContext, hook: Hook): MaybePromise<Authorization> {
  return chain(ctx.config.policy.authorize(hook), (result) => {
    if (!result.ok) return reject(ctx, result)
    return chain(reserveUse(ctx, hook), (reserved) => toAuthorization(ctx, hook, reserved))
  })
}

function toAuthorization(ctx: RequestContext, hook: Hook, reserved: Lease | 'duplicate' | Rejection): Authorization {
  if (reserved === 'duplicate') return respond(ctx, 'duplicate', createDuplicateResponse(ctx, hook))
  return 'ok' in reserved ? reject(ctx, { ...reserved, hook }) : { kind: 'lease', lease: reserved }
}

function reserveUse(ctx: RequestContext, hook: Hook): MaybePromise<Lease | 'duplicate' | Rejection> {
  const { request, config, client } = ctx
  const { policy, uses } = config
  const { id = '', maxUses, expiresAt } = hook
  if (uses === undefined || maxUses === undefined || expiresAt === undefined) return uncountedLease
  return reserve({
    uses,
    request: {
      id: sha256Hex(JSON.stringify([policy.purpose, id])),
      maxUses,
      expiresAt: new Date(expiresAt.getTime() + policy.toleranceMs),
      deliveryId: ctx.deliveryId,
    },
    waits: client === 'browser',
    keepAlive: (work) => keepAlive(request, work),
    onError: (error) => config.onError(error, hook),
  })
}
