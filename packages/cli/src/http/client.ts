import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { invalidOption } from '@hookurl/core/internal'

/** Headers as they are sent, in order; a name may occur more than once. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

export interface RequestInput {
  readonly method: string
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** Aborts the request, even while the body of the response is being read. */
  readonly signal: AbortSignal
}

/** A response whose body has not been read yet, or the reason why there is none. */
export type SendResult =
  | { readonly ok: true; readonly response: IncomingMessage }
  | {
      readonly ok: false
      readonly timedOut: boolean
      /** Whether a connection was established, so that the request may have arrived. */
      readonly wasConnected: boolean
      readonly reason: string
    }

/** Sends a request exactly as given: redirects are not followed and nothing is decoded. */
export async function sendRequest(url: URL, input: RequestInput): Promise<SendResult> {
  let wasConnected = false
  const onConnect = (): void => {
    wasConnected = true
  }
  try {
    return { ok: true, response: await request(url, input, onConnect) }
  } catch (error) {
    return { ok: false, timedOut: input.signal.aborted, wasConnected, reason: getErrorReason(error) }
  }
}

/**
 * Parses the http or https URL of a flag or argument; `name` is used in error messages.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function parseHttpUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalidOption(`${name} is not an http or https URL`, 'Write a full URL: http://localhost:3000/hooks.')
  }
  if (url.username === '' && url.password === '') return url
  throw invalidOption(`${name} must not contain credentials`, 'Remove the part before the @.')
}

/** Returns the system's error code, such as `ECONNREFUSED`, or the message of an error without one. */
export function getErrorReason(error: unknown): string {
  const code = Reflect.get(error as object, 'code')
  if (typeof code === 'string') return code
  return error instanceof Error ? error.message : String(error)
}

/** Lists the headers of a message in the order in which they arrived. */
export function listHeaders({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): [name: string, value: string][] {
  const headers: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] as string, rawHeaders[index + 1] as string])
  }
  return headers
}

function request(
  url: URL,
  { method, headers, body, signal }: RequestInput,
  onConnect: () => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A new connection each time: the other side may be closing one that was kept alive.
    const options: RequestOptions = { method, signal, agent: false }
    const outgoing = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
    // `on`, not `once`: an error after the response must not be an uncaught exception.
    outgoing.on('error', reject)
    outgoing.once('close', () => reject(new Error('the connection was closed')))
    outgoing.once('response', resolve)
    // With TLS, the request is sent after the handshake.
    outgoing.once('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', onConnect))
    for (const [name, values] of groupByName(headers)) outgoing.setHeader(name, values)
    const hasBody = body.byteLength > 0 || (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS')
    if (hasBody) outgoing.setHeader('content-length', body.byteLength)
    outgoing.end(body)
  })
}

function groupByName(headers: HeaderList): [name: string, values: string | string[]][] {
  const groups = new Map<string, { name: string; values: string[] }>()
  for (const [name, value] of headers) {
    const group = groups.get(name.toLowerCase())
    if (group === undefined) groups.set(name.toLowerCase(), { name, values: [value] })
    else group.values.push(value)
  }
  return [...groups.values()].map(({ name, values: [first = '', ...more] }) => {
    return [name, more.length === 0 ? first : [first, ...more]]
  })
}
