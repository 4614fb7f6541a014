import { type Hook, isHookurlError, redact } from '@hookurl/core'
import { type Claims, getHookClaims } from '@hookurl/presentation/claim-labels'
import { describePayload } from '@hookurl/presentation/describe-payload'
import { JsonNumber } from '@hookurl/presentation/json'
import type { Outcome, ReceivedHook, ResultEvent } from '@hookurl/verify'
import { type Cell, layOutLine } from '../io/columns.ts'
import { escapeControlChars, toJson, truncate } from '../io/escape.ts'
import { explainRejection } from '../io/explain-rejection.ts'
import { summarizeClaims } from '../io/format-claims.ts'
import type { Output, Style } from '../io/output.ts'
import { toErrorReport } from '../io/report-error.ts'
import { type FileFormat, getHookFields, getPayload, toJsonValue } from './hook-json.ts'

/** Why a response was not sent completely: its client disconnected, or its source failed. */
export type Interruption = 'client_disconnected' | 'response_cut_off'

/** One request and how it ended. */
export interface RequestLogEntry {
  /** When the request arrived. */
  readonly time: Date
  readonly event: ResultEvent
  /** The request target, with its token. */
  readonly url: string
  /** The signed content, with the literals of its numbers, if the signature is valid. */
  readonly content: unknown
  /** The payload as JSON, if the body was read. */
  readonly payload: unknown
  /** The status that was sent, or 0 if the client disconnected before that. */
  readonly status: number
  readonly interruption: Interruption | undefined
  /** Whether a browser asked for permission to send a request from another origin. */
  readonly isPreflight: boolean
  /** The size of the request body, in bytes. */
  readonly size: number
  /** From the arrival of the request to the end of its response. */
  readonly durationMs: number
}

/** An entry as JSON. */
export interface RequestRecord {
  readonly time: string
  readonly method: string
  readonly target: string
  /** The status that was sent, or 0 if the client disconnected before that. */
  readonly status: number
  readonly outcome: Outcome
  /** The error code of a rejection. */
  readonly code?: string
  readonly error?: { readonly code: string; readonly message: string; readonly fix: string }
  /** The service whose handshake was recognized. */
  readonly service?: string
  readonly interruption?: Interruption
  /** The signed fields, if the signature is valid. */
  readonly hook?: Hook
  /** What came with the request, if its body was read. */
  readonly payload?: unknown
  readonly query?: ReceivedHook['query']
  readonly durationMs: number
}

export interface LogOptions {
  readonly verbose: boolean
}

const MAX_PAYLOAD_LENGTH = 1000
const INDENT = ' '.repeat(10)

const outcomeReasons: Readonly<Record<Exclude<Outcome, 'handled' | 'rejected' | 'handshake' | 'options'>, string>> = {
  accepted: 'still running',
  duplicate: 'not run: duplicate delivery',
  confirm_page: 'not run: confirm page',
  preview: 'not run: link preview',
  prefetch: 'not run: prefetch',
  head: 'not run: HEAD',
}
const interruptionReasons: Readonly<Record<Interruption, string>> = {
  client_disconnected: 'client disconnected',
  response_cut_off: 'the response was cut off',
}

/** Formats an entry for a terminal: one line that fits its width, and with `verbose` the details below. */
export function formatLogLines(entry: RequestLogEntry, output: Output, { verbose }: LogOptions): string[] {
  const { time, event, status, size, durationMs, interruption } = entry
  const { method } = event
  const { colorizeNote } = output
  const styled =
    (style: Style): ((text: string) => string) =>
    (text) =>
      colorizeNote(style, text)
  const hook = getHook(event)
  const left: Cell[] = [
    { text: formatTime(time), style: styled('dim') },
    { text: `${escapeControlChars(method)} ${status === 0 ? '---' : status}`, style: styled(getStatusStyle(entry)) },
  ]
  if (hook !== undefined) left.push({ text: escapeControlChars(hook.command), style: styled('bold') })
  if (hook?.userId !== undefined) left.push({ text: `user ${escapeControlChars(hook.userId)}` })
  const flexible: Cell = { text: describeEntry(entry), ...(interruption === undefined ? {} : { style: styled('red') }) }
  const right: Cell[] = [
    ...(size === 0 ? [] : [{ text: formatSize(size), style: styled('dim') }]),
    { text: formatDuration(durationMs), style: styled('dim') },
  ]
  const line = layOutLine({ left, flexible, right }, output.noteColumns())
  return verbose ? [line, ...listDetails(entry).map((detail) => INDENT + detail)] : [line]
}

