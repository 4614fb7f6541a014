import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { commitScript, releaseScript, renewScript, reserveScript } from './redis-scripts.ts'
import type { ReserveResult, UseStore } from './store.ts'

/** The methods of node-redis that hookurl uses, of a client, pool, cluster or sentinel. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** The methods of ioredis that hookurl uses, of a client or cluster. */
export interface IoRedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** Any other client. Sends one command, passed as words, and rejects if Redis responds with an error. */
export interface RedisSender {
  send(words: string[]): Promise<unknown>
}

/** The options of `redisUseStore`. */
export interface RedisUseStoreOptions {
  /** The prefix of keys in Redis, `hookurl:` by default. It separates applications that share a server. */
  prefix?: string | undefined
  /** The clock, in epoch milliseconds, that determines how long a record is kept. Leases use the server's clock. */
  now?: (() => number) | undefined
}

/** Runs a script by its digest (`EVALSHA`) or by its source (`EVAL`). */
interface ScriptRunner {
  byDigest(digest: string, key: string, args: string[]): Promise<unknown>
  bySource(script: string, key: string, args: string[]): Promise<unknown>
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
  const runner = createRunner(client)
  const digests = new Map<string, Promise<string>>()

  function getDigest(script: string): Promise<string> {
    const known = digests.get(script) ?? sha1Hex(script)
    digests.set(script, known)
    return known
  }

  async function run(script: string, id: string, args: string[]): Promise<string> {
    try {
      return replyToString(await runner.byDigest(await getDigest(script), prefix + id, args))
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error
      return replyToString(await runner.bySource(script, prefix + id, args))
    }
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

function createRunner(client: NodeRedisClient | IoRedisClient | RedisSender): ScriptRunner {
  if (typeof client === 'object' && client !== null) {
    if ('evalSha' in client) {
      return {
        byDigest: (digest, key, args) => client.evalSha(digest, { keys: [key], arguments: args }),
        bySource: (script, key, args) => client.eval(script, { keys: [key], arguments: args }),
      }
    }
    if ('evalsha' in client) {
      return {
        byDigest: (digest, key, args) => client.evalsha(digest, 1, key, ...args),
        bySource: (script, key, args) => client.eval(script, 1, key, ...args),
      }
    }
    if ('send' in client) {
      return {
        byDigest: (digest, key, args) => client.send(['EVALSHA', digest, '1', key, ...args]),
        bySource: (script, key, args) => client.send(['EVAL', script, '1', key, ...args]),
      }
    }
  }
  throw invalidOption(
    'redisUseStore needs a client of node-redis or ioredis, or an object with send(words)',
    'Pass a connected client, or { send: (words) => … }.',
  )
}

function parseReserveReply(reply: string): ReserveResult {
  const [result = '', at] = reply.split(' ')
  if (!reserveResults.includes(result)) throw new TypeError('the Redis client returned an unknown result')
  return { result: result as ReserveResult['result'], ...(at !== undefined && { at: Number(at) }) }
}

// A reply is a string, a number, or bytes. Some clients return an error as a value.
function replyToString(reply: unknown): string {
  if (reply instanceof Error) throw reply
  return String(reply)
}

async function sha1Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
