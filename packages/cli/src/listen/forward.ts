import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { getErrorReason, listHeaders, type SendResult, sendRequest } from '../http/client.ts'
import type { Output } from '../io/output.ts'
import { filterRequestHeaders, filterResponseHeaders } from './forwarded-headers.ts'
import { addQuery } from './forwarded-query.ts'
import { encodeHook, HOOK_HEADER, MAX_HOOK_HEADER_LENGTH } from './hook-header.ts'
import { type HookSink, problemResponse, type SinkResult } from './hook-sink.ts'

export interface ForwardOptions {
  readonly url: URL
  /** How long the application may take to start its response, and how long it may then pause. */
  readonly timeoutMs: number
}

interface ForwardContext {
  readonly origin: string
  readonly timeoutMs: number
  readonly output: Output
}

/** The maximum size of a response with a status of 500 or more. */
const MAX_FAILURE_SIZE = 16 * 1024 * 1024

const bodylessStatuses: ReadonlySet<number> = new Set([204, 205, 304])

/** Forwards hooks to an application: same method, body, query parameters and headers, plus the hook in a header. */
export function createForwardSink({ url, timeoutMs }: ForwardOptions, output: Output): HookSink {
  const context: ForwardContext = { origin: url.origin, timeoutMs, output }
  return async ({ hook, request, content }) => {
    const encodedHook = encodeHook(hook, content)
    const { length } = encodedHook
    if (length > MAX_HOOK_HEADER_LENGTH) {
      const limit = `${length} characters, at most ${MAX_HOOK_HEADER_LENGTH} are allowed`
      output.note(`forward: the hook is too long for a header: ${limit}`)
      return { ending: 'not_run', response: problemResponse(500, `the hook is too long to be forwarded: ${limit}`) }
    }
    const headers = [...filterRequestHeaders(listHeaders(request)), [HOOK_HEADER, encodedHook] as const]
    const target = addQuery(url, request.url ?? '/')
    const result = await withTimeout(timeoutMs, (signal) =>
      sendRequest(target, { method: hook.method, headers, body: hook.rawBody({ encoded: true }), signal }),
    )
    return result.ok ? toSinkResult(result.response, context) : reportFailure(result, context)
  }
}

/** Aborts a request that gets no response in time. The body of the response has its own timeout. */
async function withTimeout(ms: number, send: (signal: AbortSignal) => Promise<SendResult>): Promise<SendResult> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), ms)
  const result = await send(controller.signal)
  clearTimeout(timer)
  return result
}

function reportFailure(
  { timedOut, wasConnected, reason }: Extract<SendResult, { ok: false }>,
  { origin, timeoutMs, output }: ForwardContext,
): SinkResult {
  // If there was a connection, the application may have done the work.
  const ending = wasConnected ? 'may_be_done' : 'not_run'
  if (timedOut) {
    output.note(`forward: ${origin} did not respond within ${timeoutMs / 1000} s`)
    return { ending, response: problemResponse(504, 'the application did not respond in time') }
  }
  if (wasConnected) {
    output.note(`forward: ${origin} closed the connection without a response (${reason})`)
    return { ending, response: problemResponse(502, 'the application closed the connection') }
  }
  output.note(`forward: ${origin} cannot be reached (${reason}); is the application running?`)
  return { ending, response: problemResponse(502, 'the application cannot be reached') }
}

async function toSinkResult(response: IncomingMessage, context: ForwardContext): Promise<SinkResult> {
  const { origin, timeoutMs, output } = context
  const status = response.statusCode ?? 0
  response.setTimeout(timeoutMs, () => response.destroy(new Error('timed out')))
  response.on('error', (error) => {
    output.note(`forward: the response of ${origin} was cut off (${getErrorReason(error)})`)
  })
  if (status < 200 || status > 599) {
    response.destroy()
    output.note(`forward: ${origin} responded with the invalid status ${status}`)
    return { ending: 'may_be_done', response: problemResponse(502, 'the application responded with an invalid status') }
  }
  const headers = new Headers()
  for (const [name, value] of filterResponseHeaders(listHeaders(response))) headers.append(name, value)
  if (status >= 500) return toFailure(response, { status, headers })
  if (!bodylessStatuses.has(status)) {
    const body = Readable.toWeb(response) as ReadableStream<Uint8Array>
    return { ending: 'may_be_done', response: new Response(body, { status, headers }) }
  }
  response.resume()
  return { ending: 'may_be_done', response: new Response(null, { status, headers }) }
}

// Only a complete response proves that the application failed and is no longer working.
async function toFailure(
  response: IncomingMessage,
  { status, headers }: { readonly status: number; readonly headers: Headers },
): Promise<SinkResult> {
  try {
    const body = await readAtMost(response, MAX_FAILURE_SIZE)
    return { ending: 'failed', response: new Response(body, { status, headers }) }
  } catch {
    return { ending: 'may_be_done', response: problemResponse(502, 'the response of the application was cut off') }
  }
}

async function readAtMost(response: IncomingMessage, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > limit) throw new Error(`the response has more than ${limit} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
