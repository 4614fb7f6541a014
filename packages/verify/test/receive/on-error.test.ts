import { type Hook, isHookurlError } from '@hookurl/core'
import { createReceiver, type GuardOptions, memoryUseStore, type ReceiverOptions, type UseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type SendRequest, sendToHandler } from '../support/clients.ts'
import { command, mintPath, policy } from '../support/fixtures.ts'

const consoleError = vi.spyOn(console, 'error')

beforeEach(() => {
  consoleError.mockReset()
  consoleError.mockImplementation(() => {})
})

interface Recorder {
  readonly send: SendRequest
  /** What `onError` received. */
  readonly received: [error: unknown, hook: Hook | undefined][]
}

function recordReceiver(options: Partial<ReceiverOptions> = {}): Recorder {
  const received: [unknown, Hook | undefined][] = []
  const receiver = createReceiver({
    ...policy,
    handlers: { [command]: () => undefined },
    onError: (error, hook) => void received.push([error, hook]),
    ...options,
  })
  return { received, send: sendToHandler((request) => receiver.fetch(request)) }
}

function recordGuard(options: Partial<GuardOptions> = {}): Recorder {
  const received: [unknown, Hook | undefined][] = []
  const onError = (error: unknown, hook?: Hook): void => void received.push([error, hook])
  const guard = hookurl({ ...policy, command, onError, ...options }, () => new Response('from the route'))
  return { received, send: sendToHandler(guard) }
}

test('onError receives a valid URL whose command has no handler, with the hook', async () => {
  const { send, received } = recordReceiver()
  const path = mintPath({ command: '/removed' })
  expect((await send({ method: 'POST', path })).status).toBe(404)
  expect(received.map(getCode)).toEqual(['unknown_command'])
  expect(received[0]?.[1]).toMatchObject({ command: '/removed' })
  await send({ method: 'POST', path: path.slice(0, -1) })
  expect(received).toHaveLength(1)
})

function getCode([error]: [unknown, unknown]): string | undefined {
  return isHookurlError(error) ? error.code : undefined
}

const brokenStore: UseStore = {
  ...memoryUseStore({ now: policy.now }),
  reserve: () => Promise.reject(new Error('no connection')),
}

for (const [name, record] of [
  ['a receiver', recordReceiver],
  ['a guard', recordGuard],
] as const) {
  describe(`onError of ${name}`, () => {
    test('it receives what authorize throws, with the hook', async () => {
      const error = new Error('no database')
      const { send, received } = record({ authorize: () => raise(error) })
      expect((await send({ method: 'POST', path: mintPath() })).status).toBe(403)
      expect(received).toEqual([[error, expect.objectContaining({ command })]])
    })

    test('it receives what authorize rejects with, with the hook', async () => {
      const error = new Error('no database')
      const { send, received } = record({ authorize: () => Promise.reject(error) })
      await send({ method: 'POST', path: mintPath() })
      expect(received).toEqual([[error, expect.objectContaining({ command })]])
    })

    test('it receives store_unavailable, with the cause and the hook, when the store fails', async () => {
      const { send, received } = record({ uses: brokenStore })
      expect((await send({ method: 'POST', path: mintPath({ maxUses: 1 }) })).status).toBe(503)
      expect(received.map(getCode)).toEqual(['store_unavailable'])
      expect(received[0]?.[0]).toMatchObject({ cause: new Error('no connection') })
      expect(received[0]?.[1]).toMatchObject({ command })
    })

    test('it receives not_configured when a URL with maxUses meets no use store', async () => {
      const { send, received } = record()
      await send({ method: 'POST', path: mintPath({ maxUses: 1 }) })
      expect(received.map(getCode)).toEqual(['not_configured'])
    })

    test('it receives invalid_key, without a hook, when the keys are invalid at first use', async () => {
      const { send, received } = record({ keys: () => 'broken' })
      expect((await send({ method: 'POST', path: mintPath() })).status).toBe(500)
      expect(received.map(getCode)).toEqual(['invalid_key'])
      expect(received[0]?.[1]).toBeUndefined()
    })

    test('it receives the error of a page function', async () => {
      const error = new Error('no template')
      const { send, received } = record({ pages: { confirm: () => raise(error) } })
      const headers = { 'sec-fetch-mode': 'navigate' }
      expect((await send({ method: 'GET', path: mintPath(), headers })).status).toBe(200)
      expect(received.map(([error]) => error)).toEqual([error])
    })

    const clientErrors: readonly [what: string, path: string, options: object][] = [
      ['a malformed token', `${mintPath()}A`, {}],
      ['an invalid signature', mintPath(), { purpose: 'other' }],
      ['an expired URL', mintPath(), { now: () => policy.now() * 2 }],
      ['a hook for which authorize returns false', mintPath(), { authorize: () => false }],
    ]
    for (const [what, path, options] of clientErrors) {
      test(`it receives nothing for ${what}`, async () => {
        const { send, received } = record(options)
        expect((await send({ method: 'POST', path })).status).toBeGreaterThanOrEqual(400)
        expect(received).toEqual([])
      })
    }

    test('it keeps the console silent', async () => {
      const { send } = record({ authorize: () => raise(new Error('x')), uses: brokenStore })
      await send({ method: 'POST', path: mintPath() })
      await send({ method: 'POST', path: mintPath({ maxUses: 1 }) })
      expect(consoleError).not.toHaveBeenCalled()
    })

    for (const [what, onError] of [
      ['throws', () => raise(new Error('broken'))],
      ['rejects', () => Promise.reject(new Error('broken later')) as unknown as undefined],
    ] as const) {
      test(`an onError that ${what} does not change the response`, async () => {
        const { send } = record({ onError, authorize: () => raise(new Error('x')) })
        expect((await send({ method: 'POST', path: mintPath() })).status).toBe(403)
      })
    }
  })
}

function raise(error: unknown): never {
  throw error
}
