import { request } from 'node:http'
import { sanitizeLogLine } from '@hookurl/core/internal'
import type { Detail, Replayed } from '@hookurl/presentation/protocol'

export interface Receiver {
  readonly host: string
  readonly port: number
}

// What belongs to the connection that it came in on (RFC 9110, section 7.6.1), and the length, which is known now.
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const patienceMs = 60_000

/** Sends a request to the receiver again: the same method, target, headers and bytes. */
export async function replay(entry: Detail, receiver: Receiver): Promise<Replayed> {
  try {
    return { status: await send(entry, receiver) }
  } catch (error) {
    const reason = sanitizeLogLine(error instanceof Error ? error.message : String(error))
    const fix = 'See whether `hookurl listen` still runs; a request that is not proper HTTP cannot be sent again.'
    return { error: { code: 'network', message: `it could not be sent: ${reason}`, fix } }
  }
}

function send({ method, url, headers, body }: Detail, receiver: Receiver): Promise<number | undefined> {
  const bytes = Buffer.from(body.base64, 'base64')
  const kept = headers.filter(([name]) => !ofConnection.has(name.toLowerCase())).flat()
  const hadBody = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const length = hadBody ? ['content-length', String(bytes.length)] : []
  return new Promise((resolve, reject) => {
    const again = request({
      host: receiver.host,
      port: receiver.port,
      method,
      path: url,
      headers: [...kept, ...length],
      setHost: false,
      agent: false,
      timeout: patienceMs,
    })
    again.on('response', (response) => {
      response.resume()
      response.on('close', () => resolve(response.statusCode))
    })
    again.on('timeout', () => again.destroy(new Error('no answer within a minute')))
    again.on('error', reject)
    again.end(bytes)
  })
}
