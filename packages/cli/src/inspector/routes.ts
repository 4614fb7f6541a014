import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type {
  BodyPart,
  ExportFormat,
  HeaderPair,
  MintRequest,
  SearchResult,
  SendResult,
  ServerInfo,
  StreamMessage,
} from '@hookurl/presentation/protocol'
import type { InspectorApi } from './api.ts'
import { sendExport } from './export.ts'
import type { History } from './history.ts'
import { search } from './search.ts'
import { type OutgoingRequest, type ReceiverAddress, sendToReceiver } from './send.ts'
import type { SentRequests } from './sent-requests.ts'

/** What the routes need. */
export interface RouteContext {
  readonly api: InspectorApi
  readonly history: History
  readonly receiver: ReceiverAddress
  readonly sentRequests: SentRequests
  readonly server: ServerInfo
  /** Aborted when `listen` stops. */
  readonly stopping: AbortSignal
}

interface RouteCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The number in the path. */
  readonly id: number
  /** The rest of the path. */
  readonly part: string
}

interface Route {
  readonly method: string
  readonly path: RegExp
  /** Returns the value to send as JSON, or `undefined` for 404. */
  handle(call: RouteCall, context: RouteContext): unknown
}

const maxBodyBytes = 256 * 1024
// A captured body of 4 MiB in base64.
const maxSendBytes = 6 * 1024 * 1024
const heartbeatMs = 15_000
const incompleteBody: SendResult = {
  error: {
    code: 'incomplete_body',
    message: 'the request body was not captured in full',
    fix: 'Send the request again from its source.',
  },
}
const invalidRequest: SendResult = {
  error: {
    code: 'invalid_option',
    message: 'the request is not complete, or is too large',
    fix: 'Reload the page, and send a body of at most 4 MiB.',
  },
}

/** The API of the page. */
export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/api\/events$/, handle: streamEvents },
  { method: 'GET', path: /^\/api\/requests\/(\d{1,15})$/, handle: ({ id }, { history }) => history.find(id)?.detail },
  {
    method: 'GET',
    path: /^\/api\/requests\/(\d{1,15})\/(body|response-body|payload)$/,
    handle: ({ id, part, response }, { history }) => {
      const bytes = history.find(id)?.bytes[part as BodyPart]
      if (bytes === undefined) return undefined
      // Never a type that the browser would display.
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes)
      return true
    },
  },
  {
    method: 'POST',
    path: /^\/api\/requests\/(\d{1,15})\/replay$/,
    handle: ({ id }, context) => {
      const entry = context.history.find(id)
      if (entry?.detail.body.isComplete !== true) return incompleteBody
      const { method, url, headers } = entry.detail
      const body = entry.bytes.body ?? Buffer.alloc(0)
      return sendToReceiver({ method, url, headers, body, from: id }, context)
    },
  },
  {
    method: 'POST',
    path: /^\/api\/send$/,
    handle: async ({ request }, context) => {
      const outgoing = toOutgoingRequest(await readJson(request, maxSendBytes), context.history)
      return outgoing === undefined ? invalidRequest : sendToReceiver(outgoing, context)
    },
  },
  {
    method: 'POST',
    path: /^\/api\/search$/,
    handle: async ({ request, response }, { history }): Promise<SearchResult> => {
      const { filter } = (await readJson(request)) as { filter?: unknown }
      const closed = new AbortController()
      response.on('close', () => closed.abort())
      return { ids: await search(history.entries(), String(filter ?? ''), closed.signal) }
    },
  },
  {
    method: 'POST',
    path: /^\/api\/export$/,
    handle: async ({ request, response }, { history, server }) => {
      const { format, ids } = (await readJson(request)) as { format?: unknown; ids?: unknown }
      if (format !== 'har' && format !== 'ndjson') return undefined
      const wanted = Array.isArray(ids) ? new Set<unknown>(ids) : undefined
      const entries = history.entries().filter(({ detail }) => wanted?.has(detail.id) ?? true)
      await sendExport(response, format satisfies ExportFormat, { entries, origin: server.receiver })
      return true
    },
  },
  {
    method: 'POST',
    path: /^\/api\/clear$/,
    handle: (_, { history }) => {
      history.clear()
      return {}
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

function toOutgoingRequest(fields: object, history: History): OutgoingRequest | undefined {
  const { method, url, headers, body, from } = fields as Record<string, unknown>
  if (typeof method !== 'string' || typeof url !== 'string' || !isHeaderList(headers)) return undefined
  const original = typeof from === 'number' ? history.find(from) : undefined
  const origin = original?.detail.id
  if (typeof body === 'string') return { method, url, headers, body: Buffer.from(body, 'base64'), from: origin }
  if (original?.detail.body.isComplete === false) return undefined
  return { method, url, headers, body: original?.bytes.body ?? Buffer.alloc(0), from: origin }
}

function isHeaderList(value: unknown): value is HeaderPair[] {
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((item) => typeof item === 'string')
  return Array.isArray(value) && value.every(isPair)
}

async function readJson(request: IncomingMessage, limit = maxBodyBytes): Promise<object> {
  // The page always sends a content length.
  if (!(Number(request.headers['content-length']) <= limit)) return {}
  try {
    const value: unknown = JSON.parse(await text(request))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Sends the recorded requests, then every change, until the page disconnects or `listen` stops. */
function streamEvents({ response }: RouteCall, { history, server, stopping }: RouteContext): Promise<true> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const send = (message: StreamMessage): unknown => response.write(`${JSON.stringify(message)}\n`)
  send({ type: 'start', server, requests: history.list() })
  const unsubscribe = history.subscribe(send)
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
