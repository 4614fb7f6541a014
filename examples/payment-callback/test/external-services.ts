// The shop's external services, controlled by a test: a payment service that records callback URLs, and a warehouse.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ExternalServices {
  readonly origin: string
  /** The callback URLs by order. */
  readonly callbacks: ReadonlyMap<string, string>
  /** The orders that the warehouse received, in sequence. */
  readonly shippedOrders: readonly string[]
  /** The next statuses of the warehouse; 201 when there are none left. */
  readonly nextStatuses: number[]
  stop(): void
}

export async function startExternalServices(): Promise<ExternalServices> {
  const callbacks = new Map<string, string>()
  const shippedOrders: string[] = []
  const nextStatuses: number[] = []

  async function handleRequest(request: IncomingMessage): Promise<number> {
    if (request.url === '/shipments') {
      shippedOrders.push(String(request.headers['idempotency-key']))
      return nextStatuses.shift() ?? 201
    }
    const { reference, callbackUrl } = JSON.parse(await text(request)) as { reference: string; callbackUrl: string }
    callbacks.set(reference, callbackUrl)
    return 201
  }

  const server = createServer(async (request, response) => response.writeHead(await handleRequest(request)).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, callbacks, shippedOrders, nextStatuses, stop: () => server.close() }
}
