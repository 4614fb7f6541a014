import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bytes, HeaderPair } from '@hookurl/presentation/protocol'

/** What went in and out, as far as it can be told. */
export interface Recording {
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: Bytes
  readonly answer: { readonly headers: readonly HeaderPair[]; readonly body: Bytes }
}

const longestRequest = 4 * 1024 * 1024
const longestAnswer = 256 * 1024

/**
 * Keeps the bytes of a request and of its answer on their way, and changes neither. The bytes of the request are taken
 * where they come in: whoever reads the body reads it as if nobody else did.
 */
export function record(request: IncomingMessage, response: ServerResponse): () => Recording {
  const sent = createReel(longestRequest)
  const answered = createReel(longestAnswer)
  let hasEnded = false
  const push = request.push.bind(request)
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (chunk !== null) sent.take(chunk)
    // After the answer, what still comes is thrown away before it gets here.
    else if (!response.writableFinished) hasEnded = true
    return push(chunk, encoding)
  }
  const { write, end } = response
  response.write = (...given: unknown[]) => {
    answered.take(given[0])
    return Reflect.apply(write, response, given)
  }
  response.end = (...given: unknown[]) => {
    answered.take(given[0])
    return Reflect.apply(end, response, given)
  }
  return () => {
    const length = Number(request.headers['content-length'] ?? Number.NaN)
    const isComplete = hasEnded || sent.length() === length
    return {
      url: request.url ?? '',
      headers: pair(request.rawHeaders),
      body: sent.develop({ isComplete, length }),
      answer: { headers: listHeaders(response), body: answered.develop({ isComplete: true, length: Number.NaN }) },
    }
  }
}

interface Reel {
  take(chunk: unknown): void
  length(): number
  develop(known: { isComplete: boolean; length: number }): Bytes
}

function createReel(longest: number): Reel {
  const chunks: Buffer[] = []
  let kept = 0
  let seen = 0
  return {
    take: (chunk) => {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
      const bytes = Buffer.from(chunk as Uint8Array)
      seen += bytes.length
      const fitting = bytes.subarray(0, longest - kept)
      if (fitting.length > 0) chunks.push(fitting)
      kept += fitting.length
    },
    length: () => seen,
    develop: ({ isComplete, length }) => ({
      base64: Buffer.concat(chunks).toString('base64'),
      length: isComplete || Number.isNaN(length) ? seen : length,
      isWhole: isComplete && kept === seen,
    }),
  }
}

function pair(raw: readonly string[]): HeaderPair[] {
  return raw.flatMap((name, index): HeaderPair[] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))
}

function listHeaders(response: ServerResponse): HeaderPair[] {
  return Object.entries(response.getHeaders()).flatMap(([name, value]): HeaderPair[] =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): HeaderPair => [name, String(one)]),
  )
}
