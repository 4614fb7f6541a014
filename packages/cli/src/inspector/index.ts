import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { stringifyJson } from '@hookurl/presentation/json'
import { isLoopback, type RunningServer, serve } from '../http/server.ts'
import type { Settings } from '../keys/load.ts'
import { createInspectorApi } from './api.ts'
import { findAsset } from './assets.ts'
import { checkOrigin, checkSecret } from './auth.ts'
import { createEntry, type LogRecord } from './entry.ts'
import { createHistory } from './history.ts'
import { record } from './recorder.ts'
import { type RouteContext, routes } from './routes.ts'
import { createSecret, loadSecret } from './secret.ts'
import { createSentRequests } from './sent-requests.ts'

export type { LogRecord } from './entry.ts'

/** A local page that shows the requests of a receiver. */
export interface Inspector {
  /** The URL of the page, including its secret. */
  readonly address: string
  /** Records a request and its response. Call the returned function with the result once the response has ended. */
  watch(request: IncomingMessage, response: ServerResponse): (logRecord: LogRecord) => void
  stop(): Promise<void>
}

interface InspectorOptions {
  readonly settings: Settings
  /** The address that the receiver is bound to. */
  readonly receiver: { readonly host: string; readonly port: number }
  /** By default 127.0.0.1: `--host` and tunnels publish the receiver, not the requests that it received. */
  readonly host?: string | undefined
  /** By default 8788, or any free port if that one is taken. */
  readonly port: number | undefined
  /** The file that keeps the secret for the next run; by default, every run has another secret. */
  readonly secretFile?: string | undefined
}

const defaultPort = 8788
const defaultHost = '127.0.0.1'
const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * Starts the inspector on its own port.
 *
 * @throws {HookurlError} `invalid_option` if the requested port is not available, or the secret cannot be read
 */
export async function startInspector(options: InspectorOptions): Promise<Inspector> {
  const { settings, receiver, host = defaultHost, port, secretFile } = options
  const secret = secretFile === undefined ? createSecret() : await loadSecret(secretFile)
  const history = createHistory()
  const sentRequests = createSentRequests()
  const stopping = new AbortController()
  const receiverAddress = { host: toConnectableHost(receiver.host), port: receiver.port }
  const context: RouteContext = {
    history,
    api: createInspectorApi(settings),
    receiver: receiverAddress,
    sentRequests,
    server: {
      runId: randomUUID(),
      receiver: `http://${bracketIpv6(receiverAddress.host)}:${receiver.port}`,
      baseUrl: settings.baseUrl ?? `http://localhost:${receiver.port}/hooks`,
    },
    stopping: stopping.signal,
  }
  let boundPort = 0
  const isPublished = !isLoopback(host)
  const running = await listenOn({ host, port }, (request, response) => {
    handleRequest({ request, response, secret, port: boundPort, isPublished, context }).catch(() => response.destroy())
  })
  boundPort = running.port
  return {
    address: `http://${bracketIpv6(toConnectableHost(host))}:${boundPort}/#${secret}`,
    watch: (request, response) => {
      const getRecording = record(request, response)
      const sent = sentRequests.take(request)
      return (logRecord) =>
        history.add((id) => {
          sent?.setId(id)
          return createEntry({ id, logRecord, recording: getRecording(), resentFrom: sent?.from })
        })
    },
    stop: () => {
      stopping.abort()
      return running.stop()
    },
  }
}

function listenOn(
  { host, port }: { readonly host: string; readonly port: number | undefined },
  handler: Parameters<typeof serve>[0],
): Promise<RunningServer> {
  if (port !== undefined) return serve(handler, { host, port, portFlag: '--inspector-port' })
  return serve(handler, { host, port: defaultPort }).catch(() => serve(handler, { host, port: 0 }))
}

interface InspectorRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly secret: string
  readonly port: number
  readonly isPublished: boolean
  readonly context: RouteContext
}

async function handleRequest({
  request,
  response,
  secret,
  port,
  isPublished,
  context,
}: InspectorRequest): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  const { method = '', url = '/' } = request
  const isApiCall = url.startsWith('/api/')
  const rejection =
    checkOrigin(request, { port, isPublished }) ?? (isApiCall ? checkSecret(request, secret) : undefined)
  if (rejection !== undefined) return sendText(response, rejection.status, rejection.reason)
  if (!isApiCall) {
    const asset = method === 'GET' || method === 'HEAD' ? findAsset(url) : undefined
    if (asset === undefined) return sendText(response, 404, 'not found')
    response.setHeader('content-type', asset.contentType)
    response.end(asset.bytes)
    return
  }
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(url) : null
    if (match === null) continue
    const result = await route.handle({ request, response, id: Number(match[1]), part: match[2] ?? '' }, context)
    if (response.headersSent) return
    if (result === undefined) break
    response.setHeader('content-type', 'application/json')
    response.end(stringifyJson(result))
    return
  }
  sendText(response, 404, 'not found')
}

function sendText(response: ServerResponse, status: number, reason: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(`${reason}\n`)
}

// A server can listen on a wildcard address, but a client cannot rely on connecting to one.
function toConnectableHost(boundHost: string): string {
  if (boundHost === '0.0.0.0') return '127.0.0.1'
  return boundHost === '::' ? '::1' : boundHost
}

function bracketIpv6(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
