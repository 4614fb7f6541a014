import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createClient } from 'redis'

/** A server that speaks Upstash's REST protocol. */
export interface UpstashServer {
  readonly url: string
  readonly token: string
  stop(): Promise<void>
}

const token = 'upstash-token'

/** Starts a server in front of a Redis: POST with a command as a JSON array; responds with its result or its error. */
export async function startUpstash(redisUrl: string): Promise<UpstashServer> {
  const client = await createClient({ url: redisUrl })
    .on('error', () => {})
    .connect()

  async function run(authorization: string | undefined, words: unknown): Promise<[status: number, body: unknown]> {
    if (authorization !== `Bearer ${token}`) return [401, { error: 'Unauthorized' }]
    if (!Array.isArray(words)) return [400, { error: 'ERR failed to parse command' }]
    try {
      return [200, { result: await client.sendCommand(words.map(String)) }]
    } catch (error) {
      return [400, { error: error instanceof Error ? error.message : String(error) }]
    }
  }

  const server = createServer(async (request, response) => {
    const [status, body] = await run(request.headers.authorization, await json(request))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      client.destroy()
    },
  }
}
