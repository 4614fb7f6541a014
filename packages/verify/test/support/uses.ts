import { createReceiver, type Handlers, type ReceiverOptions, type UseOptions, type UseStore } from '@hookurl/verify'
import { vi } from 'vitest'
import { type Reply, type Send, toHandler } from './clients.ts'
import { key } from './fixtures.ts'

type Handler = NonNullable<Handlers['/onWebhook']>

/** A receiver that counts, by the system's clock, and what it came to. */
export interface Counted {
  readonly send: Send
  /** How often the handler was run. */
  readonly runs: () => number
  readonly refused: string[]
  readonly errors: unknown[]
}

/** A receiver of one handler over a store. */
export function count(
  uses: UseStore | UseOptions,
  handler: Handler = () => undefined,
  options: Partial<ReceiverOptions> = {},
): Counted {
  let runs = 0
  const refused: string[] = []
  const errors: unknown[] = []
  const receiver = createReceiver({
    keys: key,
    uses,
    onRefusal: ({ code }) => void refused.push(code),
    onError: (error) => void errors.push(error),
    ...options,
    handlers: {
      '*': (hook) => {
        runs++
        return handler(hook)
      },
    },
  })
  const send = toHandler((request) => receiver.fetch(request))
  return { send, runs: () => runs, refused, errors }
}

/** An answer in two words: its status, and its code, `duplicate`, `ok` or kind. */
export function told({ status, header, text }: Reply): string {
  if (status === 303) return `303 ${header('location')}`
  const type = header('content-type') ?? ''
  if (!type.includes('json')) return `${status} ${/<title>(.*)<\/title>/.exec(text)?.[1] ?? text}`
  const body = JSON.parse(text)
  return `${status} ${body.code ?? (body.repeated === true ? 'duplicate' : body.ok === true ? 'ok' : text)}`
}

/** Measures how long an answer takes, in milliseconds. */
export async function timed(work: Promise<Reply>): Promise<{ reply: Reply; ms: number }> {
  const begin = performance.now()
  const reply = await work
  return { reply, ms: performance.now() - begin }
}

/** Waits until a check holds; for tests that run side by side, where there is no `expect.poll`. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 5000, interval: 50 })
}
