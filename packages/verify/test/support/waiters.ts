import { createReceiver, type ReceiverOptions } from '@hookurl/verify'
import { createWaiter, memoryWaitStore, type WaiterOptions, type WaitStore } from '@hookurl/verify/wait'
import { type SendRequest, sendToHandler } from './clients.ts'
import { key, toPath } from './fixtures.ts'

/** A waiter with a receiver for its URLs. */
export interface MountedWaiter {
  readonly waiter: ReturnType<typeof createWaiter>
  readonly waits: WaitStore
  readonly errors: unknown[]
  /** Sends a POST with a JSON body to a URL. */
  call(url: string, payload: unknown, headers?: Record<string, string>): ReturnType<SendRequest>
  readonly send: SendRequest
  /** Advances the clock. */
  advance(milliseconds: number): void
}

/** Creates a waiter on a memory store, with a clock that the test controls, and mounts its receiver. */
export function mountWaiter(
  options: Partial<WaiterOptions> = {},
  receiverOptions: Partial<ReceiverOptions> = {},
): MountedWaiter {
  let time = 1_800_000_000_000
  const now = () => time
  const errors: unknown[] = []
  const waits = options.waits ?? memoryWaitStore({ now })
  const waiter = createWaiter({
    keys: key,
    baseUrl: 'https://bot.example.com/waits',
    pollInterval: '50ms',
    onError: (error) => void errors.push(error),
    now,
    ...options,
    waits,
  })
  const receiver = createReceiver({ ...waiter.receiver, ...receiverOptions })
  const send = sendToHandler((request) => receiver.fetch(request))
  return {
    waiter,
    waits,
    errors,
    send,
    call: (url, payload, headers = {}) =>
      send({
        method: 'POST',
        path: toPath(url),
        body: JSON.stringify(payload),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    advance: (milliseconds) => {
      time += milliseconds
    },
  }
}
