// Emulates the video models of the AI Gateway: a job is started with a callback URL, which is called when it is done.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A video of no use: the beginning of an MP4 file. */
export const videoBytes: Uint8Array = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1')

export interface Gateway {
  readonly origin: string
  /** What happened, in order: the path of each request, and `callback`. */
  readonly events: string[]
  /** The status of each callback. */
  readonly callbackStatuses: number[]
  close(): void
}

export async function startGateway(): Promise<Gateway> {
  const events: string[] = []
  const callbackStatuses: number[] = []
  let isDone = false

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { callbackUrl } = (await json(request)) as { callbackUrl?: string }
    events.push(request.url ?? '')
    response.setHeader('content-type', 'application/json')
    if (request.url === '/video-model/status') return void response.end(JSON.stringify(getStatus()))
    response.end(JSON.stringify({ operation: { id: 'op_1' } }))
    await sleep(100)
    isDone = true
    events.push('callback')
    const body = JSON.stringify({ operation: { id: 'op_1' }, status: 'completed' })
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(String(callbackUrl), { method: 'POST', headers, body })
    callbackStatuses.push(status)
  }

  function getStatus(): object {
    if (!isDone) return { status: 'pending' }
    const data = Buffer.from(videoBytes).toString('base64')
    return { status: 'completed', videos: [{ type: 'base64', data, mediaType: 'video/mp4' }] }
  }

  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, events, callbackStatuses, close: () => void server.close() }
}
