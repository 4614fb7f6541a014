import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UseOptions } from '@hookurl/verify'
import { redisUseStore } from '@hookurl/verify/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import type { SendRequest } from '../support/clients.ts'
import { countingReceiver, eventually, singleUseRequest, summarize, timed } from '../support/counting-receiver.ts'
import { expectOptionError, mintPath } from '../support/fixtures.ts'
import { startProxy } from '../support/proxy.ts'
import { type RedisServer, redisAbsence, startRedis } from '../support/redis.ts'

type Client = Parameters<typeof redisUseStore>[0]

// Created as their documentation shows, with default settings.
const clients: Readonly<Record<string, (port: number, context: TestContext) => Promise<Client>>> = {
  'node-redis': async (port, { onTestFinished }) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', () => {})
    onTestFinished(() => client.destroy())
    return client.connect()
  },
  ioredis: async (port, { onTestFinished }) => {
    const client = new Redis(port, '127.0.0.1').on('error', () => {})
    onTestFinished(() => client.disconnect())
    await client.ping()
    return client
  },
}

/** Runs a handler once. On a busy machine, a new Redis may not respond in time to the first request. */
async function runOnce(send: SendRequest): Promise<void> {
  await eventually(async () => expect(summarize(await send(singleUseRequest()))).toBe('200 ok'))
}

const shortLease: Omit<UseOptions, 'store'> = { lease: '1s' }

