// What the shop talks to, in the hands of a test: a payment service that only notes where to report, and a warehouse.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ExternalServices {
  readonly origin: string
  /** Where a payment is to be reported, by the order. */
  readonly callbacks: ReadonlyMap<string, string>
  /** The orders that the warehouse was asked to ship, in their order. */
  readonly asked: readonly string[]
  /** What the warehouse answers next; 201 when there is nothing more. */
  readonly answers: number[]
  stop(): void
}

export async function startExternalServices(): Promise<ExternalServices> {
  const callbacks = new Map<string, string>()
  const asked: string[] = []
  const answers: number[] = []

  async function take(request: IncomingMessage): Promise<number> {
    if (request.url === '/shipments') {
      asked.push(String(request.headers['idempotency-key']))
      return answers.shift() ?? 201
    }
    const { reference, callbackUrl } = JSON.parse(await text(request)) as { reference: string; callbackUrl: string }
    callbacks.set(reference, callbackUrl)
    return 201
  }

  const server = createServer(async (request, response) => response.writeHead(await take(request)).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, callbacks, asked, answers, stop: () => server.close() }
}
