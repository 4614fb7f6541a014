import { once } from 'node:events'
import { request as http1, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect as http2 } from 'node:http2'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A request as a test writes it. A body in pieces goes out chunked. */
export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<string>
}

export interface Reply {
  readonly status: number
  readonly bytes: Buffer
  readonly text: string
  header(name: string): string | undefined
  cookies(): string[]
  json(): unknown
}

export type Send = (ask: Ask) => Promise<Reply>

/** Sends requests to a fetch-style handler, as a host would. */
export function toHandler(handler: (request: Request) => Promise<Response>): Send {
  return async ({ method = 'GET', path, headers, body }) => {
    const stream = body instanceof Object && Symbol.asyncIterator in body ? Readable.toWeb(toStream(body)) : body
    const request = { method, headers: { ...headers }, body: stream as BodyInit, duplex: 'half' }
    const response = await handler(new Request(`http://bot.example.com${path}`, request))
    const bytes = method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer())
    return toReply(response.status, Object.fromEntries(response.headers), bytes, response.headers.getSetCookie())
  }
}

/** Sends requests to a server over HTTP/1. */
export function toPort(port: number): Send {
  return ({ method = 'GET', path, headers, body }) =>
    new Promise((resolve, reject) => {
      const length = isWhole(body) ? { 'content-length': Buffer.byteLength(body) } : {}
      const request = http1({ port, path, method, headers: { ...length, ...headers }, agent: false })
      request.once('error', reject)
      request.once('response', (response: IncomingMessage) => {
        buffer(response).then(
          (bytes) =>
            resolve(toReply(response.statusCode ?? 0, response.headers, bytes, response.headers['set-cookie'])),
          reject,
        )
      })
      if (isWhole(body)) request.end(body)
      else toStream(body).on('error', reject).pipe(request)
    })
}

/** Sends requests to a server over HTTP/2, each on a connection of its own. */
export function toPort2(port: number): Send {
  return async ({ method = 'GET', path, headers, body }) => {
    const session = http2(`http://127.0.0.1:${port}`)
    try {
      const request = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
      if (isWhole(body)) request.end(body)
      else toStream(body).pipe(request)
      const [received] = await once(request, 'response')
      const bytes = await buffer(request)
      return toReply(Number(received[':status']), received, bytes, received['set-cookie'])
    } finally {
      session.destroy()
    }
  }
}

/** Writes bytes to a server as they are, and gives all that comes back until the server closes or falls silent. */
export async function writeRaw(port: number, text: string, { end = false, quietMs = 1000 } = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  socket.on('error', () => {})
  socket.write(text, 'latin1')
  if (end) socket.end()
  socket.setTimeout(quietMs, () => socket.destroy())
  await new Promise((resolve) => socket.once('close', resolve))
  return received
}

function isWhole(body: Ask['body']): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

function toStream(body: AsyncIterable<string> | undefined): Readable {
  return Readable.from(body ?? [], { objectMode: false })
}

function toReply(status: number, headers: OutgoingHttpHeaders, bytes: Buffer, cookies: string[] = []): Reply {
  const text = bytes.toString()
  return {
    status,
    bytes,
    text,
    header: (name) => headers[name]?.toString(),
    cookies: () => cookies,
    json: () => JSON.parse(text),
  }
}
