import type { Hook } from '@hookurl/core'
import {
  acceptedResponse,
  cancelBody,
  doneResponse,
  duplicateResponse,
  hidesType,
  isResponse,
  type OutgoingResponse,
  redirectResponse,
  wrapResponse,
} from '../response/response.ts'
import { getPageData, type RequestContext } from './context.ts'

/**
 * Turns the value that a handler returned into a response. Only a `Response` that the handler created is sent. Other
 * values, such as a database row, may not be meant for the caller; neither may the response to a request that the
 * handler made, whose `url` is set.
 */
export function resultToResponse(ctx: RequestContext, hook: Hook, result: unknown): OutgoingResponse {
  if (isResponse(result) && !result.url) return wrapResponse(assertSendable(result))
  if (result !== undefined && result !== null) ignoreResult(result)
  const target = getRedirectTarget(ctx, hook)
  if (target !== undefined) return redirectResponse(target)
  return doneResponse(ctx.client, () => ctx.config.pages.done(getPageData(ctx, hook)))
}

/** Creates the response that is sent before a handler has ended. */
export function createAcceptedResponse(ctx: RequestContext, hook: Hook): OutgoingResponse {
  const target = getRedirectTarget(ctx, hook)
  if (target !== undefined && ctx.client === 'browser') return redirectResponse(target)
  return acceptedResponse(ctx.client, () => ctx.config.pages.accepted(getPageData(ctx, hook)))
}

/** Creates the response to a delivery that has already been handled: a browser receives the same as the first time. */
export function createDuplicateResponse(ctx: RequestContext, hook: Hook): OutgoingResponse {
  const target = getRedirectTarget(ctx, hook)
  if (target !== undefined) return redirectResponse(target)
  return duplicateResponse(ctx.client, () => ctx.config.pages.done(getPageData(ctx, hook)))
}

function getRedirectTarget({ config, client }: RequestContext, hook: Hook): string | undefined {
  const redirect = config.kind === 'receiver' ? config.redirect : 'never'
  const redirects = redirect === 'always' || (redirect === 'auto' && client === 'browser')
  return redirects ? hook.redirectTo : undefined
}

let hasWarned = false

function ignoreResult(result: unknown): void {
  // An unread response keeps its connection open.
  if (isResponse(result)) void cancelBody(result)
  if (hasWarned) return
  hasWarned = true
  console.warn(
    'hookurl: the value that a handler returned is not sent, and the caller gets the default response. To send it, ' +
      'return Response.json(value), or new Response(r.body, { status: r.status }) for the response r to a fetch. ' +
      'This is logged only once.',
  )
}

// A response that no host can send counts as the handler's error, so `onError` receives it.
export function assertSendable(response: Response): Response {
  if (response.bodyUsed || (!hidesType(response) && response.body?.locked === true)) {
    throw new TypeError('the body of the response was already read')
  }
  if (response.status < 200) throw new TypeError('the response has no valid status: it is a failed fetch')
  return response
}
