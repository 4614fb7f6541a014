import { createMinter } from '@hookurl/core'
import { createReceiver } from '@hookurl/verify'
import { redisUseStore } from '@hookurl/verify/redis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, redisAbsence, startRedis } from '../../packages/verify/test/support/redis.ts'
import { testKey } from '../../tools/snippets.ts'

const day = 86_400
const minter = createMinter({ keys: testKey, baseUrl: 'https://shop.example.com/hooks', expiresIn: `${day}s` })
let redis: RedisServer
let client: ReturnType<typeof createClient>

describe.skipIf(redisAbsence !== undefined)(
  redisAbsence ?? 'the cost of a hook in Redis, as in docs/scaling.md',
  () => {
    beforeAll(async () => {
      redis = await startRedis()
      client = createClient({ url: redis.url })
      await client.connect()
      // The first hook loads the scripts.
      await receive(minter.mintSync({ command: '/pay', maxUses: 1 }), 'a')
    })

    afterAll(async () => {
      client?.destroy()
      await redis?.stop()
    })

    test('a hook with maxUses runs two scripts', async () => {
      const url = minter.mintSync({ command: '/pay', maxUses: 1 })
      expect(await countCommands(() => receive(url, 'a'))).toEqual({ evalsha: 2 })
    })

    test('a hook without maxUses sends no command', async () => {
      expect(await countCommands(() => receive(minter.mintSync({ command: '/pay' }), 'a'))).toEqual({})
    })

    test('a rejected hook sends no command', async () => {
      const url = minter.mintSync({ command: '/pay', maxUses: 1 })
      expect(await countCommands(() => receive(`${url.slice(0, -3)}AAA`, 'a'))).toEqual({})
    })

    test('a record is one key of about 400 bytes plus 200 for each further use, and expires 75 minutes after its URL', async () => {
      const sizes: number[] = []
      const before = new Set(await client.keys('*'))
      const url = minter.mintSync({ command: '/pay', maxUses: 3 })
      for (const body of ['a', 'b', 'c']) {
        await receive(url, body)
        const [key = '', ...more] = (await client.keys('*')).filter((name) => !before.has(name))
        expect(more).toEqual([])
        sizes.push(Number(await client.sendCommand(['MEMORY', 'USAGE', key])))
        const seconds = (await client.pTTL(key)) / 1000
        const life = day + 75 * 60 + 10
        expect(seconds).toBeGreaterThan(life - 60)
        expect(seconds).toBeLessThanOrEqual(life + 1)
      }
      const [first = 0, , third = 0] = sizes
      expect(first).toBeGreaterThan(200)
      expect(first).toBeLessThan(450)
      expect((third - first) / 2).toBeLessThan(220)
    })
  },
)

async function receive(url: string, body: string): Promise<void> {
  const receiver = createReceiver({
    keys: testKey,
    uses: redisUseStore(client),
    handlers: { '/pay': () => {} },
    onError: () => {},
  })
  await receiver.fetch(new Request(url, { method: 'POST', body }))
}

/** Counts the commands that clients send during `work`; commands that run inside the scripts do not count. */
async function countCommands(work: () => Promise<void>): Promise<Record<string, number>> {
  await client.sendCommand(['CONFIG', 'RESETSTAT'])
  await work()
  const lines = String(await client.sendCommand(['INFO', 'commandstats']))
  const calls = [...lines.matchAll(/^cmdstat_(evalsha|eval|get|set|script\|load):calls=(\d+)/gm)]
  return Object.fromEntries(calls.map(([, name = '', count]) => [name, Number(count)]))
}
