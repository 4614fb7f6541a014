import { request } from 'node:http'
import { sanitizeLogLine } from '@hookurl/core/internal'
import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import type { HeaderPair, SendResult } from '@hookurl/presentation/protocol'
import type { SentRequests } from './sent-requests.ts'

export interface ReceiverAddress {
  readonly host: string
  readonly port: number
}

/** A request to the receiver. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body: Uint8Array
  /** The request that is sent again. */
  readonly from: number | undefined
}

interface Destination {
  readonly receiver: ReceiverAddress
  readonly sentRequests: SentRequests
}

// The content length is computed from the body, which may have arrived in chunks.
const excludedHeaders: ReadonlySet<string> = new Set([
  ...hopByHopHeaders,
  'content-length',
  'proxy-connection',
  'trailer',
])
const timeoutMs = 60_000

/** Sends a request to the receiver, and to no other server. Resolves to its status, and its ID in the history. */
export async function sendToReceiver(outgoing: OutgoingRequest, destination: Destination): Promise<SendResult> {
  try {
    return await send(outgoing, destination)
  } catch (error) {
    const reason = sanitizeLogLine(error instanceof Error ? error.message : String(error))
    const fix = 'Check that `hookurl listen` is running. A request that is not valid HTTP cannot be sent.'
    return { error: { code: 'network', message: `could not send the request: ${reason}`, fix } }
  }
}

function send(outgoing: OutgoingRequest, { receiver, sentRequests }: Destination): Promise<SendResult> {
  const { method, url, headers, body, from } = outgoing
  if (!/^\/[^\s#]*$/.test(url)) throw new Error('the URL must be a path that begins with a slash')
  const kept = headers.filter(([name]) => !excludedHeaders.has(name.toLowerCase()))
  const hasHost = kept.some(([name]) => name.toLowerCase() === 'host')
  const host: HeaderPair[] = hasHost ? [] : [['host', `localhost:${receiver.port}`]]
  const hadLength = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const length: HeaderPair[] = hadLength || body.length > 0 ? [['content-length', String(body.length)]] : []
  return new Promise((resolve, reject) => {
    let recorded: Promise<number | undefined> = Promise.resolve(undefined)
    const outgoingRequest = request({
      host: receiver.host,
      port: receiver.port,
      method,
      path: url,
      headers: [...host, ...kept, ...length].flat(),
      setHost: false,
      agent: false,
      timeout: timeoutMs,
    })
    outgoingRequest.on('socket', (socket) => {
      socket.on('connect', () => {
        recorded = sentRequests.expect(socket.localPort ?? 0, from)
      })
    })
    outgoingRequest.on('response', (response) => {
      response.resume()
      response.on('close', () => resolve(recorded.then((id) => ({ status: response.statusCode, id }))))
    })
    outgoingRequest.on('timeout', () => outgoingRequest.destroy(new Error('no response within 60 seconds')))
    outgoingRequest.on('error', reject)
    outgoingRequest.end(body)
  })
}
