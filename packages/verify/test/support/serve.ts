import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createServer2, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { onTestFinished } from 'vitest'

type Listener = (...given: Parameters<RequestListener>) => void

/** Serves a listener on a free port until the test ends. */
export async function listen(listener: Listener): Promise<number> {
  return open(createServer(listener))
}

/** The same over HTTP/2, without TLS. */
export async function listen2(listener: Listener): Promise<number> {
  return open(createServer2(listener as never))
}

/** The same for a fetch-style handler. */
export async function listenFetch(fetch: (request: Request) => Response | Promise<Response>): Promise<number> {
  return open(createAdaptorServer({ fetch }) as Server)
}

async function open(server: Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}
