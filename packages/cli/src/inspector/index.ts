import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Detail } from '@hookurl/presentation/protocol'
import { type Running, serve } from '../http/server.ts'
import type { Settings } from '../keys/load.ts'
import { createOracle } from './api.ts'
import { findFile } from './assets.ts'
import { refuseStranger, refuseWithoutSecret } from './auth.ts'
import { createStore } from './history.ts'
import { record } from './recorder.ts'
import { type Context, routes } from './routes.ts'

/** A page that shows what a receiver gets. */
export interface Inspector {
  /** With the secret of this run. */
  readonly address: string
  /** Keeps a request; what is returned is called with what came of it. */
  watch(request: IncomingMessage, response: ServerResponse): (record: object) => void
  stop(): Promise<void>
}

interface InspectorOptions {
  readonly settings: Settings
  /** The receiver, as bound. */
  readonly receiver: { readonly host: string; readonly port: number }
  /** The one that was asked for; otherwise the usual one, or any that is free. */
  readonly port: number | undefined
}

const usualPort = 8788
// Never another: a tunnel or --host publishes the receiver, not what it received.
const host = '127.0.0.1'
const security: Readonly<Record<string, string>> = {
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
 * Starts the inspector page on a port of its own.
 *
 * @throws {HookurlError} `invalid_option` where the port that was asked for cannot be had
 */
export async function startInspector({ settings, receiver, port }: InspectorOptions): Promise<Inspector> {
  const secret = randomBytes(24).toString('base64url')
  const store = createStore()
  const ending = new AbortController()
  const reachable = { host: toReachable(receiver.host), port: receiver.port }
  const context: Context = {
    store,
    oracle: createOracle(settings),
    receiver: reachable,
    hello: {
      receiver: `http://${reachable.host.includes(':') ? `[${reachable.host}]` : reachable.host}:${receiver.port}`,
      base: settings.baseUrl ?? `http://localhost:${receiver.port}/hooks`,
    },
    ending: ending.signal,
  }
  let own = 0
  const running = await serveOn(port, (request, response) => {
    answer({ request, response, secret, port: own, context }).catch(() => response.destroy())
  })
  own = running.port
  return {
    address: `http://${host}:${own}/#${secret}`,
    watch: (request, response) => {
      const develop = record(request, response)
      return (told) => store.add((id) => toDetail({ id, ...told, ...develop() }))
    },
    stop: () => {
      ending.abort()
      return running.stop()
    },
  }
}

function serveOn(port: number | undefined, handler: Parameters<typeof serve>[0]): Promise<Running> {
  if (port !== undefined) return serve(handler, { host, port, portFlag: '--inspector-port' })
  return serve(handler, { host, port: usualPort }).catch(() => serve(handler, { host, port: 0 }))
}

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly secret: string
  readonly port: number
  readonly context: Context
}

async function answer({ request, response, secret, port, context }: Asked): Promise<void> {
  for (const [name, value] of Object.entries(security)) response.setHeader(name, value)
  const { method = '', url = '/' } = request
  const stranger = refuseStranger(request, port)
  if (stranger !== undefined) return end(response, stranger.status, stranger.reason)
  if (!url.startsWith('/api/')) {
    const file = method === 'GET' || method === 'HEAD' ? findFile(url) : undefined
    if (file === undefined) return end(response, 404, 'there is nothing here')
    response.setHeader('content-type', file.type)
    response.end(file.bytes)
    return
  }
  const locked = refuseWithoutSecret(request, secret)
  if (locked !== undefined) return end(response, locked.status, locked.reason)
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(url) : null
    if (match === null) continue
    const found = await route.answer({ request, response, id: Number(match[1]) }, context)
    if (response.headersSent) return
    if (found === undefined) break
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(found))
    return
  }
  end(response, 404, 'there is nothing here')
}

function end(response: ServerResponse, status: number, reason: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(`${reason}\n`)
}

type Told = Omit<Detail, 'command' | 'userId' | 'bytes'>

function toDetail(told: object): Detail {
  const known = told as Told
  const { command, userId } = known.hook ?? {}
  return {
    ...known,
    command: typeof command === 'string' ? command : undefined,
    userId: typeof userId === 'string' ? userId : undefined,
    bytes: known.body.length,
  }
}

// Every address of this machine is not one to connect to.
function toReachable(bound: string): string {
  if (bound === '0.0.0.0') return '127.0.0.1'
  return bound === '::' ? '::1' : bound
}
