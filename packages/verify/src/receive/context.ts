import type { Hook } from '@hookurl/core'
import { findCommand } from '@hookurl/core/internal'
import { isNavigation } from '../request/content-negotiation.ts'
import type { IncomingRequest, OutgoingResponse } from '../request/incoming-request.ts'
import { withCors } from '../response/cors.ts'
import type { PageData } from '../response/pages.ts'
import { type ClientKind, rejectionResponse } from '../response/response.ts'
import type { Rejection } from '../verifier/policy.ts'
import type { Settings } from './config.ts'

/** One request and what it meets. */
export interface RequestContext {
  readonly exchange: IncomingRequest
  readonly settings: Settings
}

/** A request that has its answer. */
export interface Answered {
  readonly kind: 'answer'
  readonly answer: OutgoingResponse
}

export function respond({ exchange, settings }: RequestContext, answer: OutgoingResponse): Answered {
  return { kind: 'answer', answer: withCors(answer, exchange, settings.cors) }
}

export function reject(turn: RequestContext, refusal: Rejection): Answered {
  const { exchange, settings } = turn
  settings.onRefusal(refusal, exchange)
  const { code, hook } = refusal
  const facts = hook === undefined ? { exchange } : getPageData(turn, hook)
  const page = (): string => settings.pages.refused(code, facts)
  return respond(turn, rejectionResponse(refusal, { audience: getClientKind(turn), now: settings.now(), page }))
}

/** What the pages about a hook are made of. */
export function getPageData({ exchange, settings }: RequestContext, hook: Hook): PageData {
  const { commands } = settings.policy
  const title = commands === undefined ? undefined : findCommand(commands, hook.command)?.title
  return { exchange, hook, title }
}

export function getClientKind({ exchange }: RequestContext): ClientKind {
  return isNavigation(exchange) ? 'navigation' : 'machine'
}
