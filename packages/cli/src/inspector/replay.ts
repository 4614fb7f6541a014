import { request } from 'node:http'
import { sanitizeLogLine } from '@hookurl/core/internal'
import { hopByHopHeaders } from '@hookurl/presentation/hop-by-hop-headers'
import type { ReplayResult, RequestDetail } from '@hookurl/presentation/protocol'

export interface ReceiverAddress {
  readonly host: string
  readonly port: number
}

// The content length is computed from the captured body, which may have arrived in chunks.
const excludedHeaders: ReadonlySet<string> = new Set([
  ...hopByHopHeaders,
  'content-length',
  'proxy-connection',
  'trailer',
])
const timeoutMs = 60_000

/** Sends a request to the receiver again, with the same method, target, headers and body. */
export async function replay(entry: RequestDetail, receiver: ReceiverAddress): Promise<ReplayResult> {
  try {
    return { status: await sendAgain(entry, receiver) }
  } catch (error) {
    const reason = sanitizeLogLine(error instanceof Error ? error.message : String(error))
    const fix = 'Check that `hookurl listen` is running. A request that is not valid HTTP cannot be replayed.'
    return { error: { code: 'network', message: `could not send the request: ${reason}`, fix } }
  }
}

function sendAgain(entry: RequestDetail, receiver: ReceiverAddress): Promise<number | undefined> {
  const { method, url, headers, body } = entry
  const bytes = Buffer.from(body.base64, 'base64')
  const kept = headers.filter(([name]) => !excludedHeaders.has(name.toLowerCase())).flat()
  const hadBody = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const length = hadBody ? ['content-length', String(bytes.length)] : []
  return new Promise((resolve, reject) => {
    const replayed = request({
      host: receiver.host,
      port: receiver.port,
      method,
      path: url,
      headers: [...kept, ...length],
      setHost: false,
      agent: false,
      timeout: timeoutMs,
    })
    replayed.on('response', (response) => {
      response.resume()
      response.on('close', () => resolve(response.statusCode))
    })
    replayed.on('timeout', () => replayed.destroy(new Error('no response within 60 seconds')))
    replayed.on('error', reject)
    replayed.end(bytes)
  })
}
