import type { Hook } from '@hookurl/core'
import {
  chain,
  type EncryptedSegments,
  isHandle,
  type LocatedToken,
  locateToken,
  type MaybePromise,
} from '@hookurl/core/internal'
import { isSameOrigin } from '../request/same-origin.ts'
import { redirectResponse } from '../response/response.ts'
import { callResolver, type Resolved } from '../verifier/call-resolver.ts'
import type { VerifyResult } from '../verifier/policy.ts'
import type { Rejection } from '../verifier/rejection.ts'
import { type RequestContext, type ResolvedUser, type Responded, reject } from './context.ts'
import { createReturnTo } from './return-to.ts'

/** The rejection of a URL that requires its user, where the option `user` is not set. */
export const noUser: Rejection = {
  ok: false,
  code: 'not_configured',
  message: 'only its user may use the URL, but the option user is not set',
  fix: 'Set user to a function that returns the ID of the signed-in user.',
}

const signInRequired: Rejection = { ok: false, code: 'sign_in_required' }
const wrongUser: Rejection = { ok: false, code: 'wrong_user' }
const crossSite: Rejection = {
  ok: false,
  code: 'denied',
  message: 'another site may have sent the request: only a page of the same origin may act for the user',
  fix: 'Open the URL in a browser and confirm there.',
}
// A `Location` is a URL in ASCII (RFC 9110, section 10.2.2).
const locationPattern = /^[!-~]{1,16384}$/

/** Whether what was found in a URL is a handle. */
export function isHandleOf(located: LocatedToken): located is LocatedToken & { readonly segments: EncryptedSegments } {
  return located.kind === 'valid' && isHandle(located.segments)
}

/**
 * Opens a handle and verifies the token in it, completely. The user is checked before anything else is revealed: for
 * anyone but the hook's user, a handle is useless.
 */
export async function verifyHandle(
  ctx: RequestContext,
  segments: EncryptedSegments,
  accepted: ReadonlySet<string> | undefined,
): Promise<VerifyResult> {
  const { policy, user } = ctx.config
  const opened = await policy.openHandle(segments)
  if (!opened.ok) return opened
  ctx.isHandle = true
  const result = await policy.verifyToken(locateToken(opened.token) as LocatedToken, accepted)
  const { hook } = result
  if (hook === undefined) return result
  if (user === undefined) return { ...noUser, hook }
  const problem = await checkUser(ctx, hook)
  if (problem !== undefined) return { ...problem, hook }
  if (opened.isExpired) return { ...signInRequired, message: 'signing in took longer than 10 minutes', hook }
  ctx.token = opened.token
  return result
}

/**
 * Determines who acts, if the option `user` is set, and rejects everyone but the user of a hook that requires its user.
 * Returns `undefined` if the request may continue.
 */
export function authenticate(ctx: RequestContext, hook: Hook): MaybePromise<Responded | undefined> {
  const { request, config } = ctx
  if (config.user === undefined) return undefined
  // What a page of another site makes a browser send does not show who acts.
  const isForged = request.method === 'POST' || hook.requiresUser !== true ? !isSameOrigin(request) : false
  if (isForged) return hook.requiresUser === true ? reject(ctx, { ...crossSite, hook }) : undefined
  return chain(checkUser(ctx, hook), (problem) => {
    if (problem === undefined) return undefined
    return problem.code === 'sign_in_required' ? requestSignIn(ctx, hook) : reject(ctx, { ...problem, hook })
  })
}

function checkUser(ctx: RequestContext, hook: Hook): MaybePromise<Rejection | undefined> {
  return chain(resolveUser(ctx), (resolved) => {
    if (!resolved.ok) return resolved
    const { userId } = resolved
    ctx.actor = userId
    if (hook.requiresUser !== true) return undefined
    if (userId === undefined) return signInRequired
    return userId === hook.userId ? undefined : wrongUser
  })
}

function resolveUser(ctx: RequestContext): MaybePromise<ResolvedUser> {
  const { request, config } = ctx
  ctx.user ??= chain(
    callResolver(() => config.user?.(request.native)),
    toUser,
  )
  return ctx.user
}

function toUser(resolved: Resolved): ResolvedUser {
  if (!resolved.ok) return userUnavailable(resolved.reason)
  const { value } = resolved
  if (value === undefined || value === null || value === '') return { ok: true, userId: undefined }
  if (typeof value === 'string') return { ok: true, userId: value }
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return { ok: true, userId: String(value) }
  return userUnavailable('it returned neither a string nor a safe integer')
}

function userUnavailable(reason: string): Rejection {
  return { ok: false, code: 'user_unavailable', message: `the user function failed: ${reason}` }
}

// A browser that returns without having signed in gets a page: a redirect could repeat forever.
async function requestSignIn(ctx: RequestContext, hook: Hook): Promise<Responded> {
  const rejection: Rejection = { ...signInRequired, hook }
  const { signIn } = ctx.config
  if (signIn === undefined || ctx.client !== 'browser' || ctx.isHandle) return reject(ctx, rejection)
  const returnTo = await createReturnTo(ctx)
  if (returnTo === undefined) return reject(ctx, rejection)
  const resolved = await callResolver(() => signIn(returnTo, ctx.request.native))
  if (resolved.ok && resolved.value === undefined) return reject(ctx, rejection)
  if (resolved.ok && typeof resolved.value === 'string' && locationPattern.test(resolved.value)) {
    return reject(ctx, rejection, redirectResponse(resolved.value))
  }
  const reason = resolved.ok ? 'it did not return a URL in ASCII' : resolved.reason
  ctx.config.onError(new TypeError(`the signIn function failed: ${reason}`), hook)
  return reject(ctx, rejection)
}
