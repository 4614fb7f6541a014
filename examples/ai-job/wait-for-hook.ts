import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, defineCommands, generateKey } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { z } from 'zod'

export interface WaiterOptions<Schema extends z.ZodType> {
  /** The payload that a service may post. Anything else is rejected, and the URL stays valid. */
  readonly payload: Schema
  readonly port: number
  /** The URL where services reach this program; by default a local one. */
  readonly baseUrl?: string
}

export interface Waiter<Result> {
  readonly origin: string
  /**
   * Mints a URL, passes it to `handOut`, and resolves with the payload that the service posts to it. Rejects when
   * `handOut` fails, or when no valid result arrives in time.
   */
  waitForHook(handOut: (url: string, signal: AbortSignal) => Promise<unknown>, options: WaitOptions): Promise<Result>
  close(): void
}

export interface WaitOptions {
  readonly seconds: number
}

/** Starts a receiver for the hooks that a program waits for. */
export async function openWaiter<Schema extends z.ZodType>(
  options: WaiterOptions<Schema>,
): Promise<Waiter<z.output<Schema>>> {
  const awaited = new EventEmitter()
  const commands = defineCommands({ '/onResult': { payload: options.payload } })
  // The URLs are valid only while this program runs, so its key is not stored.
  const keys = generateKey()

  const receiver = hookurl({
    keys,
    commands,
    uses: memoryUseStore(),
    onResult: ({ error }) => {
      if (error !== undefined) console.log(`rejected: ${error.code}`)
    },
    handlers: {
      '/onResult': ({ id = '', payload }) => {
        if (awaited.emit(id, payload)) return undefined
        console.log('rejected: no one is waiting for this result')
        return new Response(null, { status: 410 })
      },
    },
  })
  const server = createServer(receiver).listen(options.port)
  // An open keep-alive connection would keep the process running.
  server.maxRequestsPerSocket = 1
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const minter = createMinter({ keys, commands, baseUrl: options.baseUrl ?? `${origin}/hooks`, expiresIn: '1h' })

  return {
    origin,
    waitForHook: async (handOut, { seconds }) => {
      const id = randomUUID()
      // Expiry is in whole seconds; one more keeps the URL valid until the timeout.
      const url = minter.mintSync({ command: '/onResult', id, maxUses: 1, expiresIn: Math.ceil(seconds) + 1 })
      const signal = AbortSignal.timeout(seconds * 1000)
      try {
        const [[result]] = await Promise.all([once(awaited, id, { signal }), handOut(url, signal)])
        return result
      } catch (error) {
        throw signal.aborted ? new Error(`no result within ${seconds} s`) : error
      }
    },
    close: () => {
      server.close()
    },
  }
}
