import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { decodePercentTwice, locateToken, looksLikeToken, splitQuery, splitTarget } from '@hookurl/core/internal'
import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import type { ReceivedHook } from '@hookurl/verify'
import { getErrorReason, type HeaderList, listHeaders, type SendResult, sendRequest } from '../http/client.ts'
import type { Output } from '../io/output.ts'
import { getHookFields, type HookSink, problemResponse } from './hook-sink.ts'

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

const HOOK_HEADER = 'hookurl-hook'
const MAX_HOOK_HEADER_LENGTH = 4096

const droppedHeaders: readonly string[] = [
  ...hopByHopHeaders,
  'content-length',
  'host',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
]
const bodylessStatuses: ReadonlySet<number> = new Set([204, 205, 304])

/** Forwards hooks to an application: same method, body, query parameters and headers, plus the hook in a header. */
export function createForwardSink({ url, timeoutMs }: ForwardOptions, output: Output): HookSink {
  const context: ForwardContext = { origin: url.origin, timeoutMs, output }
  return async (hook, request) => {
    const encodedHook = encodeHook(hook)
    const { length } = encodedHook
    if (length > MAX_HOOK_HEADER_LENGTH) {
      const limit = `${length} characters, at most ${MAX_HOOK_HEADER_LENGTH} are allowed`
      output.note(`forward: the hook is too long for a header: ${limit}`)
      return problemResponse(500, `the hook is too long to be forwarded: ${limit}`)
    }
    const headers = [...filterHeaders(listHeaders(request)), [HOOK_HEADER, encodedHook] as const]
    const result = await withTimeout(timeoutMs, (signal) =>
      sendRequest(addQuery(url, request.url ?? '/'), { method: hook.method, headers, body: hook.rawBody(), signal }),
    )
    return result.ok ? toWebResponse(result.response, context) : reportFailure(result, context)
  }
}

/** Removes hop-by-hop headers, those that `Connection` names, and those that could be mistaken for hookurl's. */
function filterHeaders(headers: HeaderList): HeaderList {
  const namedByConnection = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase()))
  const dropped: ReadonlySet<string> = new Set([...droppedHeaders, ...namedByConnection])
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()) && !isReservedHeader(name))
}

/** Adds the query parameters of a hook URL other than the token, with their encoding unchanged. */
function addQuery(url: URL, target: string): URL {
  const { path, query } = splitTarget(target)
  // Some services append `&name=value` even if the URL has no `?`.
  const [segment = '', ...appended] = path.slice(path.lastIndexOf('/') + 1).split('&')
  const fromPath = looksLikeToken(decodePercentTwice(segment).trim()) ? appended : []
  const parts = [...fromPath, ...splitQuery(query)].filter((part) => part !== '' && !hasToken(part))
  const result = new URL(url)
  result.search = [url.search.slice(1), ...parts].filter((part) => part !== '').join('&')
  return result
}

function hasToken(parameter: string): boolean {
  const { kind } = locateToken(`/?${parameter}`)
  return kind === 'valid' || kind === 'damaged'
}

// CGI, WSGI, Rack and PHP treat `-` and `_` alike, and some of them `.`, too; letter case never matters.
function isReservedHeader(name: string): boolean {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .startsWith('hookurl-')
}

function encodeHook(hook: ReceivedHook): string {
  return Buffer.from(JSON.stringify(getHookFields(hook))).toString('base64url')
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
  { timedOut, reason }: Extract<SendResult, { ok: false }>,
  { origin, timeoutMs, output }: ForwardContext,
): Response {
  if (timedOut) {
    output.note(`forward: ${origin} did not respond within ${timeoutMs / 1000} s`)
    return problemResponse(504, 'the application did not respond in time')
  }
  output.note(`forward: ${origin} cannot be reached (${reason}); is the application running?`)
  return problemResponse(502, 'the application cannot be reached')
}

function toWebResponse(response: IncomingMessage, { origin, timeoutMs, output }: ForwardContext): Response {
  const status = response.statusCode ?? 0
  response.setTimeout(timeoutMs, () => response.destroy(new Error('timed out')))
  response.on('error', (error) => {
    output.note(`forward: the response of ${origin} was cut off (${getErrorReason(error)})`)
  })
  if (status < 200 || status > 599) {
    response.destroy()
    output.note(`forward: ${origin} responded with the invalid status ${status}`)
    return problemResponse(502, 'the application responded with an invalid status')
  }
  const headers = new Headers()
  for (const [name, value] of filterResponseHeaders(listHeaders(response))) headers.append(name, value)
  if (!bodylessStatuses.has(status)) {
    return new Response(Readable.toWeb(response) as ReadableStream<Uint8Array>, { status, headers })
  }
  response.resume()
  return new Response(null, { status, headers })
}

function filterResponseHeaders(headers: HeaderList): HeaderList {
  const lengths = headers.filter(([name]) => name.toLowerCase() === 'content-length')
  return [...filterHeaders(headers), ...lengths]
}
