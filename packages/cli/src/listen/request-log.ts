import { type Hook, type HookurlError, redact } from '@hookurl/core'
import type { ReceivedHook } from '@hookurl/verify'
import { escapeControlChars, truncate, toJson } from '../io/escape.ts'
import { summarizeClaims, getHookClaims } from '../io/format-claims.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'

/** One request and what came of it. */
export interface Arrival {
  readonly time: Date
  readonly method: string
  readonly target: string
  /** What the handler got, where it ran. */
  ran?: ReceivedHook
  /** The hook of a good URL that did not run: the confirm page, HEAD, OPTIONS. */
  looked?: Hook
  refused?: HookurlError
}

/** How a request was answered. */
export interface Answered {
  readonly status: number
  readonly durationMs: number
}

const widestPayload = 1000

/** A request in one line, for people. */
export function tellArrival(arrival: Arrival, answered: Answered, { colorizeNote }: Output): string {
  const { ran, looked, refused, method } = arrival
  const now = arrival.time.getTime()
  const hook = ran ?? looked ?? refused?.hook
  const isGood = ran !== undefined || looked !== undefined
  const parts = [
    colorizeNote('dim', arrival.time.toTimeString().slice(0, 8)),
    `${escapeControlChars(method)} ${answered.status}`,
    colorizeNote(isGood ? 'green' : 'red', verdictOf(arrival)),
  ]
  if (looked !== undefined)
    parts.push(method === 'GET' && answered.status === 200 ? 'not run: confirm page' : 'not run')
  if (refused !== undefined) parts.push(toErrorReport(refused, 'listen').message)
  if (hook !== undefined) parts.push(summarizeClaims(getHookClaims(hook), now))
  else parts.push(escapeControlChars(redact(arrival.target)))
  if (ran !== undefined) parts.push(`payload ${truncate(toJson(toShowable(ran.payload)), widestPayload)}`)
  parts.push(colorizeNote('dim', `${answered.durationMs.toFixed(1)} ms`))
  return parts.join('  ')
}

/** A request as one object, for programs. */
export function recordArrival(arrival: Arrival, { status, durationMs }: Answered): object {
  const { ran, looked, refused, time, method } = arrival
  const hook = ran ?? looked ?? refused?.hook
  const error = refused === undefined ? undefined : toErrorReport(refused, 'listen')
  return {
    time: time.toISOString(),
    method,
    target: redact(arrival.target),
    status,
    verdict: verdictOf(arrival),
    ran: ran !== undefined,
    error: error === undefined ? undefined : { code: error.code, message: error.message, fix: error.fix },
    hook: hook === undefined ? undefined : pickHook(hook),
    payload: ran === undefined ? undefined : toShowable(ran.payload),
    query: ran?.query,
    durationMs: Number(durationMs.toFixed(3)),
  }
}

/** A payload as JSON can say it: bytes in base64. */
export function toShowable(payload: unknown): unknown {
  return payload instanceof Uint8Array ? { base64: Buffer.from(payload).toString('base64') } : payload
}

function verdictOf({ ran, looked, refused }: Arrival): string {
  if (refused !== undefined) return refused.code
  return ran === undefined && looked === undefined ? 'no_token' : 'valid'
}

/** What was signed, without what came with the request. */
export function pickHook(hook: Hook): Hook {
  const { command, userId, content, redirectTo, allowGet, expiresAt, notBefore, issuedAt, id, maxUses, key } = hook
  return { command, userId, content, redirectTo, allowGet, expiresAt, notBefore, issuedAt, id, maxUses, key }
}
