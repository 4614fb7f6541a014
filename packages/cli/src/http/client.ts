import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { invalidOption } from '@hookurl/core/internal'

/** Headers as they go over the wire: a name may stand there several times. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** A request that is to be made. */
export interface Call {
  readonly method: string
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** Ends it, also while the answer's body is read. */
  readonly signal: AbortSignal
}

/** The answer, whose body is still to be read, or why there is none. */
export type Called =
  | { readonly ok: true; readonly response: IncomingMessage }
  | { readonly ok: false; readonly isLate: boolean; readonly reason: string }

/** Makes a request as it is given: no redirect is followed and nothing is decoded. */
export async function call(url: URL, { method, headers, body, signal }: Call): Promise<Called> {
  try {
    return { ok: true, response: await send(url, { method, headers, body, signal }) }
  } catch (error) {
    return { ok: false, isLate: signal.aborted, reason: tellReason(error) }
  }
}

/**
 * The address that a flag or argument names.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function toAddress(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalidOption(`${name} is not an http or https URL`, 'Write it whole: http://localhost:3000/hooks.')
  }
  if (url.username === '' && url.password === '') return url
  throw invalidOption(`${name} must not have credentials`, 'Leave out what stands before the @.')
}

/** Why a connection failed, as the system calls it. */
export function tellReason(error: unknown): string {
  const code = Reflect.get(error as object, 'code')
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error)
}

/** The headers of a message one by one, as they arrived. */
export function listHeaders({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): [name: string, value: string][] {
  const list: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    list.push([rawHeaders[at] as string, rawHeaders[at + 1] as string])
  }
  return list
}

function send(url: URL, { method, headers, body, signal }: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection of its own: one that was kept may be closed by the other side just now.
    const options: RequestOptions = { method, signal, agent: false }
    const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
    // On, not once: an error that comes later has nobody left to tell.
    request.on('error', reject)
    request.once('close', () => reject(new Error('it closed the connection')))
    request.once('response', resolve)
    for (const [name, values] of group(headers)) request.setHeader(name, values)
    const hasBody = body.byteLength > 0 || (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS')
    if (hasBody) request.setHeader('content-length', body.byteLength)
    request.end(body)
  })
}

function group(headers: HeaderList): [name: string, values: string | string[]][] {
  const groups = new Map<string, { name: string; values: string[] }>()
  for (const [name, value] of headers) {
    const found = groups.get(name.toLowerCase())
    if (found === undefined) groups.set(name.toLowerCase(), { name, values: [value] })
    else found.values.push(value)
  }
  return [...groups.values()].map(({ name, values: [first = '', ...more] }) => {
    return [name, more.length === 0 ? first : [first, ...more]]
  })
}
