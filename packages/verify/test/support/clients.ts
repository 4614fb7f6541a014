import { once } from 'node:events'
import { Agent, request as createHttp1Request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** More than the buffers of a connection. */
const LARGE_BODY = 65_536

/** A request as a test writes it. An iterable body is sent chunked. */
export interface TestRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<string>
}

export interface TestResponse {
  readonly status: number
  readonly bytes: Buffer
  readonly text: string
  header(name: string): string | undefined
  cookies(): string[]
  json(): unknown
}

/** Sends a request. `port` is set where a server listens. */
export interface SendRequest {
  (request: TestRequest): Promise<TestResponse>
  readonly port?: number
  readonly protocol?: 'HTTP/1' | 'HTTP/2'
}

/** Sends requests to a fetch-style handler, as a host does. */
export function sendToHandler(handler: (request: Request) => Promise<Response>): SendRequest {
  return async ({ method = 'GET', path, headers, body }) => {
    const stream = body instanceof Object && Symbol.asyncIterator in body ? Readable.toWeb(toStream(body)) : body
    const request = { method, headers: { ...headers }, body: stream as BodyInit, duplex: 'half' }
    const response = await handler(new Request(`http://bot.example.com${path}`, request))
    const bytes = method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(await response.arrayBuffer())
    return createResponse(response.status, Object.fromEntries(response.headers), bytes, response.headers.getSetCookie())
  }
}

/** Sends requests to a server over HTTP/1. */
export function sendToPort(port: number): SendRequest {
  return Object.assign((request: TestRequest) => sendUntilResponse(port, request), {
    port,
    protocol: 'HTTP/1' as const,
  })
}

// A client that is still sending a large body when the server closes the connection may lose the response (RFC 9112,
// section 9.6).
async function sendUntilResponse(port: number, request: TestRequest): Promise<TestResponse> {
  const { body } = request
  const attempts = isComplete(body) && body.length > LARGE_BODY ? 4 : 1
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendHttp1(port, request)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (attempt === attempts || !['ECONNRESET', 'EPIPE'].includes(code)) throw error
    }
  }
}

/** Sends two requests in sequence, over one connection if the server keeps it alive. */
export async function sendTwice(
  port: number,
  ...requests: readonly [TestRequest, TestRequest]
): Promise<TestResponse[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    return [await sendHttp1(port, requests[0], agent), await sendHttp1(port, requests[1], agent)]
  } finally {
    agent.destroy()
  }
}

/** Declares a longer body than it sends, then disconnects. */
export async function abortUpload(
  { port = 0, protocol }: SendRequest,
  { path, headers, body }: TestRequest,
): Promise<void> {
  if (protocol === 'HTTP/2') {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    const request = session.request({ ':method': 'POST', ':path': path, ...headers }, { endStream: false })
    request.on('error', () => {})
    request.write(String(body))
    await sleep(100)
    // Closing only the request would end its body first.
    session.destroy()
    return
  }
  const socket = connect(port, '127.0.0.1')
  const lines = Object.entries({ host: 'bot.example.com', 'content-length': '100', ...headers })
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n${String(body)}`)
  await sleep(100)
  socket.destroy()
}

function sendHttp1(
  port: number,
  { method = 'GET', path, headers, body }: TestRequest,
  agent: Agent | false = false,
): Promise<TestResponse> {
  return new Promise((resolve, reject) => {
    const length = isComplete(body) ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = createHttp1Request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { ...length, ...headers },
      agent,
    })
    request.once('error', reject)
    request.once('response', (response: IncomingMessage) => {
      readBytes(response).then(
        (bytes) =>
          resolve(createResponse(response.statusCode ?? 0, response.headers, bytes, response.headers['set-cookie'])),
        reject,
      )
    })
    if (isComplete(body)) request.end(body)
    else toStream(body).on('error', reject).pipe(request)
  })
}

/** Sends requests to a server over HTTP/2, each on its own connection. */
export function sendToHttp2Port(port: number): SendRequest {
  return Object.assign((request: TestRequest) => sendHttp2(port, request), { port, protocol: 'HTTP/2' as const })
}

async function sendHttp2(port: number, { method = 'GET', path, headers, body }: TestRequest): Promise<TestResponse> {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  try {
    const request = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
    if (isComplete(body)) request.end(body)
    else toStream(body).pipe(request)
    const [received] = await once(request, 'response')
    const bytes = await readBytes(request)
    return createResponse(Number(received[':status']), received, bytes, received['set-cookie'])
  } finally {
    session.destroy()
  }
}

/** Writes raw bytes to a server and returns what it sends until it closes the connection or goes quiet. */
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

function isComplete(body: TestRequest['body']): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

/** Reads a stream to its end, in a third of the processor time of `node:stream/consumers`. */
export function readBytes(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => resolve(Buffer.concat(chunks)))
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('the stream ended early')))
  })
}

function toStream(body: AsyncIterable<string> | undefined): Readable {
  return Readable.from(body ?? [], { objectMode: false })
}

function createResponse(
  status: number,
  headers: OutgoingHttpHeaders,
  bytes: Buffer,
  cookies: string[] = [],
): TestResponse {
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
