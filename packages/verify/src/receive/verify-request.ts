import type { Hook } from '@hookurl/core'
import { type LocateResult, locateToken } from '@hookurl/core/internal'
import { isLinkPreview, isPrefetch } from '../request/link-previews.ts'
import { parseQuery } from '../request/payload.ts'
import { isWithin } from '../request/target.ts'
import { isPreflight, preflightResponse } from '../response/cors.ts'
import { emptyResponse, getAllowedMethods, pageResponse } from '../response/response.ts'
import { stateNotConfigured } from '../verifier/policy.ts'
import type { Rejection } from '../verifier/rejection.ts'
import { allowsMethod } from '../verifier/verifier.ts'
import { authenticate, isHandleOf, noUser, verifyHandle } from './authenticate.ts'
import { getHandler } from './config.ts'
import { getPageData, isListedPreflight, type RequestContext, type Responded, reject, respond } from './context.ts'
import { findHandshake } from './handshakes/find-handshake.ts'
import { respondToCustomHandshake, respondToHandshake } from './handshakes/respond.ts'

/**
 * A request that hookurl leaves to the application.
 *
 * @internal
 */
export interface Next {
  readonly kind: 'next'
}

/** A request whose hook is verified and may run. */
export interface Verified {
  readonly kind: 'verified'
  readonly hook: Hook
}

const next: Next = { kind: 'next' }
const ackAfterUnsupported: Rejection = {
  ok: false,
  code: 'invalid_option',
  message: 'ackAfter needs a host that keeps running after the response, and this host did not provide waitUntil',
  fix: "Pass the host's waitUntil, as in receiver.fetch(request, { waitUntil }), or remove ackAfter.",
}
const noStore: Rejection = {
  ok: false,
  code: 'not_configured',
  message: 'the uses of the URL are limited, but the option uses is not set',
  fix: 'Set uses to a use store.',
}

/** Verifies everything about a request but its body. */
export async function verifyRequest(ctx: RequestContext): Promise<Verified | Responded | Next> {
  const { config } = ctx

  // 1. Find the token. A receiver leaves a request without one to the application; a guard rejects it.
  if (isOutside(ctx)) return next
  const located = findToken(ctx)
  if (located.kind === 'none' && config.kind === 'receiver') return next
  if (located.kind === 'none' || located.kind === 'ambiguous') return reject(ctx, { ok: false, code: located.code })
  ctx.token = located.token

  // 2. Verify it. Awaiting the result even if it is available immediately gives a small body time to arrive.
  const accepted = config.kind === 'guard' ? config.commands : undefined
  const result = await (isHandleOf(located)
    ? verifyHandle(ctx, located.segments, accepted)
    : config.policy.verifyToken(located, accepted))
  if (!result.ok) return reject(ctx, result)
  const { hook } = result
  ctx.hook = hook
  ctx.proof = result.proof
  if (config.kind === 'receiver' && getHandler(config, hook.command) === undefined) {
    return reject(ctx, { ok: false, code: 'unknown_command', hook })
  }

  // 3. Respond to requests that never run the handler.
  return (await respondWithoutRunning(ctx, hook)) ?? { kind: 'verified', hook }
}

/** Whether a request is outside the base path of a receiver. */
export function isOutside({ request, config }: RequestContext): boolean {
  return config.kind === 'receiver' && !isWithin(config.basePath, request.target)
}

/** Locates the token of a request. A middleware may have rewritten a short URL of the application to a hook URL. */
export function findToken(ctx: RequestContext): LocateResult {
  const { target, rewrittenTarget } = ctx.request
  const located = locateToken(target)
  if (located.kind !== 'none' || rewrittenTarget === undefined) return located
  ctx.target = rewrittenTarget
  return locateToken(rewrittenTarget)
}

