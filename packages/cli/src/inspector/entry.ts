import { createHash } from 'node:crypto'
import { splitTarget } from '@hookurl/core/internal'
import { getBodyKind } from '@hookurl/presentation/body-kind'
import { describePayload } from '@hookurl/presentation/describe-payload'
import { parseJson, stringifyJson } from '@hookurl/presentation/json'
import type { BodyPart, HeaderPair, RequestDetail, RequestSummary } from '@hookurl/presentation/protocol'
import { deliveryIdHeaders } from '@hookurl/verify/internal'
import type { Recording } from './recorder.ts'

/** A request and its result, as `listen --json` prints them. */
export interface LogRecord extends Pick<RequestDetail, 'time' | 'method' | 'target' | 'status' | 'outcome'> {
  readonly code?: string
  readonly error?: RequestDetail['error']
  readonly hook?: object
  /** The parsed body, with the literals of its numbers; absent if it was not read. */
  readonly payload?: unknown
  readonly query?: RequestDetail['query']
  readonly durationMs: number
}

/** A recorded request, with the bytes of its bodies. */
export interface HistoryEntry {
  readonly detail: RequestDetail
  readonly bytes: Readonly<Partial<Record<BodyPart, Buffer>>>
}

export interface EntrySource {
  readonly id: number
  readonly logRecord: LogRecord
  readonly recording: Recording
  readonly resentFrom: number | undefined
}

/** Creates the entry of a request. */
export function createEntry({ id, logRecord, recording, resentFrom }: EntrySource): HistoryEntry {
  const { time, method, target, status, outcome, code, error, hook = {}, payload, query, durationMs } = logRecord
  const { url, headers, body, response } = recording
  const { command, userId } = hook as { command?: unknown; userId?: unknown }
  const contentType = findHeader(headers, 'content-type')
  const payloadBytes = getPayloadBytes(payload, recording)
  return {
    detail: {
      id,
      time,
      method,
      target,
      status,
      outcome,
      code,
      command: typeof command === 'string' ? command : undefined,
      userId: typeof userId === 'string' ? userId : undefined,
      about: describe(logRecord, recording),
      contentType,
      bytes: body.info.length,
      durationMs,
      deliveryKey: getDeliveryKey(method, recording),
      resentFrom,
      url,
      headers,
      body: body.info,
      response: { headers: response.headers, body: response.body.info },
      hook: logRecord.hook,
      hasPayload: payloadBytes !== undefined,
      query,
      error,
    },
    bytes: { body: body.bytes, 'response-body': response.body.bytes, payload: payloadBytes },
  }
}

// The payload of a rejected request was not parsed. A larger one is not worth the time.
const MAX_PARSED_BYTES = 64 * 1024

/** Describes what a request is about: its payload, or else why it was rejected. */
function describe({ payload, error }: LogRecord, { headers, body }: Recording): string | undefined {
  const getHeader = (name: string): string | undefined => findHeader(headers, name)
  const kind = getBodyKind(getHeader('content-type'), body.info.length)
  const isBytes = kind === 'binary' || kind === 'image'
  const parsed = payload ?? (kind === 'json' ? tryToParse(body) : undefined)
  return describePayload(isBytes ? undefined : parsed, getHeader) ?? error?.message
}

function tryToParse({ bytes, info }: Recording['body']): unknown {
  if (!info.isComplete || bytes.length > MAX_PARSED_BYTES) return undefined
  try {
    return parseJson(bytes.toString())
  } catch {
    return undefined
  }
}

/** Returns the entry without its bodies. */
export function withoutBodies({ detail }: HistoryEntry): HistoryEntry {
  const { body, response } = detail
  const dropped = { body: dropBytes(body), response: { ...response, body: dropBytes(response.body) } }
  return { detail: { ...detail, ...dropped, hasPayload: false }, bytes: {} }
}

/** Returns the number of bytes that an entry keeps in memory for its bodies. */
export function countBytes({ bytes }: HistoryEntry): number {
  return [...new Set(Object.values(bytes))].reduce((sum, buffer) => sum + (buffer?.length ?? 0), 0)
}

/** Returns the row of the request list. */
export function toSummary({ detail }: HistoryEntry): RequestSummary {
  const { url, headers, body, response, hook, hasPayload, query, error, ...summary } = detail
  return summary
}

export function findHeader(headers: readonly HeaderPair[], name: string): string | undefined {
  return headers.find((header) => header[0].toLowerCase() === name)?.[1]
}

function dropBytes({ length }: RequestDetail['body']): RequestDetail['body'] {
  return { length, captured: 0, isComplete: length === 0 }
}

// A payload takes no memory if the body is the same JSON, as most senders write it, or bytes that are not parsed.
function getPayloadBytes(payload: unknown, { headers, body }: Recording): Buffer | undefined {
  if (payload === undefined) return undefined
  const isEncoded = findHeader(headers, 'content-encoding') !== undefined
  const kind = getBodyKind(findHeader(headers, 'content-type'), body.info.length)
  if ((kind === 'binary' || kind === 'image') && !isEncoded) return undefined
  try {
    const json = Buffer.from(stringifyJson(payload))
    return json.equals(body.bytes) ? body.bytes : json
  } catch {
    // A payload that is nested too deeply cannot be serialized. Its body is still shown.
    return undefined
  }
}

/** Returns a value that is the same for every attempt: by the sender's ID of the delivery, or else by URL and body. */
function getDeliveryKey(method: string, { url, headers, body }: Recording): string {
  const deliveryId = deliveryIdHeaders.map((name) => findHeader(headers, name)).find((value) => value)
  const hash = createHash('sha256').update(`${method} `)
  // Some services add the time of the attempt to the query.
  if (deliveryId !== undefined) hash.update(`${splitTarget(url).path} id ${deliveryId}`)
  else hash.update(`${url} body `).update(body.bytes)
  return hash.digest('base64url').slice(0, 16)
}
