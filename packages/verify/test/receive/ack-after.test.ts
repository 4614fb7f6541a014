import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, memoryUseStore, type ReceiverOptions } from '@hookurl/verify'
import { hookurl as nodeHookurl } from '@hookurl/verify/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { browserHeaders, expectPage } from '../contract/shared.ts'
import { type SendRequest, sendToHandler, sendToPort } from '../support/clients.ts'
import { singleUseRequest, summarize, timed } from '../support/counting-receiver.ts'
import { command, expectOptionError, key, mint, mintPath, policy } from '../support/fixtures.ts'
import { listen } from '../support/serve.ts'

const hosts: Readonly<Record<string, (options: ReceiverOptions, works: Promise<unknown>[]) => Promise<SendRequest>>> = {
  node: async (options) => sendToPort(await listen(nodeHookurl(options))),
  fetch: async (options, works) => {
    const receiver = createReceiver(options)
    return sendToHandler((request) => receiver.fetch(request, { waitUntil: (work) => void works.push(work) }))
  },
}

for (const [name, host] of Object.entries(hosts)) {
  describe(`ackAfter on ${name}`, () => {
    /** Starts a receiver with an ackAfter of 150 ms; `works` is what it passed to waitUntil. */
    async function start(handler: () => unknown) {
      const errors: unknown[] = []
      const codes: string[] = []
      const works: Promise<unknown>[] = []
      let finished = 0
      const options: ReceiverOptions = {
        keys: key,
        ackAfter: '150ms',
        uses: memoryUseStore(),
        onError: (error) => void errors.push(error),
        onResult: ({ error }) => {
          if (error !== undefined) codes.push(error.code)
        },
        handlers: {
          '*': async () => {
            try {
              return await handler()
            } finally {
              finished++
            }
          },
        },
      }
      return { send: await host(options, works), errors, codes, works, countFinished: () => finished }
    }

    test('a fast handler responds as it does without ackAfter', async () => {
      const { send, works } = await start(() => Response.json({ id: 7 }))
      expect((await send(singleUseRequest())).json()).toEqual({ id: 7 })
      expect(works).toEqual([])
    })

    test('a slow handler results in 202 before it finishes', async () => {
      const { send, countFinished } = await start(() => sleep(500))
      const { response, ms } = await timed(send(singleUseRequest()))
      expect(response.status).toBe(202)
      expect(response.json()).toEqual({ ok: true })
      expect(countFinished()).toBe(0)
      expect(ms).toBeLessThan(450)
      await expect.poll(countFinished).toBe(1)
    })

    test('a slow handler commits the use when it finishes', async () => {
      const { send } = await start(() => sleep(500))
      const request = singleUseRequest()
      await send(request)
      expect(summarize(await send(request))).toBe('503 in_progress')
      await expect.poll(() => send(request).then(summarize)).toBe('200 duplicate')
    })

    test('a slow handler that fails releases the use and is reported to onError only', async () => {
      const results = [() => sleep(300).then(() => Promise.reject(new Error('late'))), () => undefined]
      const { send, errors, codes } = await start(() => results.shift()?.())
      const request = singleUseRequest()
      expect((await send(request)).status).toBe(202)
      await expect.poll(() => errors.map(String)).toEqual(['Error: late'])
      expect(summarize(await send(request))).toBe('200 ok')
      expect(codes).toEqual([])
    })

    test('a late Response is canceled, and its status decides about the use', async () => {
      let isCanceled = false
      const body = new ReadableStream({
        cancel: () => {
          isCanceled = true
        },
      })
      const results = [() => sleep(300).then(() => new Response(body, { status: 500 })), () => undefined]
      const { send, errors } = await start(() => results.shift()?.())
      const request = singleUseRequest()
      expect((await send(request)).status).toBe(202)
      await expect.poll(() => isCanceled).toBe(true)
      expect(summarize(await send(request))).toBe('200 ok')
      expect(errors).toEqual([])
    })

    test('a late Response whose body cannot be canceled does not end the process', async () => {
      const rejections: unknown[] = []
      const record = (reason: unknown): void => void rejections.push(reason)
      process.on('unhandledRejection', record)
      onTestFinished(() => void process.off('unhandledRejection', record))
      const foreign = { status: 200, headers: new Headers(), arrayBuffer: async () => new ArrayBuffer(), body: {} }
      const { send, works, countFinished } = await start(() => sleep(250).then(() => foreign))
      expect((await send(singleUseRequest())).status).toBe(202)
      await expect.poll(countFinished).toBe(1)
      await Promise.all(works)
      await sleep(20)
      expect(rejections).toEqual([])
    })

    test('a slow handler of a URL with redirectTo redirects a browser', async () => {
      const { send } = await start(() => sleep(400))
      const redirectTo = 'https://example.com/next'
      const request = { ...singleUseRequest({ redirectTo }), headers: browserHeaders }
      expect(summarize(await send(request))).toBe(`303 ${redirectTo}`)
    })

    test('a slow handler shows a browser a page with 202', async () => {
      const { send } = await start(() => sleep(400))
      const request = { ...singleUseRequest(), headers: browserHeaders }
      const page = await send(request)
      expect(summarize(page)).toBe('202 Your request is being processed')
      expectPage(page, request.path)
    })
  })
}

