import type { HeaderPair } from '@hookurl/presentation/protocol'
import { createEntry, type HistoryEntry, type LogRecord } from '../../src/inspector/entry.ts'
import type { RecordedBody } from '../../src/inspector/recorder.ts'

/** What a test says about a recorded request. */
export interface EntryFields {
  readonly id?: number
  readonly url?: string
  readonly headers?: readonly HeaderPair[]
  readonly body?: string | Buffer
  readonly responseHeaders?: readonly HeaderPair[]
  readonly responseBody?: string | Buffer
  readonly record?: Partial<LogRecord>
  readonly resentFrom?: number
}

/** Creates an entry of the inspector's history. */
export function createTestEntry(fields: EntryFields = {}): HistoryEntry {
  const { id = 1, url = '/', headers = [], body = '', responseHeaders = [], responseBody = '', record } = fields
  const logRecord: LogRecord = {
    time: '2027-01-01T12:00:00.000Z',
    method: 'POST',
    target: '/',
    status: 200,
    outcome: 'handled',
    durationMs: 1.5,
    ...record,
  }
  const response = { headers: responseHeaders, body: toRecordedBody(responseBody) }
  const recording = { url, headers, body: toRecordedBody(body), response }
  return createEntry({ id, logRecord, recording, resentFrom: fields.resentFrom })
}

function toRecordedBody(body: string | Buffer): RecordedBody {
  const bytes = Buffer.from(body as string)
  return { bytes, info: { length: bytes.length, captured: bytes.length, isComplete: true } }
}
