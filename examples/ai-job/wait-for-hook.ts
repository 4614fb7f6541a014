import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, defineCommands, generateKey } from '@hookurl/core'
import { memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import type { z } from 'zod'

export interface WaiterOptions<Schema extends z.ZodType> {
  /** What a service may post: anything else is refused, and leaves the URL as good as it was. */
  readonly payload: Schema
  readonly port: number
  /** How services reach this program; without it, those on this machine do. */
  readonly baseUrl?: string
}

export interface Waiter<Result> {
  readonly origin: string
  /**
   * Mints a URL, lets `handOut` give it to a service, and resolves with what the service posts to it. Rejects when
   * handing out fails, or when nothing good has come in time.
   */
  waitForHook(handOut: (url: string, signal: AbortSignal) => Promise<unknown>, options: WaitOptions): Promise<Result>
  close(): void
}

export interface WaitOptions {
  readonly seconds: number
}

/** Listens for the hooks that a program is going to wait for. */
export async function openWaiter<Schema extends z.ZodType>(
  options: WaiterOptions<Schema>,
): Promise<Waiter<z.output<Schema>>> {
  const awaited = new EventEmitter()
  const commands = defineCommands({ '/onResult': { payload: options.payload } })
  // The URLs live no longer than this program, and neither does their key.
  const keys = generateKey()

  const receiver = hookurl({
    keys,
    commands,
    uses: memoryUseStore(),
    onRefusal: ({ code }) => console.log(`refused: ${code}`),
    handlers: {
      '/onResult': ({ id = '', payload }) => {
        if (awaited.emit(id, payload)) return undefined
        console.log('refused: nobody waits for it any more')
        return new Response(null, { status: 410 })
      },
    },
  })
  const server = createServer(receiver).listen(options.port)
  // A connection that a service keeps open would keep the program from ending.
  server.maxRequestsPerSocket = 1
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const minter = createMinter({ keys, commands, baseUrl: options.baseUrl ?? `${origin}/hooks`, expiresIn: '1h' })

  return {
    origin,
    waitForHook: async (handOut, { seconds }) => {
      const id = randomUUID()
      // Expiry counts whole seconds: one more, so that the URL is good for as long as somebody waits.
      const url = minter.mintSync({ command: '/onResult', id, maxUses: 1, expiresIn: Math.ceil(seconds) + 1 })
      const signal = AbortSignal.timeout(seconds * 1000)
      try {
        const [[result]] = await Promise.all([once(awaited, id, { signal }), handOut(url, signal)])
        return result
      } catch (error) {
        throw signal.aborted ? new Error(`nothing came within ${seconds} s`) : error
      }
    },
    close: () => {
      server.close()
    },
  }
}
