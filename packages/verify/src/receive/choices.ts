import type { Hook } from '@hookurl/core'
import { findCommand } from '@hookurl/core/internal'
import { CHOICE_FIELD, COMMENT_FIELD } from '../response/default-pages.ts'
import type { Rejection } from '../verifier/rejection.ts'
import type { RequestContext } from './context.ts'

/** What the user of a confirm page decided, as far as the command defines it. */
export interface Decision {
  readonly choice?: string
  readonly comment?: string
}

/** A decision, and the payload without it. */
export interface TakenDecision {
  readonly ok: true
  readonly payload: unknown
  readonly decision: Decision | undefined
}

/**
 * Takes the choice and the comment that a command defines out of the body. The URL's parameters are not searched: a link
 * must not decide in advance.
 */
export function takeDecision(ctx: RequestContext, hook: Hook, payload: unknown): TakenDecision | Rejection {
  const { commands } = ctx.config.policy
  const { choices, comment } = (commands === undefined ? undefined : findCommand(commands, hook.command)) ?? {}
  if (choices === undefined && comment === undefined) return { ok: true, payload, decision: undefined }
  const decision: { choice?: string; comment?: string } = {}
  const isFromBody = payload !== ctx.query && isFields(payload)
  const rest: Record<string, unknown> = isFromBody ? { ...payload } : {}
  if (choices !== undefined) {
    const choice = takeField(rest, CHOICE_FIELD)
    if (typeof choice !== 'string' || !Object.hasOwn(choices, choice)) return invalidField(hook, CHOICE_FIELD)
    decision.choice = choice
  }
  if (comment !== undefined) {
    const value = takeField(rest, COMMENT_FIELD) ?? ''
    const text = typeof value === 'string' ? normalizeLineBreaks(value) : undefined
    if (text === undefined || text.length > comment.maxLength) return invalidField(hook, COMMENT_FIELD)
    if (text !== '') decision.comment = text
  }
  if (!isFromBody) return { ok: true, payload, decision }
  const isEmptyForm = ctx.isConfirmForm && Object.keys(rest).length === 0
  return { ok: true, payload: isEmptyForm ? ctx.query : rest, decision }
}

function isFields(payload: unknown): payload is Record<string, unknown> {
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload) && !ArrayBuffer.isView(payload)
}

function takeField(fields: Record<string, unknown>, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  delete fields[name]
  return value
}

// Browsers count a line break as one character, and send it as two (HTML, section 4.10.21.4).
function normalizeLineBreaks(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

function invalidField(hook: Hook, name: string): Rejection {
  return {
    ok: false,
    code: 'invalid_payload',
    message: name === CHOICE_FIELD ? 'the choice is missing or unknown' : 'the comment is too long, or not a string',
    paths: [name],
    hook,
  }
}
