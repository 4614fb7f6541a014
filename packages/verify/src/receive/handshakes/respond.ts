import type { Hook } from '@hookurl/core'
import { chain, type MaybePromise } from '@hookurl/core/internal'
import { isJson } from '../../request/payload.ts'
import { isResponse, type OutgoingResponse, wrapResponse } from '../../response/response.ts'
import type { Rejection } from '../../verifier/rejection.ts'
import { checkAuthorization } from '../authorize.ts'
import type { ReceiverConfig } from '../config.ts'
import { type RequestContext, type Responded, reject, respond } from '../context.ts'
import { createRequest, getRawBody, toRequestBody } from '../received-hook.ts'
import { assertSendable } from '../result-response.ts'
import { findSignatureProblem } from '../signatures/check-signature.ts'
import { findBodyHandshake, type Handshake } from './find-handshake.ts'

/** Responds to a recognized handshake. */
export async function respondToHandshake(ctx: RequestContext, hook: Hook, handshake: Handshake): Promise<Responded> {
  const { service, createResponse, confirm } = handshake
  ctx.service = service
  if (confirm !== undefined) {
    const authorized = await checkAuthorization(ctx, hook)
    if (!authorized.ok) return reject(ctx, authorized)
    const confirmed = await callOption(ctx, hook, confirm)
    if (!confirmed.ok) return reject(ctx, confirmed)
    if (confirmed.value === false) return reject(ctx, { ok: false, code: 'denied', hook })
  }
  return respond(ctx, 'handshake', await createResponse())
}

/** Responds to a handshake that is recognized by its body, or by the application. */
export function respondToBodyHandshake(
  ctx: RequestContext<ReceiverConfig>,
  hook: Hook,
  payload: unknown,
): MaybePromise<Responded | undefined> {
  const { request, config, body } = ctx
  const { handshakes } = config
  if (handshakes === undefined || request.method !== 'POST') return undefined
  const found =
    body?.kind !== 'none' && isJson(request.header('content-type'))
      ? findBodyHandshake(handshakes, {
          request,
          payload,
          now: config.now,
          isSigned: () => chain(findSignatureProblem(ctx, hook), (problem) => problem === undefined),
          rawBody: () => getRawBody(body),
        })
      : undefined
  return chain(found, (handshake) => {
    if (handshake === undefined) return respondToCustomHandshake(ctx, hook)
    ctx.service = handshake.service
    return respond(ctx, 'handshake', handshake.response)
  })
}

/**
 * Calls the option `custom`. Returns `undefined` if it is not set, if the request is not a handshake, or if the custom
 * check rejects a hook with a restriction: the rejection may precede neither the check of the signature, the user or the
 * state nor the reservation, which recognizes duplicates.
 */
export function respondToCustomHandshake(ctx: RequestContext, hook: Hook): MaybePromise<Responded | undefined> {
  const custom = ctx.config.handshakes?.custom
  if (custom === undefined) return undefined
  return chain(checkAuthorization(ctx, hook), async (authorized) => {
    if (!authorized.ok) return isRestricted(hook) ? undefined : reject(ctx, authorized)
    const called = await callOption(ctx, hook, async () => toResponse(await custom(copyRequest(ctx), hook)))
    if (!called.ok) return reject(ctx, called)
    return called.value === undefined ? undefined : respond(ctx, 'handshake', called.value)
  })
}

function isRestricted({ maxUses, isStateBound, requiresSignature, requiresUser }: Hook): boolean {
  return maxUses !== undefined || isStateBound === true || requiresSignature === true || requiresUser === true
}

/** Calls a function of the application. If it throws, `onError` receives the error. */
async function callOption<T>(
  { config }: RequestContext,
  hook: Hook,
  call: () => T | Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | Rejection> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    config.onError(error, hook)
    return { ok: false, code: 'handler_failed', hook }
  }
}

function toResponse(returned: unknown): OutgoingResponse | undefined {
  if (returned === undefined) return undefined
  if (!isResponse(returned)) throw new TypeError('handshakes.custom must return a Response or undefined')
  return wrapResponse(assertSendable(returned))
}

// A parsed JSON body is serialized again. Other parsed bodies cannot be restored.
function copyRequest({ request, body }: RequestContext): Request {
  if (body === undefined || body.kind === 'none') return createRequest(request, undefined)
  const isParsedJson = body.kind === 'parsed' && isJson(request.header('content-type'))
  const text = body.kind === 'text' ? body.text : isParsedJson ? JSON.stringify(body.value) : undefined
  return createRequest(request, text === undefined ? toRequestBody(body) : new TextEncoder().encode(text))
}
