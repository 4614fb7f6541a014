import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CapturedBody, HeaderPair } from '@hookurl/presentation/protocol'

/** The bytes of a body that were captured. */
export interface RecordedBody {
  readonly bytes: Buffer
  readonly info: CapturedBody
}

/** The request and the response, as they were on the wire. */
export interface Recording {
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: RecordedBody
  readonly response: { readonly headers: readonly HeaderPair[]; readonly body: RecordedBody }
}

const maxRequestBytes = 4 * 1024 * 1024
const maxResponseBytes = 256 * 1024

/**
 * Copies the bytes of a request and its response without changing them. Call the returned function after the response
 * has ended to get the recording. Request bytes are copied in `push`, where Node adds them to the stream, so other code
 * still reads the complete body.
 */
export function record(request: IncomingMessage, response: ServerResponse): () => Recording {
  const requestBody = createBodyCapture(maxRequestBytes)
  const responseBody = createBodyCapture(maxResponseBytes)
  let hasEnded = false
  const push = request.push.bind(request)
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (chunk !== null) requestBody.append(chunk)
    // Once the response has finished, Node discards the rest of the body, so this end is not the end of the body.
    else if (!response.writableFinished) hasEnded = true
    return push(chunk, encoding)
  }
  const { write, end } = response
  response.write = (...args: unknown[]) => {
    responseBody.append(args[0])
    return Reflect.apply(write, response, args)
  }
  response.end = (...args: unknown[]) => {
    responseBody.append(args[0])
    return Reflect.apply(end, response, args)
  }
  return () => {
    const contentLength = Number(request.headers['content-length'] ?? Number.NaN)
    const isComplete = hasEnded || requestBody.length() === contentLength
    return {
      url: request.url ?? '',
      headers: toHeaderPairs(request.rawHeaders),
      body: requestBody.toRecordedBody({ isComplete, contentLength }),
      response: {
        headers: getResponseHeaders(response),
        body: responseBody.toRecordedBody({ isComplete: true, contentLength: Number.NaN }),
      },
    }
  }
}

interface BodyCapture {
  append(chunk: unknown): void
  /** The number of bytes seen, including those over the limit. */
  length(): number
  toRecordedBody(received: { isComplete: boolean; contentLength: number }): RecordedBody
}

function createBodyCapture(limit: number): BodyCapture {
  const chunks: Buffer[] = []
  let captured = 0
  let seen = 0
  return {
    append: (chunk) => {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
      const bytes = Buffer.from(chunk as Uint8Array)
      seen += bytes.length
      const fitting = bytes.subarray(0, limit - captured)
      if (fitting.length > 0) chunks.push(fitting)
      captured += fitting.length
    },
    length: () => seen,
    toRecordedBody: ({ isComplete, contentLength }) => ({
      bytes: Buffer.concat(chunks),
      info: {
        length: isComplete || Number.isNaN(contentLength) ? seen : contentLength,
        captured,
        isComplete: isComplete && captured === seen,
      },
    }),
  }
}

function toHeaderPairs(rawHeaders: readonly string[]): HeaderPair[] {
  return rawHeaders.flatMap((name, index): HeaderPair[] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  )
}

function getResponseHeaders(response: ServerResponse): HeaderPair[] {
  return Object.entries(response.getHeaders()).flatMap(([name, value]): HeaderPair[] =>
    (Array.isArray(value) ? value : [value ?? '']).map((item): HeaderPair => [name, String(item)]),
  )
}
