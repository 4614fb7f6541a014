import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { describe, expect, test } from 'vitest'
import { browserHeaders, expectPage } from '../contract/shared.ts'
import { type SendRequest, sendToHandler, sendToPort, type TestRequest } from '../support/clients.ts'
import { summarize, timed } from '../support/counting-receiver.ts'
import { expectOptionError, key, mintPath } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const once = (more: object = {}): TestRequest => ({
  method: 'POST',
  path: mintPath({ maxUses: 1, ...more }),
  body: 'x',
})

const hosts: Readonly<Record<string, (options: ReceiverOptions, kept: Promise<unknown>[]) => Promise<SendRequest>>> = {
  node: async (options) => sendToPort(await listen(nodeHookurl(options))),
  fetch: async (options, kept) => {
    const receiver = createReceiver(options)
    return sendToHandler((request) => receiver.fetch(request, { waitUntil: (work) => void kept.push(work) }))
  },
}

for (const [name, host] of Object.entries(hosts)) {
  describe(`ack on ${name}`, () => {
    async function start(handler: () => unknown, options: Partial<ReceiverOptions> = {}) {
      const told: { errors: unknown[]; refused: string[]; kept: Promise<unknown>[] } = {
        errors: [],
        refused: [],
        kept: [],
      }
      let ended = 0
      const send = await host(
        {
          keys: key,
          ackAfter: '150ms',
          uses: memoryUseStore(),
          onError: (error) => void told.errors.push(error),
          onRefusal: ({ code }) => void told.refused.push(code),
          handlers: {
            '*': async () => {
              try {
                return await handler()
              } finally {
                ended++
              }
            },
          },
          ...options,
        },
        told.kept,
      )
      return { ...told, send, ended: () => ended }
    }

    test('a handler that is quick answers as ever', async () => {
      const { send, kept } = await start(() => ({ id: 7 }))
      expect((await send(once())).json()).toEqual({ id: 7 })
      expect(kept).toEqual([])
    })

    test('one that is slow goes on after 202, and spends the use at its end', async () => {
      const { send, ended, kept } = await start(() => sleep(500))
      const request = once()
      const { response, ms } = await timed(send(request))
      expect([response.status, response.json(), ended()]).toEqual([202, { ok: true }, 0])
      expect(ms).toBeLessThan(450)
      expect(summarize(await send(request))).toBe('503 busy')
      await expect.poll(ended).toBe(1)
      await expect.poll(() => send(request).then(summarize)).toBe('200 repeated')
      if (name === 'fetch') expect(kept.length).toBeGreaterThan(0)
      await Promise.all(kept)
    })

    test('one that fails after 202 gives the use back, and goes to onError only', async () => {
      const results = [() => sleep(300).then(() => Promise.reject(new Error('late'))), () => undefined]
      const { send, errors, refused } = await start(() => results.shift()?.())
      const request = once()
      expect((await send(request)).status).toBe(202)
      await expect.poll(() => errors.map(String)).toEqual(['Error: late'])
      expect(summarize(await send(request))).toBe('200 ok')
      expect(refused).toEqual([])
    })

    test('a response that comes too late is dropped, and counts by its status', async () => {
      let cancelled = false
      const body = new ReadableStream({
        cancel: () => {
          cancelled = true
        },
      })
      const results = [() => sleep(300).then(() => new Response(body, { status: 500 })), () => undefined]
      const { send, errors } = await start(() => results.shift()?.())
      const request = once()
      expect((await send(request)).status).toBe(202)
      await expect.poll(() => cancelled).toBe(true)
      expect([summarize(await send(request)), errors]).toEqual(['200 ok', []])
    })

    test('a person is led on, or told that it is being done', async () => {
      const { send } = await start(() => sleep(400))
      const redirectTo = 'https://example.com/next'
      expect(summarize(await send({ ...once({ redirectTo }), headers: browserHeaders }))).toBe(`303 ${redirectTo}`)
      const request = { ...once(), headers: browserHeaders }
      const page = await send(request)
      expect(summarize(page)).toBe('202 This is being done')
      expectPage(page, request.path)
    })
  })
}

describe('ack', () => {
  test('on a host that does not say that it goes on: 500 at the first request, said clearly, and no run', async () => {
    const refused: string[] = []
    let runs = 0
    const receiver = createReceiver({
      keys: key,
      ackAfter: '2500ms',
      onRefusal: ({ code, message, fix }) => void refused.push(`${code}: ${message}. ${fix}`),
      handlers: { '*': () => void runs++ },
    })
    const response = await sendToHandler((request) => receiver.fetch(request))({ method: 'POST', path: mintPath() })
    expect([response.status, summarize(response), runs]).toEqual([500, '500 invalid_option', 0])
    expect(refused).toEqual([expect.stringMatching(/ack needs a host.*waitUntil/)])
  })

  const mistakes: readonly [what: string, ack: unknown, message: RegExp][] = [
    ['a text of its own', 'before', /ack must be/],
    ['a duration by itself', '2500ms', /ack must be/],
    ['nothing inside', {}, /ack must be/],
    ['more inside', { within: '1s', status: 202 }, /ack must be/],
    ['null', null, /ack must be/],
    ['no time at all', { within: 0 }, /ack.within must be/],
    ['a number without a unit, as text', { within: '2500' }, /ack.within must be/],
    ['an endless time', { within: '99d' }, /ack.within must be/],
  ]
  for (const [what, ack, message] of mistakes) {
    test(`a mistake is reported when it is made: ${what}`, async () => {
      const options = { keys: key, handlers: { '*': () => undefined }, ack } as ReceiverOptions
      await expectOptionError(() => createReceiver(options), message)
    })
  }

  test('a guard has none', async () => {
    const options = { keys: key, command: '/a', ackAfter: '1s' } as unknown as ReceiverOptions
    await expectOptionError(() => nodeHookurl(options), /no option "ack"/)
  })
})
