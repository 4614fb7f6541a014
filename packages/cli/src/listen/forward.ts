import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { decodePercentTwice, locateToken, looksLikeToken, splitQuery, splitTarget } from '@hookurl/core/internal'
import type { ReceivedHook } from '@hookurl/verify'
import { type Called, call, type HeaderList, listHeaders, tellReason } from '../http/client.ts'
import type { Output } from '../io/output.ts'
import { type Deliver, failure } from './hook-sink.ts'
import { pickHook } from './request-log.ts'

/** Where hooks go, and how long the application may take to begin its answer. */
export interface Forwarding {
  readonly to: URL
  readonly timeoutMs: number
}

const hookHeader = 'hookurl-hook'
const longestHook = 4096

// RFC 9110, section 7.6.1, and what older proxies made up. `Expect` was answered by the server here.
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** Passes hooks on to an application as they came: same method, bytes, parameters and headers, and one header more. */
export function createForward({ to, timeoutMs }: Forwarding, output: Output): Deliver {
  const where = to.origin
  return async ({ hook, request }) => {
    const told = encodeHook(hook)
    if (told.length > longestHook) {
      output.note(`forward: refused, the hook takes ${told.length} characters as a header, at most ${longestHook}`)
      return failure(500, `the hook is too long to be passed on: ${told.length} characters of at most ${longestHook}`)
    }
    const headers = [...keepHeaders(listHeaders(request)), [hookHeader, told] as const]
    const called = await callWithin(timeoutMs, (signal) =>
      call(addQuery(to, request.url ?? '/'), { method: hook.method, headers, body: hook.rawBody(), signal }),
    )
    if (called.ok) return toResponse(called.response, { output, where, timeoutMs })
    if (called.isLate) {
      output.note(`forward: ${where} did not answer within ${timeoutMs / 1000} s`)
      return failure(504, 'the application did not answer in time')
    }
    output.note(`forward: ${where} cannot be reached (${called.reason}); is the application running?`)
    return failure(502, 'the application cannot be reached')
  }
}

/** The headers of a request that go on: none of the connection's, and none that could pass for ours. */
function keepHeaders(headers: HeaderList): HeaderList {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((one) => one.trim().toLowerCase()))
  const dropped: ReadonlySet<string> = new Set([...hopByHop, 'content-length', ...named])
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()) && !resemblesOurs(name))
}

/** The address with the parameters of a hook URL that are not the token, spelled as they came. */
function addQuery(to: URL, target: string): URL {
  const { path, query } = splitTarget(target)
  // Some services append `&name=value` without looking whether there is a `?`.
  const [segment = '', ...appended] = path.slice(path.lastIndexOf('/') + 1).split('&')
  const before = looksLikeToken(decodePercentTwice(segment).trim()) ? appended : []
  const parts = [...before, ...splitQuery(query)].filter((part) => part !== '' && !locateToken(`/?${part}`).ok)
  const url = new URL(to)
  url.search = [url.search.slice(1), ...parts].filter((part) => part !== '').join('&')
  return url
}

// CGI, WSGI, Rack and PHP read `-`, `_` and, some of them, `.` alike; any letter case is the same.
function resemblesOurs(name: string): boolean {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .startsWith('hookurl-')
}

function encodeHook(hook: ReceivedHook): string {
  return Buffer.from(JSON.stringify(pickHook(hook))).toString('base64url')
}

async function callWithin(ms: number, make: (signal: AbortSignal) => Promise<Called>): Promise<Called> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), ms)
  const called = await make(controller.signal)
  clearTimeout(timer)
  return called
}

interface Reading {
  readonly output: Output
  readonly where: string
  readonly timeoutMs: number
}

function toResponse(answer: IncomingMessage, { output, where, timeoutMs }: Reading): Response {
  const status = answer.statusCode ?? 0
  const cut = (reason: string): void => output.note(`forward: the answer of ${where} was cut off (${reason})`)
  answer.setTimeout(timeoutMs, () => answer.destroy(new Error('it took too long')))
  answer.on('error', (error) => cut(tellReason(error)))
  if (status < 200 || status > 599) {
    answer.destroy()
    output.note(`forward: ${where} answered with the status ${status}, which is none`)
    return failure(502, 'the application answered with a status that is none')
  }
  const headers = new Headers()
  for (const [name, value] of keepAnswered(listHeaders(answer))) headers.append(name, value)
  if (!bodiless.has(status)) {
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers })
  }
  answer.resume()
  return new Response(null, { status, headers })
}

function keepAnswered(headers: HeaderList): HeaderList {
  const lengths = headers.filter(([name]) => name.toLowerCase() === 'content-length')
  return [...keepHeaders(headers), ...lengths]
}