function describeEntry(entry: RequestLogEntry): string {
  const { event, interruption } = entry
  const parts = [interruption === undefined ? undefined : interruptionReasons[interruption], getReason(entry)]
  const hook = getHook(event)
  parts.push(hook === undefined ? escapeControlChars(event.target) : getAbout(entry))
  return parts.filter((part) => part !== undefined && part !== '').join('  ')
}

/** Returns why the handler did not run, or `undefined` if it did. */
function getReason({ event, url, isPreflight }: RequestLogEntry): string | undefined {
  const { outcome, service, error } = event
  if (outcome === 'handled') return undefined
  if (outcome === 'handshake') return `not run: handshake${service === undefined ? '' : ` of ${service}`}`
  if (outcome === 'options') return `not run: ${isPreflight ? 'preflight' : 'OPTIONS'}`
  if (outcome !== 'rejected') return outcomeReasons[outcome]
  if (!isHookurlError(error)) return outcome
  const { code, message } = toErrorReport(explainRejection(error, url), 'listen')
  // The message comes first, since a narrow terminal cuts the end.
  return `${message} (${code})`
}

function getAbout({ event, payload }: RequestLogEntry): string | undefined {
  const received = getReceivedHook(event)
  return received === undefined ? undefined : describePayload(payload, (name) => received.headers.get(name))
}

function listDetails(entry: RequestLogEntry): string[] {
  const { time, event, url, content, payload } = entry
  const hook = getHook(event)
  const details = [`target ${escapeControlChars(event.target)}`]
  if (hook !== undefined) {
    details.push(summarizeClaims(redactStrings(getHookClaims({ ...hook, content })) as Claims, time.getTime()))
  }
  const received = getReceivedHook(event)
  if (received !== undefined) {
    const type = received.headers.get('content-type')
    if (type !== null) details.push(`type ${escapeControlChars(truncate(redact(type), MAX_PAYLOAD_LENGTH))}`)
    details.push(`payload ${truncate(toJson(redactStrings(payload)), MAX_PAYLOAD_LENGTH)}`)
    details.push(`delivery ${received.deliveryId}`)
  }
  if (isHookurlError(event.error)) {
    const { fix } = toErrorReport(explainRejection(event.error, url), 'listen')
    details.push(`error: ${getReason(entry)}`, `fix: ${fix}`)
  }
  return details
}

function formatTime(time: Date): string {
  return time.toTimeString().slice(0, 8)
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB']
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
}

function getStatusStyle({ status, interruption }: RequestLogEntry): Style {
  if (interruption !== undefined || status >= 500) return 'red'
  if (status >= 400) return 'yellow'
  return status >= 300 ? 'cyan' : 'green'
}

/** Converts an entry for `--json`: like the record of the inspector, but with every token redacted. */
export function toRedactedRecord(entry: RequestLogEntry): unknown {
  return redactStrings(toRequestRecord(entry))
}

/** Converts an entry for the inspector, which shows requests as they were sent. */
export function toRequestRecord(entry: RequestLogEntry): RequestRecord {
  const { time, event, content, payload, status, interruption, durationMs } = entry
  const { outcome, method, target, service } = event
  const hook = getHook(event)
  const received = getReceivedHook(event)
  return {
    time: time.toISOString(),
    method,
    target,
    status,
    outcome,
    ...getErrorFields(entry),
    ...(service === undefined ? {} : { service }),
    ...(interruption === undefined ? {} : { interruption }),
    ...(hook === undefined ? {} : { hook: getHookFields(hook, content) }),
    ...(received === undefined ? {} : { payload, query: received.query }),
    durationMs: Number(durationMs.toFixed(3)),
  }
}

/** Converts the payload of a hook for JSON: bytes to base64, files to their name, type, size and, on request, base64. */
export function toJsonPayload(hook: ReceivedHook, format: FileFormat): Promise<unknown> {
  return toJsonValue(getPayload(hook), format)
}

/** Copies a value and redacts every token in its strings and property names. */
function redactStrings(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(redactStrings)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date || value instanceof JsonNumber) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), redactStrings(member)]))
}

function getErrorFields({ event: { error }, url }: RequestLogEntry): Pick<RequestRecord, 'code' | 'error'> {
  if (!isHookurlError(error)) return {}
  const { code, message, fix } = toErrorReport(explainRejection(error, url), 'listen')
  return { code, error: { code, message, fix } }
}

function getHook({ hook, error }: ResultEvent): Hook | undefined {
  return hook ?? error?.hook
}

/** Returns the hook with the request data, or `undefined` if the body was not read. */
export function getReceivedHook({ hook }: ResultEvent): ReceivedHook | undefined {
  return hook !== undefined && 'payload' in hook ? hook : undefined
}
