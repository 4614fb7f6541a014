import { connect as connectHttp2, constants } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where a client sends its requests. */
export interface Target {
  readonly port: number
  readonly path: string
  readonly isHttp2: boolean
}

/** What a client does that wants to use a URL more often than it may. */
export interface AdversarialClient {
  readonly name: string
  attack(target: Target): Promise<void>
}

interface Exchange {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Disconnects after so many milliseconds, or once the first bytes of the response arrive. */
  readonly disconnect?: number | 'on response'
  /** Declares this length, whatever the body is. */
  readonly declaredLength?: number
  /** Ends an incomplete body after 20 milliseconds; over HTTP/2, both close the stream without an error. */
  readonly earlyEnd?: 'bad chunk' | 'half-close'
}

/** Sends one request and waits for its response or its own disconnect. */
function exchange(target: Target, given: Exchange): Promise<void> {
  return target.isHttp2 ? exchangeHttp2(target, given) : exchangeHttp1(target, given)
}

async function exchangeHttp1({ port, path }: Target, given: Exchange): Promise<void> {
  const { method = 'POST', headers = {}, body = 'a=1', disconnect, declaredLength = body.length } = given
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const isChunked = given.earlyEnd === 'bad chunk'
  const framing = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(declaredLength) }
  const all = { host: 'bot.example.com', ...framing, connection: 'close', ...headers }
  const lines = Object.entries(all).map((line) => `${line.join(': ')}\r\n`)
  socket.write(
    `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${isChunked ? `${body.length}\r\n${body}\r\n` : body}`,
  )
  socket.on('data', () => disconnect === 'on response' && socket.resetAndDestroy())
  if (typeof disconnect === 'number') setTimeout(() => socket.resetAndDestroy(), disconnect)
  if (given.earlyEnd === 'bad chunk') setTimeout(() => socket.write('zz\r\n'), 20)
  if (given.earlyEnd === 'half-close') setTimeout(() => socket.end(), 20)
  socket.setTimeout(3000, () => socket.destroy())
  await new Promise((resolve) => socket.once('close', resolve))
}

async function exchangeHttp2({ port, path }: Target, given: Exchange): Promise<void> {
  const { method = 'POST', headers = {}, body = 'a=1', disconnect, declaredLength } = given
  const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {})
  const { connection: _connection, expect: _expect, ...allowed } = headers
  const stream = session.request({ ':method': method, ':path': path, ...allowed }, { endStream: false })
  stream.on('error', () => {})
  if (given.earlyEnd !== undefined) setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), 20)
  if (declaredLength === undefined && given.earlyEnd === undefined) stream.end(body)
  else stream.write(body)
  stream.on('response', () => disconnect === 'on response' && stream.close(constants.NGHTTP2_CANCEL))
  if (typeof disconnect === 'number') setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), disconnect)
  stream.resume()
  stream.setTimeout(3000, () => stream.close())
  await new Promise((resolve) => stream.once('close', resolve))
  session.destroy()
}

/** Sends a request as any client does. */
export function sendPlainly(target: Target): Promise<void> {
  return exchange(target, {})
}

/** Sends a request and disconnects after so many milliseconds. */
export function disconnectAfter(target: Target, disconnect: number): Promise<void> {
  return exchange(target, { disconnect })
}

function steering(name: string, headers: Readonly<Record<string, string>>): AdversarialClient {
  return { name, attack: (target) => exchange(target, { headers }) }
}

/** Everything about a request that its caller controls, as far as it could turn a run into an unused one. */
export const adversarialClients: readonly AdversarialClient[] = [
  steering('If-Match', { 'if-match': '"x"' }),
  steering('If-Unmodified-Since', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
  steering('If-None-Match', { 'if-none-match': '*' }),
  steering('a range', { range: 'bytes=0-1' }),
  steering('a range that cannot be satisfied', { range: 'bytes=999999-' }),
  steering('Accept', { accept: 'image/png' }),
  steering('a content type', { 'content-type': 'x/y' }),
  steering('Expect: 100-continue', { expect: '100-continue' }),
  steering('an unknown expectation', { expect: 'the-impossible' }),
  { name: 'HEAD', attack: (target) => exchange(target, { method: 'HEAD', body: '' }) },
  { name: 'OPTIONS', attack: (target) => exchange(target, { method: 'OPTIONS', body: '' }) },
  { name: 'GET', attack: (target) => exchange(target, { method: 'GET', body: '' }) },
  { name: 'PUT', attack: (target) => exchange(target, { method: 'PUT' }) },
  {
    name: 'an override of the method',
    attack: (target) => exchange(target, { headers: { 'x-http-method-override': 'HEAD' } }),
  },
  {
    name: 'a disconnect before the route ends',
    attack: (target) => exchange(target, { headers: { 'x-delay': '60' }, disconnect: 25 }),
  },
  {
    name: 'a disconnect when the response begins',
    attack: (target) => exchange(target, { headers: { 'x-slow': '1' }, disconnect: 'on response' }),
  },
  {
    name: 'a disconnect in the middle of the response',
    attack: (target) => exchange(target, { headers: { 'x-slow': '1' }, disconnect: 40 }),
  },
  {
    name: 'a body that stalls, and a disconnect',
    attack: (target) => exchange(target, { declaredLength: 100, headers: { 'x-delay': '20' }, disconnect: 60 }),
  },
  {
    name: 'a body that the route needs and that stalls, and a disconnect',
    attack: (target) => exchange(target, { declaredLength: 100, headers: { 'x-read': '1' }, disconnect: 60 }),
  },
  {
    name: 'a body that the route needs and that ends too early',
    attack: (target) => exchange(target, { declaredLength: 100, headers: { 'x-read': '1' }, earlyEnd: 'half-close' }),
  },
  {
    name: 'a body that the route needs and that has a malformed chunk',
    attack: (target) => exchange(target, { headers: { 'x-read': '1' }, earlyEnd: 'bad chunk' }),
  },
  {
    name: 'an immediate disconnect',
    attack: (target) => exchange(target, { disconnect: 0 }),
  },
  {
    name: '20 parallel connections',
    attack: async (target) => {
      await Promise.all(Array.from({ length: 20 }, () => exchange(target, { headers: { 'x-delay': '10' } })))
    },
  },
  {
    name: '20 parallel connections that disconnect',
    attack: async (target) => {
      const one = { headers: { 'x-delay': '30' }, disconnect: 15 }
      await Promise.all(Array.from({ length: 20 }, () => exchange(target, one)))
    },
  },
  {
    name: 'a connection reset after two requests at once',
    attack: async (target) => {
      await Promise.all([
        exchange(target, { headers: { 'x-delay': '40', 'if-match': '"x"' }, disconnect: 20 }),
        sleep(10).then(() => exchange(target, { headers: { accept: 'image/png' } })),
      ])
    },
  },
]
