import { once } from 'node:events'
import { Agent, request as createRequest } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { summarize } from '../../packages/verify/test/support/counting-receiver.ts'

export interface SoakRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly path: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends requests to one receiver over keep-alive connections. */
export interface Client {
  /** Returns a summary of the response: its status, then its code or kind. */
  send(request: SoakRequest): Promise<string>
  /** Disconnects in the middle of the body, and returns `disconnected`. */
  abort(request: SoakRequest, how: 'end' | 'reset'): Promise<string>
  close(): void
}

export function createClient(port: number, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: (request) => send(request, { port, agent }),
    abort: (request, how) => abort(port, request, how),
    close: () => agent.destroy(),
  }
}

function send(
  { method, path, type, headers, body }: SoakRequest,
  { port, agent }: { port: number; agent: Agent },
): Promise<string> {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const contentType = type === undefined ? {} : { 'content-type': type }
    const options = { host: '127.0.0.1', port, agent, method, path, headers: { ...length, ...contentType, ...headers } }
    const request = createRequest(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', fail)
      response.on('end', () => {
        const header = (name: string): string | undefined => response.headers[name]?.toString()
        resolve(summarizeResponse({ status: response.statusCode ?? 0, header, text }))
      })
    })
    const fail = (error: Error): void => resolve(`no response: ${Reflect.get(error, 'code') ?? error.message}`)
    request.on('error', fail)
    request.end(body)
  })
}

function summarizeResponse(response: {
  status: number
  header(name: string): string | undefined
  text: string
}): string {
  if (response.text === '') return `${response.status} empty`
  if (response.header('content-type')?.startsWith('text/html') === true) return `${response.status} page`
  return summarize({ ...response, bytes: Buffer.alloc(0), cookies: () => [], json: () => undefined })
}

async function abort(port: number, { path, type, body = '' }: SoakRequest, how: 'end' | 'reset'): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  const half = body.slice(0, body.length / 2)
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${half}`,
  )
  // By then the receiver waits for the rest.
  await sleep(20)
  if (how === 'reset') socket.resetAndDestroy()
  else socket.end().resume()
  if (!socket.closed) await once(socket, 'close')
  return 'disconnected'
}
