import { type Hook, redact } from '@hookurl/core'
import { type Claims, getHookClaims } from '@hookurl/presentation/claim-labels'
import { JsonNumber } from '@hookurl/presentation/json'
import type { Outcome, ReceivedHook, ResultEvent } from '@hookurl/verify'
import { escapeControlChars, toJson, truncate } from '../io/escape.ts'
import { summarizeClaims } from '../io/format-claims.ts'
import type { Output } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { getHookFields, getPayload } from './hook-json.ts'

/** One request and its result. */
export interface RequestLogEntry {
  /** When the request arrived. */
  readonly time: Date
  readonly event: ResultEvent
  /** The signed content, with the literals of its numbers, if the signature is valid. */
  readonly content: unknown
}

/** An entry as JSON. */
export interface RequestRecord {
  readonly time: string
  readonly method: string
  readonly target: string
  readonly status: number
  readonly outcome: Outcome
  /** The error code of a rejection. */
  readonly code?: string
  readonly error?: { readonly code: string; readonly message: string; readonly fix: string }
  /** The signed fields, if the signature is valid. */
  readonly hook?: Hook
  /** What came with the request, if its body was read. */
  readonly payload?: unknown
  readonly query?: ReceivedHook['query']
  readonly durationMs: number
}

const MAX_PAYLOAD_LENGTH = 1000

/** Formats an entry as one line for a terminal. */
export function formatLogLine({ time, event, content }: RequestLogEntry, { colorizeNote }: Output): string {
  const { outcome, method, target, status, error, durationMs } = event
  const hook = getHook(event)
  const received = getReceivedHook(event)
  const parts = [
    colorizeNote('dim', time.toTimeString().slice(0, 8)),
    `${escapeControlChars(method)} ${status}`,
    colorizeNote(outcome === 'rejected' ? 'red' : 'green', error?.code ?? outcome.replaceAll('_', ' ')),
  ]
  if (error !== undefined) parts.push(toErrorReport(error, 'listen').message)
  parts.push(
    hook === undefined
      ? escapeControlChars(target)
      : summarizeClaims(redactStrings(getHookClaims({ ...hook, content })) as Claims, time.getTime()),
  )
  if (received !== undefined) {
    parts.push(`payload ${truncate(toJson(redactStrings(toJsonPayload(received))), MAX_PAYLOAD_LENGTH)}`)
  }
  parts.push(colorizeNote('dim', `${durationMs.toFixed(1)} ms`))
  return parts.join('  ')
}

/** Converts an entry for `--json`: like the record of the inspector, but with every token redacted. */
export function toRedactedRecord(entry: RequestLogEntry): unknown {
  return redactStrings(toRequestRecord(entry))
}

/** Converts an entry for the inspector, which shows requests as they were sent. */
export function toRequestRecord({ time, event, content }: RequestLogEntry): RequestRecord {
  // A receiver responds to every request, so there is always a status.
  const { outcome, method, target, status = 0, durationMs } = event
  const hook = getHook(event)
  const received = getReceivedHook(event)
  return {
    time: time.toISOString(),
    method,
    target,
    status,
    outcome,
    ...getErrorFields(event),
    ...(hook === undefined ? {} : { hook: getHookFields(hook, content) }),
    ...(received === undefined ? {} : { payload: toJsonPayload(received), query: received.query }),
    durationMs: Number(durationMs.toFixed(3)),
  }
}

/** Converts the payload of a hook for JSON: bytes to base64. */
export function toJsonPayload(hook: ReceivedHook): unknown {
  const payload = getPayload(hook)
  return payload instanceof Uint8Array ? { base64: Buffer.from(payload).toString('base64') } : payload
}

/** Copies a value and redacts every token in its strings and property names. */
function redactStrings(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(redactStrings)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date || value instanceof JsonNumber) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), redactStrings(member)]))
}

function getErrorFields({ error }: ResultEvent): Pick<RequestRecord, 'code' | 'error'> {
  if (error === undefined) return {}
  const { code, message, fix } = toErrorReport(error, 'listen')
  return { code, error: { code, message, fix } }
}

function getHook({ hook, error }: ResultEvent): Hook | undefined {
  return hook ?? error?.hook
}

/** Returns the hook with the request data, or `undefined` if the body was not read. */
export function getReceivedHook({ hook }: ResultEvent): ReceivedHook | undefined {
  return hook !== undefined && 'payload' in hook ? hook : undefined
}