// HEAD, OPTIONS, prefetches, link previews, handshakes, and browsers whose user has to confirm.
async function respondWithoutRunning(ctx: RequestContext, hook: Hook): Promise<Responded | Next | undefined> {
  const { request, config, client } = ctx
  const { method } = request
  if (method === 'HEAD') return respond(ctx, 'head', emptyResponse(200))

  ctx.query = parseQuery(ctx.target, ctx.token)
  const handshake = findHandshake(config.handshakes, { request, hook, query: ctx.query })
  if (method === 'OPTIONS' && handshake === undefined) return respondToOptions(ctx, hook)

  // If a prefetch fails, the browser requests the page again when the user opens it.
  if (method === 'GET' && isPrefetch(request)) {
    return respond(ctx, 'prefetch', emptyResponse(503, { 'retry-after': '1' }))
  }
  if (handshake !== undefined) return respondToHandshake(ctx, hook, handshake)
  if (method === 'GET' && isLinkPreview(request)) {
    return respond(ctx, 'preview', pageResponse(config.pages.preview(getPageData(ctx, hook))))
  }

  // A receiver reads the body of a POST first.
  if (method === 'GET' || (method === 'POST' && config.kind === 'guard')) {
    const responded = respondToCustomHandshake(ctx, hook)
    if (responded !== undefined) {
      const custom = await responded
      if (custom !== undefined) return custom
    }
  }

  const problem = findConfigProblem(ctx, hook)
  if (problem !== undefined) return reject(ctx, { ...problem, hook })
  if (allowsMethod(hook, method)) return authenticate(ctx, hook)
  if (method === 'GET' && client === 'browser') {
    // A browser cannot sign what its button would send.
    if (hook.requiresSignature === true) return reject(ctx, { ok: false, code: 'unsigned_request', hook })
    if (hook.requiresUser === true) {
      const denied = await authenticate(ctx, hook)
      if (denied !== undefined) return denied
    }
    // There is no button for a link that no longer works.
    const checked = await config.policy.checkState(hook, ctx.proof)
    if (!checked.ok) return reject(ctx, checked)
    return respond(
      ctx,
      'confirm_page',
      pageResponse(config.pages.confirm({ ...getPageData(ctx, hook), ...getForm(ctx, hook) })),
    )
  }
  return reject(ctx, { ok: false, code: 'method_not_allowed', hook })
}

// What this receiver or guard is not set up for.
function findConfigProblem({ request, config }: RequestContext, hook: Hook): Rejection | undefined {
  if (hook.maxUses !== undefined && config.uses === undefined) return noStore
  if (hook.isStateBound === true && !config.policy.canCheckState) return stateNotConfigured
  if (hook.requiresUser === true && config.user === undefined) return noUser
  const acknowledgesEarly = config.kind === 'receiver' && config.ackAfterMs !== undefined
  return acknowledgesEarly && request.waitUntil === undefined ? ackAfterUnsupported : undefined
}

// A preflight from an origin that is not listed may be meant for the application behind a receiver. One from a listed
// origin that gets here is for a URL to which `cors` does not apply.
function respondToOptions(ctx: RequestContext, hook: Hook): Responded | Next {
  const allow = getAllowedMethods(hook)
  if (!isPreflight(ctx.request)) return respond(ctx, 'options', emptyResponse(204, { allow }))
  if (isListedPreflight(ctx, hook)) return respond(ctx, 'options', preflightResponse(allow))
  const isListed = ctx.config.cors.has(ctx.request.header('origin') ?? '')
  if (ctx.config.kind === 'receiver' && !isListed) return next
  return reject(ctx, { ok: false, code: 'method_not_allowed', hook })
}

// A guard does not read the form, and its route decides where the browser goes.
function getForm(
  { config }: RequestContext,
  { redirectTo }: Hook,
): { formId?: string; redirectTo?: string | undefined } {
  if (config.kind === 'guard') return {}
  return { formId: crypto.randomUUID(), redirectTo: config.redirect === 'never' ? undefined : redirectTo }
}