describe.skipIf(redisAbsence !== undefined)(redisAbsence ?? 'Redis', () => {
  let shared: RedisServer

  beforeAll(async () => {
    shared = await startRedis()
  })
  afterAll(() => shared.stop())

  for (const [name, connect] of Object.entries(clients)) {
    describe.concurrent(name, () => {
      test('a stopped Redis results in 503 within a second, and no run', async (context) => {
        const server = await startRedis()
        const { send, runs } = countingReceiver(redisUseStore(await connect(server.port, context)))
        await runOnce(send)
        await server.stop()
        for (let count = 0; count < 2; count++) {
          const { response, ms } = await timed(send(singleUseRequest()))
          expect(summarize(response)).toBe('503 store_unavailable')
          expect(response.header('retry-after')).toBe('5')
          expect(ms).toBeLessThan(1000)
        }
        expect(runs()).toBe(1)
      })

      test('a suspended Redis results in 503 within a second, and releases the use when it resumes', async (context) => {
        const server = await startRedis()
        context.onTestFinished(() => server.stop())
        const { send, runs } = countingReceiver(redisUseStore(await connect(server.port, context)))
        await runOnce(send)
        server.pause()
        const request = singleUseRequest()
        const { response, ms } = await timed(send(request))
        expect(summarize(response)).toBe('503 store_unavailable')
        expect(runs()).toBe(1)
        expect(ms).toBeLessThan(1000)
        server.resume()
        await eventually(async () => expect(await send(request).then(summarize)).toBe('200 ok'))
        expect(runs()).toBe(2)
      })

      test('a read-only replica results in 503 within a second, and no run', async (context) => {
        const replica = await startRedis('--replicaof', `127.0.0.1 ${shared.port}`)
        context.onTestFinished(() => replica.stop())
        const { send, runs } = countingReceiver(redisUseStore(await connect(replica.port, context)))
        const { response, ms } = await timed(send(singleUseRequest()))
        expect(summarize(response)).toBe('503 store_unavailable')
        expect(runs()).toBe(0)
        expect(ms).toBeLessThan(1000)
      })

      /** A receiver whose Redis runs out of memory while the handler runs. */
      async function createFullRedis(context: TestContext, handler: () => Promise<void>) {
        const server = await startRedis('--maxmemory-policy', 'noeviction')
        context.onTestFinished(() => server.stop())
        const store = redisUseStore(await connect(server.port, context))
        const receiver = countingReceiver({ ...shortLease, store }, async () => {
          await server.send('CONFIG', 'SET', 'maxmemory', '1')
          await expect(server.send('SET', 'a', 'b')).rejects.toThrow(/OOM/)
          await handler()
        })
        return { ...receiver, freeMemory: () => server.send('CONFIG', 'SET', 'maxmemory', '0') }
      }

      test('a full Redis renews and commits a reserved use', async (context) => {
        const { send, runs, freeMemory } = await createFullRedis(context, () => sleep(1300))
        const request = singleUseRequest()
        expect(summarize(await send(request))).toBe('200 ok')
        await freeMemory()
        expect(summarize(await send(request))).toBe('200 duplicate')
        expect(runs()).toBe(1)
      })

      test('a full Redis reserves nothing, which results in 503 within a second and no run', async (context) => {
        const { send, runs } = await createFullRedis(context, async () => {})
        await runOnce(send)
        const { response, ms } = await timed(send(singleUseRequest()))
        expect(summarize(response)).toBe('503 store_unavailable')
        expect(runs()).toBe(1)
        expect(ms).toBeLessThan(1000)
      })

      test('a full Redis releases a reserved use', async (context) => {
        const failing = () => Promise.reject(new Error('failed'))
        const { send, runs, errors, freeMemory } = await createFullRedis(context, failing)
        const request = singleUseRequest()
        expect(summarize(await send(request))).toBe('500 handler_failed')
        await freeMemory()
        expect(summarize(await send(request))).toBe('500 handler_failed')
        expect(runs()).toBe(2)
        expect(errors.map(String)).toEqual(['Error: failed', 'Error: failed'])
      })

      /** A receiver whose connection to Redis can lose a response. */
      async function createLossyRedis(context: TestContext) {
        const proxy = await startProxy(shared.port, context)
        const store = redisUseStore(await connect(proxy.port, context))
        const handler = { run: async (): Promise<void> => {} }
        const receiver = countingReceiver({ ...shortLease, store }, () => handler.run())
        // The first request loads the scripts.
        await runOnce(receiver.send)
        return { ...receiver, proxy, handler }
      }

      test('a lost response to a reserve does not use up the URL', async (context) => {
        const { send, runs, proxy } = await createLossyRedis(context)
        const request = singleUseRequest()
        proxy.cutNextResponse()
        const { response, ms } = await timed(send(request))
        // ioredis sends the command again; node-redis reports that the connection broke.
        expect(['503 store_unavailable', '200 ok']).toContain(summarize(response))
        expect(ms).toBeLessThan(1000)
        await eventually(async () => expect(await send(request).then(summarize)).toMatch(/^200/))
        expect(runs()).toBe(2)
        expect(proxy.cuts()).toBe(1)
      })

      test('a lost response to a commit does not run the command again', async (context) => {
        const { send, runs, errors, proxy, handler } = await createLossyRedis(context)
        handler.run = async () => proxy.cutNextResponse()
        const request = singleUseRequest()
        expect(summarize(await send(request))).toBe('200 ok')
        handler.run = async () => {}
        await eventually(async () => expect(await send(request).then(summarize)).toBe('200 duplicate'))
        expect(runs()).toBe(2)
        expect(errors).toEqual([])
        expect(proxy.cuts()).toBe(1)
      })

      test('a lost response to a renew does not end the lease', async (context) => {
        const { send, runs, errors, proxy, handler } = await createLossyRedis(context)
        handler.run = async () => {
          proxy.cutNextResponse()
          await sleep(1300)
        }
        const request = singleUseRequest()
        const [first, second] = await Promise.all([send(request), sleep(1100).then(() => send(request))])
        expect(summarize(first)).toBe('200 ok')
        expect(summarize(second)).toBe('503 in_progress')
        expect(runs()).toBe(2)
        expect(errors).toEqual([])
        expect(proxy.cuts()).toBe(1)
      })

      test('a lost response to a release does not use up the URL', async (context) => {
        const { send, runs, errors, proxy, handler } = await createLossyRedis(context)
        handler.run = async () => {
          proxy.cutNextResponse()
          throw new Error('failed')
        }
        const request = singleUseRequest()
        expect(summarize(await send(request))).toBe('500 handler_failed')
        handler.run = async () => {}
        await eventually(async () => expect(await send(request).then(summarize)).toBe('200 ok'))
        expect(runs()).toBe(3)
        expect(errors.map(String)).toEqual(['Error: failed'])
        expect(proxy.cuts()).toBe(1)
      })

      test('with at-most-once, lost responses to commits result in at most one run', async (context) => {
        const proxy = await startProxy(shared.port, context)
        const store = redisUseStore(await connect(proxy.port, context))
        const { send, runs } = countingReceiver({
          ...shortLease,
          mode: 'at-most-once',
          store: {
            ...store,
            commit: (...given) => {
              proxy.cutNextResponse()
              return store.commit(...given)
            },
          },
        })
        const request = singleUseRequest()
        for (let count = 0; count < 4; count++) {
          await send(request)
          await sleep(100)
        }
        expect(proxy.cuts()).toBeGreaterThan(0)
        expect(runs()).toBeLessThanOrEqual(1)
        await eventually(async () => {
          const summary = summarize(await countingReceiver(store).send(request))
          expect(['410 already_used', '200 duplicate']).toContain(summary)
        })
      })

      test('the scripts are loaded again after SCRIPT FLUSH', async (context) => {
        const { send } = countingReceiver(redisUseStore(await connect(shared.port, context)))
        expect(summarize(await send(singleUseRequest()))).toBe('200 ok')
        await shared.send('SCRIPT', 'FLUSH')
        expect(summarize(await send(singleUseRequest()))).toBe('200 ok')
      })
    })
  }

  test('a record has the prefix and only hashes, fits in 1000 bytes, and expires', async (context) => {
    const connect = clients['node-redis'] as (typeof clients)[string]
    const store = redisUseStore(await connect(shared.port, context), { prefix: 'shop:' })
    const { send } = countingReceiver(store)
    const path = mintPath({ maxUses: 2, id: `order-${randomUUID()}`, content: 'hunter2' })
    await send({ method: 'POST', path, headers: { 'webhook-id': 'delivery-1' } })
    const [name, ...others] = (await shared.send('KEYS', 'shop:*')) as string[]
    expect(name).toMatch(/^shop:[0-9a-f]{64}$/)
    expect(others).toEqual([])
    const values = (await shared.send('HVALS', String(name))) as string[]
    expect(values).toEqual([expect.stringMatching(/^d\d{26}id:[0-9a-f]{64}$/)])
    const bytes = Number(await shared.send('MEMORY', 'USAGE', String(name)))
    console.log(`a record of one use takes ${bytes} bytes in Redis`)
    expect(bytes).toBeLessThan(1000)
    expect(Number(await shared.send('PTTL', String(name)))).toBeGreaterThan(0)
  })
})

describe('the arguments of redisUseStore', () => {
  const send = async () => 1
  const invalid: readonly [what: string, client: unknown, options: unknown, message: RegExp][] = [
    ['a missing client', undefined, {}, /needs a client/],
    ['a URL', 'redis://localhost', {}, /needs a client/],
    ['an object without send', {}, {}, /needs a client/],
    ['an unknown option', { send }, { prefx: 'a' }, /no option "prefx"/],
    ['a prefix that is not a string', { send }, { prefix: 1 }, /prefix must be/],
  ]
  for (const [what, client, options, message] of invalid) {
    test(`redisUseStore throws invalid_option for ${what}`, async () => {
      await expectOptionError(() => redisUseStore(client as never, options as never), message)
    })
  }
})
