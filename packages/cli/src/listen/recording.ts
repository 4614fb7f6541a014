import { readFileSync } from 'node:fs'
import { invalidOption } from '@hookurl/core/internal'
import type { HeaderList } from '../http/client.ts'
import { openPrivateAppendFile } from '../io/append-file.ts'
import { getErrorCode } from '../io/write-error.ts'

/** A request as it was received. Its `url` contains the token. */
export interface RecordedRequest {
  readonly time: string
  readonly method: string
  readonly url: string
  readonly headers: HeaderList
  /** The bytes of the body. */
  readonly base64: string
}

/** A file of recorded requests, one JSON object per line. */
export interface Recorder {
  add(request: RecordedRequest): void
  close(): void
}

/**
 * Opens the file of `--record`, and appends to it. Anyone who can read it can use the URLs in it.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function openRecorder(path: string): Recorder {
  const file = openPrivateAppendFile(path, '--record')
  return { add: (request) => file.append(JSON.stringify(request)), close: file.close }
}

/**
 * Reads the requests of a recorded file.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function readRecording(path: string): RecordedRequest[] {
  const lines = readText(path).split('\n')
  const requests = lines.flatMap((line, index) => (line.trim() === '' ? [] : [parseRequest(line, index + 1)]))
  if (requests.length > 0) return requests
  throw invalidOption(`--replay: ${path} contains no request`, 'Record some: hookurl listen --record FILE.')
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalidOption(
      `--replay: the file ${path} cannot be read (${getErrorCode(error)})`,
      'Pass a file that was written with --record.',
    )
  }
}

// The message must not contain the line, which has a token.
function parseRequest(line: string, number: number): RecordedRequest {
  try {
    const value: unknown = JSON.parse(line)
    if (isRecordedRequest(value)) return value
  } catch {
    // Reported below.
  }
  throw invalidOption(
    `--replay: line ${number} is not a recorded request`,
    'Pass a file that was written with --record.',
  )
}

function isRecordedRequest(value: unknown): value is RecordedRequest {
  if (typeof value !== 'object' || value === null) return false
  const { method, url, headers, base64 } = value as Partial<Record<keyof RecordedRequest, unknown>>
  return (
    typeof method === 'string' &&
    /^[!#$%&'*+.^`|~\w-]+$/.test(method) &&
    typeof url === 'string' &&
    /^[\x21-\x7e\x80-\xff]+$/.test(url) &&
    typeof base64 === 'string' &&
    Array.isArray(headers) &&
    headers.every((header) => Array.isArray(header) && header.length === 2 && header.every(isString))
  )
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}
