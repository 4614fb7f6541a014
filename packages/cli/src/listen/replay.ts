import { request } from 'node:http'
import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import { getErrorReason } from '../http/client.ts'
import type { RecordedRequest } from './recording.ts'

/** The address of the receiver. */
export interface ReceiverAddress {
  readonly host: string
  readonly port: number
}

// The body is sent in one piece, even if it arrived in chunks.
const excludedHeaders: ReadonlySet<string> = new Set([...hopByHopHeaders, 'content-length', 'expect', 'trailer'])

/** Sends a recorded request to the receiver, byte for byte. Resolves when its response has ended; rejects without one. */
export function replayRequest(recorded: RecordedRequest, { host, port }: ReceiverAddress): Promise<void> {
  const { method, url, headers, base64 } = recorded
  const body = Buffer.from(base64, 'base64')
  const hadBody = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const kept = headers.filter(([name]) => !excludedHeaders.has(name.toLowerCase())).flat()
  const length = hadBody ? ['content-length', String(body.length)] : []
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: toConnectableHost(host),
      port,
      method,
      path: url,
      headers: [...kept, ...length],
      setHost: false,
      agent: false,
    })
    outgoing.on('response', (response) => {
      response.resume()
      response.on('close', resolve)
    })
    outgoing.on('error', (error) => reject(new Error(`the request cannot be replayed (${getErrorReason(error)})`)))
    outgoing.end(body)
  })
}

// A server can listen on a wildcard address, but a client cannot rely on connecting to one.
function toConnectableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
