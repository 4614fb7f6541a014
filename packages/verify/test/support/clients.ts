import { once } from 'node:events'
import { Agent, request as http1, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect as http2 } from 'node:http2'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** Sends a request; a server has a port. */
export interface Send {
  (ask: Ask): Promise<Reply>
  readonly port?: number
  readonly protocol?: 'HTTP/1' | 'HTTP/2'
}

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
  return Object.assign((ask: Ask) => ask1(port, ask), { port, protocol: 'HTTP/1' as const })
}

/** Sends one request after the other over a connection that is kept, where the server keeps it. */
export async function sendTwice(port: number, ...asks: readonly [Ask, Ask]): Promise<Reply[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    return [await ask1(port, asks[0], agent), await ask1(port, asks[1], agent)]
  } finally {
    agent.destroy()
  }
}

/** Announces more of a body than it sends, and goes away. */
export async function withhold({ port = 0, protocol }: Send, { path, headers, body }: Ask): Promise<void> {
  if (protocol === 'HTTP/2') {
    const session = http2(`http://127.0.0.1:${port}`)
    const request = session.request({ ':method': 'POST', ':path': path, ...headers }, { endStream: false })
    request.on('error', () => {})
    request.write(String(body))
    await sleep(100)
    // Closing the request alone would end its body first.
    session.destroy()
    return
  }
  const socket = connect(port, '127.0.0.1')
  const lines = Object.entries({ host: 'bot.example.com', 'content-length': '100', ...headers })
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n${String(body)}`)
  await sleep(100)
  socket.destroy()
}

function ask1(
  port: number,
  { method = 'GET', path, headers, body }: Ask,
  agent: Agent | false = false,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = isWhole(body) ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = http1({ port, path, method, headers: { ...length, ...headers }, agent })
    request.once('error', reject)
    request.once('response', (response: IncomingMessage) => {
      buffer(response).then(
        (bytes) => resolve(toReply(response.statusCode ?? 0, response.headers, bytes, response.headers['set-cookie'])),
        reject,
      )
    })
    if (isWhole(body)) request.end(body)
    else toStream(body).on('error', reject).pipe(request)
  })
}

/** Sends requests to a server over HTTP/2, each on a connection of its own. */
export function toPort2(port: number): Send {
  return Object.assign((ask: Ask) => ask2(port, ask), { port, protocol: 'HTTP/2' as const })
}

async function ask2(port: number, { method = 'GET', path, headers, body }: Ask): Promise<Reply> {
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
