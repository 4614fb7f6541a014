import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { createScriptRunner, type IoRedisClient, type NodeRedisClient, type RedisSender } from './redis-client.ts'
import { commitScript, releaseScript, renewScript, reserveScript } from './redis-scripts.ts'
import type { ReserveResult, UseStore } from './store.ts'

export type { IoRedisClient, NodeRedisClient, RedisSender } from './redis-client.ts'

/** The options of `redisUseStore`. */
export interface RedisUseStoreOptions {
  /** The prefix of keys in Redis, `hookurl:` by default. It separates applications that share a server. */
  prefix?: string | undefined
  /** The clock, in epoch milliseconds, that determines how long a record is kept. Leases use the server's clock. */
  now?: (() => number) | undefined
}

const optionNames: ReadonlySet<string> = new Set(['prefix', 'now'])
const reserveResults: readonly string[] = ['reserved', 'in_progress', 'already_used', 'duplicate']

/**
 * Creates a use store in Redis 6 or later or Valkey, standalone or cluster, for any number of machines. Connect the
 * client first, and close it when the application shuts down.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const client = await createClient({ url: process.env.REDIS_URL }).connect()
 * createReceiver({ keys, handlers, uses: redisUseStore(client) })
 */
export function redisUseStore(
  client: NodeRedisClient | IoRedisClient | RedisSender,
  options: RedisUseStoreOptions = {},
): UseStore {
  assertOptions(options, optionNames, 'redisUseStore')
  const { prefix = 'hookurl:' } = options
  if (typeof prefix !== 'string') throw invalidOption('prefix must be a string', "Leave it out for 'hookurl:'.")
  const now = resolveClock(options.now)
  const runScript = createScriptRunner(client, 'redisUseStore')

  async function run(script: string, id: string, args: string[]): Promise<string> {
    return String(await runScript(script, [prefix + id], args))
  }

  return {
    reserve: async ({ id, maxUses, owner, leaseMs, expiresAt, deliveryId = '', duplicateMs }) => {
      // As a duration: the server's clock may differ.
      const life = Math.ceil(expiresAt.getTime() - now())
      const numbers = [maxUses, leaseMs, life, duplicateMs].map(String)
      return parseReserveReply(await run(reserveScript, id, [owner, ...numbers, deliveryId]))
    },
    renew: async (id, owner, leaseMs) => (await run(renewScript, id, [owner, String(leaseMs)])) === '1',
    commit: async (id, owner, deliveryId = '') => (await run(commitScript, id, [owner, deliveryId])) === '1',
    release: async (id, owner) => void (await run(releaseScript, id, [owner])),
  }
}

function parseReserveReply(reply: string): ReserveResult {
  const [result = '', at] = reply.split(' ')
  if (!reserveResults.includes(result)) throw new TypeError('the Redis client returned an unknown result')
  return { result: result as ReserveResult['result'], ...(at !== undefined && { at: Number(at) }) }
}
