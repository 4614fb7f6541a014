import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, type ReceiverOptions } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { hookurl as honoHookurl } from '@hookurl/verify/hono'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type SendRequest, sendToHandler, sendToPort } from '../support/clients.ts'
import { command, mint, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

type Context = { waitUntil?: (work: Promise<unknown>) => void } | null

/** Where a host keeps the context of the current request. */
const hosts: Readonly<Record<string, { readonly key: string | symbol; toValue(context: Context): unknown }>> = {
  Vercel: { key: Symbol.for('@vercel/request-context'), toValue: (context) => ({ get: () => context }) },
  Netlify: { key: 'Netlify', toValue: (context) => ({ context }) },
}

/** Receivers whose framework passes them no context. */
const adapters: Readonly<Record<string, (options: ReceiverOptions) => Promise<SendRequest>>> = {
  fetch: async (options) => sendToHandler(fetchHookurl(options)),
  'receiver.fetch': async (options) => {
    const receiver = createReceiver(options)
    return sendToHandler((request) => receiver.fetch(request))
  },
  'receiver.handle': async (options) => {
    const receiver = createReceiver(options)
    return sendToHandler((request) => receiver.handle(request, () => new Response('next')))
  },
  node: async (options) => sendToPort(await listen(nodeHookurl(options))),
  // As on Node, where Hono's `env` has the message.
  hono: async (options) => {
    const app = new Hono().use(honoHookurl(options))
    return sendToHandler(async (request) => app.fetch(request, { incoming: {} }))
  },
}

function setContext(host: string, context: Context): void {
  const { key, toValue } = hosts[host] as (typeof hosts)[string]
  Reflect.set(globalThis, key, toValue(context))
  onTestFinished(() => void Reflect.deleteProperty(globalThis, key))
}

function collectWork(host: string): Promise<unknown>[] {
  const works: Promise<unknown>[] = []
  setContext(host, { waitUntil: (work) => void works.push(work) })
  return works
}

for (const host of Object.keys(hosts)) {
  describe(host, () => {
    for (const [name, start] of Object.entries(adapters)) {
      test(`${name} passes the work of a slow handler to the waitUntil of the current request`, async () => {
        const works = collectWork(host)
        let isDone = false
        const work = async (): Promise<void> => {
          await sleep(300)
          isDone = true
        }
        const send = await start({ ...policy, ackAfter: '10ms', handlers: { [command]: work } })
        expect((await send({ method: 'POST', path: mintPath() })).status).toBe(202)
        expect(works).toHaveLength(1)
        await Promise.all(works)
        expect(isDone).toBe(true)
      })
    }

    test('a context that is passed as an argument is used instead', async () => {
      const works = collectWork(host)
      const own: Promise<unknown>[] = []
      const handler = fetchHookurl({
        ...policy,
        handlers: { [command]: (hook) => hook.waitUntil(Promise.resolve()) },
      })
      await handler(new Request(mint(), { method: 'POST' }), { waitUntil: (work: Promise<unknown>) => own.push(work) })
      expect([works.length, own.length]).toEqual([0, 1])
    })

    for (const [label, context] of [
      ['no current request', null],
      ['a context without waitUntil', {}],
    ] as const) {
      test(`ackAfter is rejected with ${label}`, async () => {
        setContext(host, context)
        const errors: unknown[] = []
        const onError = (error: unknown): void => void errors.push(error)
        const options = { ...policy, ackAfter: '1s', onError, handlers: { [command]: () => undefined } } as const
        const send = sendToHandler(fetchHookurl(options))
        expect((await send({ method: 'POST', path: mintPath() })).status).toBe(500)
        expect(errors.map(String)).toEqual([expect.stringMatching(/ackAfter needs a host that keeps running/)])
      })
    }
  })
}
