import type { Hook } from '@hookurl/core'
import type { OutgoingResponse } from '../request/incoming-request.ts'
import {
  acceptedResponse,
  type ClientKind,
  doneResponse,
  duplicateResponse,
  isResponse,
  jsonResponse,
  redirectResponse,
  wrapResponse,
} from '../response/response.ts'
import type { Rejection } from '../verifier/policy.ts'
import { type Answered, getPageData, type RequestContext, reject, respond } from './context.ts'

/** Whom a hook's answer is for. */
interface Asked {
  readonly hook: Hook
  readonly audience: ClientKind
}

/** A handler that is to run, and what is done about its use when it has ended. */
interface Run {
  readonly hook: Hook
  handle(): unknown
  toAnswer(result: unknown): OutgoingResponse
  settle?(status: number | undefined): void | Promise<void>
}

/** Runs a handler and ends its use. What it throws goes to `onError`. */
export async function runHandler(
  { settings }: RequestContext,
  { hook, handle, toAnswer, settle }: Run,
): Promise<OutgoingResponse | Rejection> {
  try {
    const made = toAnswer(await handle())
    const settling = settle?.(made.status)
    if (settling !== undefined) await settling
    return made
  } catch (error) {
    await settle?.(undefined)
    settings.onError(error, hook)
    return { ok: false, code: 'handler_failed', hook }
  }
}

/** The answer when a run has ended, or when the sender has waited long enough. */
export async function respondAfterTimeout(
  turn: RequestContext,
  {
    running,
    ackMs,
    ...asked
  }: Asked & { readonly running: Promise<OutgoingResponse | Rejection>; readonly ackMs: number },
): Promise<Answered> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ackMs)
  })
  const first = await Promise.race([running, late])
  clearTimeout(timer)
  if (first !== 'late') return conclude(turn, first)
  turn.exchange.waitUntil?.(running.then(cancelBody))
  const target = getRedirectTarget(turn, asked)
  if (target !== undefined && asked.audience === 'navigation') return respond(turn, redirectResponse(target))
  return respond(
    turn,
    acceptedResponse(asked.audience, () => turn.settings.pages.accepted(getPageData(turn, asked.hook))),
  )
}

/** What a run came to, as an answer. */
export function conclude(turn: RequestContext, ended: OutgoingResponse | Rejection): Answered {
  return 'ok' in ended ? reject(turn, ended) : respond(turn, ended)
}

/** A handler's result as an answer. */
export function resultToResponse(
  turn: RequestContext,
  { result, ...asked }: Asked & { readonly result: unknown },
): OutgoingResponse {
  if (isResponse(result)) return wrapResponse(checkResponse(result))
  const target = getRedirectTarget(turn, asked)
  if (target !== undefined) return redirectResponse(target)
  if (result !== undefined) return jsonResponse(result)
  return doneResponse(asked.audience, () => turn.settings.pages.done(getPageData(turn, asked.hook)))
}

/** The answer to a delivery that was carried out before: a person gets what there was the first time. */
export function respondToDuplicate(turn: RequestContext, asked: Asked): OutgoingResponse {
  const target = getRedirectTarget(turn, asked)
  if (target !== undefined) return redirectResponse(target)
  return duplicateResponse(asked.audience, () => turn.settings.pages.done(getPageData(turn, asked.hook)))
}

function getRedirectTarget({ settings }: RequestContext, { hook, audience }: Asked): string | undefined {
  const { redirect } = settings
  const leads = redirect === 'always' || (redirect === 'auto' && audience === 'navigation')
  return leads ? hook.redirectTo : undefined
}

// What no host could send is the handler's failure, and onError is to hear of it.
function checkResponse(response: Response): Response {
  if (response.bodyUsed || response.body?.locked === true)
    throw new TypeError('the body of the response was read before')
  if (response.status < 200) throw new TypeError('the response has no status: it is that of a failed fetch')
  return response
}

// A response that nobody waits for any more must not hold its connection.
async function cancelBody(ended: OutgoingResponse | Rejection): Promise<void> {
  if (!('ok' in ended)) await ended.response?.body?.cancel().catch(() => {})
}
