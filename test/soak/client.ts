import { once } from 'node:events'
import { Agent, request as http } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { summarize } from '../../packages/verify/test/support/counting-receiver.ts'

/** A request of a soak. */
export interface SoakRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly path: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends to one receiver over connections that are kept. */
export interface Client {
  /** The answer in two words: its status, and its code or kind. */
  send(sent: SoakRequest): Promise<string>
  /** Goes away in the middle of a body, and tells so. */
  abort(sent: SoakRequest, how: 'end' | 'reset'): Promise<string>
  close(): void
}

export function createClient(port: number, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: (sent) => send(sent, { port, agent }),
    abort: (sent, how) => abort(port, sent, how),
    close: () => agent.destroy(),
  }
}

function send(
  { method, path, type, headers, body }: SoakRequest,
  { port, agent }: { port: number; agent: Agent },
): Promise<string> {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const typed = type === undefined ? {} : { 'content-type': type }
    const options = { host: '127.0.0.1', port, agent, method, path, headers: { ...length, ...typed, ...headers } }
    const request = http(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', fail)
      response.on('end', () => {
        const header = (name: string): string | undefined => response.headers[name]?.toString()
        resolve(inWords({ status: response.statusCode ?? 0, header, text }))
      })
    })
    const fail = (error: Error): void => resolve(`no answer: ${Reflect.get(error, 'code') ?? error.message}`)
    request.on('error', fail)
    request.end(body)
  })
}

function inWords(reply: { status: number; header(name: string): string | undefined; text: string }): string {
  if (reply.text === '') return `${reply.status} empty`
  if (reply.header('content-type')?.startsWith('text/html') === true) return `${reply.status} page`
  return summarize({ ...reply, bytes: Buffer.alloc(0), cookies: () => [], json: () => undefined })
}

async function abort(port: number, { path, type, body = '' }: SoakRequest, how: 'end' | 'reset'): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  const half = body.slice(0, body.length / 2)
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${half}`,
  )
  // The receiver is to be waiting for the rest.
  await sleep(20)
  if (how === 'reset') socket.resetAndDestroy()
  else socket.end().resume()
  if (!socket.closed) await once(socket, 'close')
  return 'gone'
}
