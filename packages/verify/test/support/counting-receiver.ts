import { createReceiver, type Handlers, type ReceiverOptions, type UseOptions, type UseStore } from '@hookurl/verify'
import { vi } from 'vitest'
import { type SendRequest, sendToHandler, type TestRequest, type TestResponse } from './clients.ts'
import { key, mintPath } from './fixtures.ts'

type Handler = NonNullable<Handlers['/onWebhook']>

/** A receiver and what it did. */
export interface CountingReceiver {
  readonly send: SendRequest
  /** How often the handler ran. */
  readonly runs: () => number
  /** The code of every rejection. */
  readonly codes: string[]
  /** What `onError` received. */
  readonly errors: unknown[]
}

/** Creates a receiver with one handler, a use store and the system clock. */
export function countingReceiver(
  uses: UseStore | UseOptions,
  handler: Handler = () => undefined,
  options: Partial<ReceiverOptions> = {},
): CountingReceiver {
  let runs = 0
  const codes: string[] = []
  const errors: unknown[] = []
  const receiver = createReceiver({
    keys: key,
    uses,
    onResult: ({ error }) => {
      if (error !== undefined) codes.push(error.code)
    },
    onError: (error) => void errors.push(error),
    ...options,
    handlers: {
      '*': (hook) => {
        runs++
        return handler(hook)
      },
    },
  })
  const send = sendToHandler((request) => receiver.fetch(request))
  return { send, runs: () => runs, codes, errors }
}

/** Creates a POST to a new single-use URL. */
export function singleUseRequest(options: Parameters<typeof mintPath>[0] = {}): TestRequest {
  return {
    method: 'POST',
    path: mintPath({ maxUses: 1, ...options }),
    headers: { 'content-type': 'text/plain' },
    body: 'x',
  }
}

/** Summarizes a response: its status, then its code, `duplicate`, `ok`, its page title or its body. */
export function summarize({ status, header, text }: TestResponse): string {
  if (status === 303) return `303 ${header('location')}`
  const type = header('content-type') ?? ''
  if (!type.includes('json')) return `${status} ${/<title>(.*)<\/title>/.exec(text)?.[1] ?? text}`
  const body = JSON.parse(text)
  return `${status} ${body.code ?? (body.duplicate === true ? 'duplicate' : body.ok === true ? 'ok' : text)}`
}

/** Measures how long a response takes, in milliseconds. */
export async function timed(work: Promise<TestResponse>): Promise<{ response: TestResponse; ms: number }> {
  const start = performance.now()
  const response = await work
  return { response, ms: performance.now() - start }
}

/** Waits until a check passes; for concurrent tests, which cannot use `expect.poll`. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 5000, interval: 50 })
}
