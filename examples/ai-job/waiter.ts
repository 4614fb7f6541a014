import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CommandDefinitions, generateKey } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/node'
import { createWaiter, memoryWaitStore, type Waiter } from '@hookurl/verify/wait'

export interface WaiterServerOptions<D extends CommandDefinitions> {
  /** The commands to wait for, with the schemas of what services may send. */
  readonly commands: D
  readonly port: number
  /** The public URL that reaches this server; by default a local one. */
  readonly baseUrl?: string | undefined
}

export interface WaiterServer<D extends CommandDefinitions> {
  readonly waiter: Waiter<D>
  readonly origin: string
  close(): void
}

/** Starts a server for the calls that this program waits for. */
export async function startWaiter<const D extends CommandDefinitions>(
  options: WaiterServerOptions<D>,
): Promise<WaiterServer<D>> {
  const server = createServer().listen(options.port)
  // An open keep-alive connection would keep the process running.
  server.maxRequestsPerSocket = 1
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const waiter = createWaiter({
    // The waits end with this program, so its key is not stored.
    keys: generateKey(),
    commands: options.commands,
    baseUrl: options.baseUrl ?? `${origin}/waits`,
    waits: memoryWaitStore(),
  })
  const receiver = hookurl({
    ...waiter.receiver,
    onResult: ({ error }) => {
      if (error !== undefined) console.log(`rejected: ${error.code}`)
    },
  })
  server.on('request', receiver)
  return { waiter, origin, close: () => void server.close() }
}
