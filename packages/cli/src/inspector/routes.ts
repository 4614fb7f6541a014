import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { MintRequest, ReplayResult, ServerInfo, StreamMessage } from '@hookurl/presentation/protocol'
import type { InspectorApi } from './api.ts'
import type { History } from './history.ts'
import { type ReceiverAddress, replay } from './replay.ts'

/** What the routes need. */
export interface RouteContext {
  readonly api: InspectorApi
  readonly history: History
  readonly receiver: ReceiverAddress
  readonly server: ServerInfo
  /** Aborted when `listen` stops. */
  readonly stopping: AbortSignal
}

interface RouteCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The number in the path. */
  readonly id: number
}

interface Route {
  readonly method: string
  readonly path: RegExp
  /** Returns the value to send as JSON, or `undefined` for 404. */
  handle(call: RouteCall, context: RouteContext): unknown
}

const maxBodyBytes = 256 * 1024
const heartbeatMs = 15_000
const incompleteBody: ReplayResult = {
  error: {
    code: 'incomplete_body',
    message: 'the request body was not captured in full',
    fix: 'Send the request again from its source.',
  },
}

/** The API of the page. */
export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/api\/events$/, handle: streamEvents },
  { method: 'GET', path: /^\/api\/requests\/(\d{1,15})$/, handle: ({ id }, { history }) => history.find(id) },
  {
    method: 'POST',
    path: /^\/api\/requests\/(\d{1,15})\/replay$/,
    handle: ({ id }, { history, receiver }) => {
      const entry = history.find(id)
      return entry?.body.isComplete === true ? replay(entry, receiver) : incompleteBody
    },
  },
  {
    method: 'POST',
    path: /^\/api\/verify$/,
    handle: async ({ request }, { api }) => {
      const { input } = (await readJson(request)) as { input?: unknown }
      return api.verify(String(input ?? ''))
    },
  },
  {
    method: 'POST',
    path: /^\/api\/mint$/,
    handle: async ({ request }, { api }) => api.mint((await readJson(request)) as MintRequest),
  },
]

async function readJson(request: IncomingMessage): Promise<object> {
  // The page always sends a content length.
  if (!(Number(request.headers['content-length']) <= maxBodyBytes)) return {}
  try {
    const value: unknown = JSON.parse(await text(request))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Sends the recorded requests, then every new one, until the page disconnects or `listen` stops. */
function streamEvents({ response }: RouteCall, { history, server, stopping }: RouteContext): Promise<true> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const send = (message: StreamMessage): unknown => response.write(`${JSON.stringify(message)}\n`)
  send({ type: 'start', server, requests: history.list() })
  const unsubscribe = history.subscribe((request) => send({ type: 'request', request }))
  const heartbeat = setInterval(() => send({ type: 'heartbeat' }), heartbeatMs)
  const end = (): unknown => response.end()
  stopping.addEventListener('abort', end)
  return new Promise((resolve) => {
    response.on('close', () => {
      unsubscribe()
      clearInterval(heartbeat)
      stopping.removeEventListener('abort', end)
      resolve(true)
    })
    if (stopping.aborted) end()
  })
}
