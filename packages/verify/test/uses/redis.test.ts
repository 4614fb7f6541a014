import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UseOptions } from '@hookurl/verify'
import { redisUseStore } from '@hookurl/verify/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { expectOptionError, mintPath } from '../support/fixtures.ts'
import { startProxy } from '../support/proxy.ts'
import { type RedisServer, redisAbsence, startRedis } from '../support/redis.ts'
import { countingReceiver, eventually, timed, summarize } from '../support/counting-receiver.ts'

type Client = Parameters<typeof redisUseStore>[0]

// As their documentation shows them: no special settings.
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

const request = () => ({
  method: 'POST',
  path: mintPath({ maxUses: 1 }),
  body: 'x',
  headers: { 'content-type': 'text/plain' },
})
const quick: Omit<UseOptions, 'store'> = { lease: '1s' }

describe.skipIf(redisAbsence !== undefined)(redisAbsence ?? 'Redis', () => {
  let shared: RedisServer

  beforeAll(async () => {
    shared = await startRedis()
  })
  afterAll(() => shared.stop())

  for (const [name, connect] of Object.entries(clients)) {
    describe.concurrent(name, () => {
      test('a stopped Redis: 503 within a second, and no run', async (context) => {
        const server = await startRedis()
        const { send, runs } = countingReceiver(redisUseStore(await connect(server.port, context)))
        expect(summarize(await send(request()))).toBe('200 ok')
        await server.stop()
        for (let times = 0; times < 2; times++) {
          const { response, ms } = await timed(send(request()))
          expect([summarize(response), response.header('retry-after')]).toEqual(['503 store_unavailable', '5'])
          expect(ms).toBeLessThan(1000)
        }
        expect(runs()).toBe(1)
      })

      test('a paused Redis: 503 within a second, and no run; what it claims when it wakes is given back', async (context) => {
        const server = await startRedis()
        context.onTestFinished(() => server.stop())
        const { send, runs } = countingReceiver(redisUseStore(await connect(server.port, context)))
        await send(request())
        server.pause()
        const late = request()
        const { response, ms } = await timed(send(late))
        expect([summarize(response), runs()]).toEqual(['503 store_unavailable', 1])
        expect(ms).toBeLessThan(1000)
        server.resume()
        await eventually(async () => expect(await send(late).then(summarize)).toBe('200 ok'))
        expect(runs()).toBe(2)
      })

      test('a replica that is read only: 503 within a second, and no run', async (context) => {
        const replica = await startRedis('--replicaof', `127.0.0.1 ${shared.port}`)
        context.onTestFinished(() => replica.stop())
        const { send, runs } = countingReceiver(redisUseStore(await connect(replica.port, context)))
        const { response, ms } = await timed(send(request()))
        expect([summarize(response), runs()]).toEqual(['503 store_unavailable', 0])
        expect(ms).toBeLessThan(1000)
      })

      test('a full Redis claims nothing, but renews, commits and releases what was claimed', async (context) => {
        const server = await startRedis('--maxmemory-policy', 'noeviction')
        context.onTestFinished(() => server.stop())
        const fill = () => server.request('CONFIG', 'SET', 'maxmemory', '1')
        const empty = () => server.request('CONFIG', 'SET', 'maxmemory', '0')
        let ends: 'well' | 'badly' = 'well'
        const { send, runs } = countingReceiver(
          { ...quick, store: redisUseStore(await connect(server.port, context)) },
          async () => {
            await fill()
            await expect(server.request('SET', 'a', 'b')).rejects.toThrow(/OOM/)
            if (ends === 'badly') throw new Error('failed')
            await sleep(1300)
          },
        )
        const [good, bad, other] = [request(), request(), request()]
        expect(summarize(await send(good))).toBe('200 ok')
        const { response, ms } = await timed(send(other))
        expect([summarize(response), runs()]).toEqual(['503 store_unavailable', 1])
        expect(ms).toBeLessThan(1000)
        await empty()
        expect(summarize(await send(good))).toBe('200 repeated')
        ends = 'badly'
        expect(summarize(await send(bad))).toBe('500 handler_failed')
        await empty()
        expect(summarize(await send(bad))).toBe('500 handler_failed')
        expect(runs()).toBe(3)
      })

      test('a response that is lost: each call does what it was to do, and nothing runs twice', async (context) => {
        const proxy = await startProxy(shared.port, context)
        const store = redisUseStore(await connect(proxy.port, context))
        let during = async (): Promise<void> => {}
        const counted = countingReceiver({ ...quick, store }, () => during())
        const { send, runs, errors } = counted
        await send(request())

        const claimed = request()
        proxy.cutNextReply()
        const { response, ms } = await timed(send(claimed))
        // ioredis sends it again by itself; node-redis reports that the connection broke.
        expect(['503 store_unavailable', '200 ok']).toContain(summarize(response))
        expect(ms).toBeLessThan(1000)
        await eventually(async () => expect(await send(claimed).then(summarize)).toMatch(/^200/))
        expect(runs()).toBe(2)

        const committed = request()
        during = async () => proxy.cutNextReply()
        expect(summarize(await send(committed))).toBe('200 ok')
        during = async () => {}
        await eventually(async () => expect(await send(committed).then(summarize)).toBe('200 repeated'))
        expect(runs()).toBe(3)

        const renewed = request()
        during = async () => {
          proxy.cutNextReply()
          await sleep(1300)
        }
        const [first, second] = await Promise.all([send(renewed), sleep(1100).then(() => send(renewed))])
        expect([summarize(first), summarize(second)]).toEqual(['200 ok', '503 busy'])
        expect(runs()).toBe(4)

        const released = request()
        during = async () => {
          proxy.cutNextReply()
          throw new Error('failed')
        }
        expect(summarize(await send(released))).toBe('500 handler_failed')
        during = async () => {}
        await eventually(async () => expect(await send(released).then(summarize)).toBe('200 ok'))
        expect(runs()).toBe(6)
        expect([proxy.cuts(), errors.map(String)]).toEqual([4, ['Error: failed']])
      })

      test('a lost response to an at-most-once claim runs at most once', async (context) => {
        const proxy = await startProxy(shared.port, context)
        const client = await connect(proxy.port, context)
        const store = redisUseStore(client)
        const { send, runs } = countingReceiver({
          ...quick,
          mode: 'at-most-once',
          store: {
            ...store,
            commit: (...given) => {
              proxy.cutNextReply()
              return store.commit(...given)
            },
          },
        })
        const one = request()
        for (let times = 0; times < 4; times++) {
          await send(one)
          await sleep(100)
        }
        expect(proxy.cuts()).toBeGreaterThan(0)
        expect(runs()).toBeLessThanOrEqual(1)
        await eventually(async () =>
          expect(await countingReceiver(store).send(one).then(summarize)).toMatch(/^(410 spent|200 repeated)$/),
        )
      })

      test('a server that has forgotten the scripts gets them again', async (context) => {
        const { send } = countingReceiver(redisUseStore(await connect(shared.port, context)))
        expect(summarize(await send(request()))).toBe('200 ok')
        await shared.send('SCRIPT', 'FLUSH')
        expect(summarize(await send(request()))).toBe('200 ok')
      })
    })
  }

  test('a record has the prefix, says nothing of the URL, and expires with it', async (context) => {
    const store = redisUseStore(await (clients['node-redis'] as (typeof clients)[string])(shared.port, context), {
      prefix: 'shop:',
    })
    const { send } = countingReceiver(store)
    const path = mintPath({ maxUses: 2, id: `order-${randomUUID()}`, content: 'hunter2' })
    await send({ method: 'POST', path, headers: { 'webhook-id': 'delivery-1' } })
    const [name, ...others] = (await shared.send('KEYS', 'shop:*')) as string[]
    expect([name, others]).toEqual([expect.stringMatching(/^shop:[0-9a-f]{64}$/), []])
    const values = (await shared.send('HVALS', String(name))) as string[]
    expect(values).toEqual([expect.stringMatching(/^d\d{13}id:[0-9a-f]{64}$/)])
    const bytes = Number(await shared.send('MEMORY', 'USAGE', String(name)))
    const left = Number(await shared.send('PTTL', String(name)))
    console.log(`a record of one use takes ${bytes} bytes of Redis`)
    expect(bytes).toBeLessThan(1000)
    expect(left).toBeGreaterThan(0)
  })
})

describe('a mistake in the options of redisUses is reported when it is made', () => {
  const send = async () => 1
  const mistakes: readonly [what: string, client: unknown, options: unknown, message: RegExp][] = [
    ['no client', undefined, {}, /takes a client/],
    ['a URL', 'redis://localhost', {}, /takes a client/],
    ['an object that sends nothing', {}, {}, /takes a client/],
    ['a misspelt option', { send }, { prefx: 'a' }, /no option "prefx"/],
    ['a prefix that is no text', { send }, { prefix: 1 }, /prefix must be/],
  ]
  for (const [what, client, options, message] of mistakes) {
    test(what, () => expectOptionError(() => redisUseStore(client as never, options as never), message))
  }
})