describe('ackAfter', () => {
  test('fetch passes the work of a slow handler to waitUntil', async () => {
    const works: Promise<unknown>[] = []
    const receiver = createReceiver({ keys: key, ackAfter: '10ms', handlers: { '*': () => sleep(50) } })
    const send = sendToHandler((request) => receiver.fetch(request, { waitUntil: (work) => void works.push(work) }))
    expect((await send({ method: 'POST', path: mintPath() })).status).toBe(202)
    expect(works.length).toBeGreaterThan(0)
    await Promise.all(works)
  })

  test('a late Response whose body has failed causes no unhandled rejection', async () => {
    const onUnhandled = vi.fn()
    process.on('unhandledRejection', onUnhandled)
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
    const failedResponse = (): Response => {
      const body = new ReadableStream({ start: (controller) => controller.error(new Error('the upstream died')) })
      return new Response(body)
    }
    const works: Promise<unknown>[] = []
    const handlers = { [command]: async () => sleep(20).then(failedResponse) }
    const receiver = createReceiver({ ...policy, ackAfter: '5ms', handlers })
    const request = new Request(mint(), { method: 'POST' })
    const response = await receiver.fetch(request, { waitUntil: (work) => void works.push(work) })
    expect(response.status).toBe(202)
    await Promise.all(works)
    await sleep(5)
    expect(onUnhandled).not.toHaveBeenCalled()
  })

  test('a host that cannot continue after the response results in 500, a fix and no run', async () => {
    const errors: string[] = []
    let runs = 0
    const receiver = createReceiver({
      keys: key,
      ackAfter: '2500ms',
      onResult: ({ error }) => void errors.push(`${error?.code}: ${error?.message}. ${error?.fix}`),
      onError: () => {},
      handlers: { '*': () => void runs++ },
    })
    const response = await sendToHandler((request) => receiver.fetch(request))(singleUseRequest({ maxUses: undefined }))
    expect(summarize(response)).toBe('500 invalid_option')
    expect(errors).toEqual([expect.stringMatching(/ackAfter.*host.*waitUntil/)])
    expect(runs).toBe(0)
  })

  const invalid: readonly [what: string, ackAfter: unknown][] = [
    ['a string that is not a duration', 'before'],
    ['an object', { within: '1s' }],
    ['null', null],
    ['0', 0],
    ['a string without a unit', '2500'],
    ['more than 24 days', '99d'],
  ]
  for (const [what, ackAfter] of invalid) {
    test(`createReceiver throws invalid_option for ${what}`, async () => {
      const options = { keys: key, handlers: { '*': () => undefined }, ackAfter } as ReceiverOptions
      await expectOptionError(() => createReceiver(options), /ackAfter must be/)
    })
  }

  test('a guard throws invalid_option for ackAfter', async () => {
    const options = { keys: key, command: '/a', ackAfter: '1s' } as unknown as ReceiverOptions
    await expectOptionError(() => nodeHookurl(options), /no option "ackAfter"/)
  })
})
