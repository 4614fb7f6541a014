import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { claimScript, commitScript, releaseScript, renewScript } from './redis-scripts.ts'
import type { ReserveResult, UseStore } from './store.ts'

/** As much of node-redis as is needed here: a client, a pool, a cluster or a sentinel. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** As much of ioredis as is needed here: a client or a cluster. */
export interface IoRedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** Any other client: sends one command, given as its words, and rejects where Redis answers with an error. */
export interface RedisSender {
  send(words: string[]): Promise<unknown>
}

/** How uses are kept in Redis. */
export interface RedisUseStoreOptions {
  /** What the keys in Redis begin with; `hookurl:` unless told. It keeps applications apart that share a server. */
  prefix?: string
  /** The clock, in epoch milliseconds, for how long a record is kept; leases go by the clock of the server. */
  now?: () => number
}

/** Runs a script by its digest (`EVALSHA`) or by its text (`EVAL`). */
interface Runner {
  byDigest(digest: string, key: string, given: string[]): Promise<unknown>
  byText(script: string, key: string, given: string[]): Promise<unknown>
}

const optionNames: ReadonlySet<string> = new Set(['prefix', 'now'])
const claimAnswers: readonly unknown[] = ['reserved', 'in_progress', 'already_used', 'duplicate']

/**
 * Counts uses in Redis 6 or later, or Valkey, single or cluster, for any number of machines. The client is yours:
 * connect it before, and close it when the application ends.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const client = await createClient({ url: process.env.REDIS_URL }).connect()
 * createReceiver({ keys, handlers, uses: redisUses(client) })
 */
export function redisUseStore(
  client: NodeRedisClient | IoRedisClient | RedisSender,
  options: RedisUseStoreOptions = {},
): UseStore {
  assertOptions(options, optionNames, 'redisUses')
  const { prefix = 'hookurl:' } = options
  if (typeof prefix !== 'string') throw invalidOption('prefix must be a text', "Leave it out for 'hookurl:'.")
  const now = resolveClock(options.now)
  const runner = toRunner(client)
  const digests = new Map<string, Promise<string>>()

  function digestOf(script: string): Promise<string> {
    const known = digests.get(script) ?? sha1Hex(script)
    digests.set(script, known)
    return known
  }

  async function run(script: string, key: string, given: string[]): Promise<string> {
    try {
      return toText(await runner.byDigest(await digestOf(script), prefix + key, given))
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error
      return toText(await runner.byText(script, prefix + key, given))
    }
  }

  return {
    reserve: async ({ id, maxUses, owner, leaseMs, expiresAt, deliveryId = '' }) => {
      // As a length of time: the clock of the server may be another.
      const life = Math.ceil(expiresAt.getTime() - now())
      const answer = await run(claimScript, id, [owner, String(maxUses), String(leaseMs), String(life), deliveryId])
      if (!claimAnswers.includes(answer)) throw new TypeError('the Redis client gave an answer that no script gives')
      return answer as ReserveResult
    },
    renew: async (key, owner, leaseMs) => (await run(renewScript, key, [owner, String(leaseMs)])) === '1',
    commit: async (key, owner, delivery = '') => (await run(commitScript, key, [owner, delivery])) === '1',
    release: async (key, owner) => void (await run(releaseScript, key, [owner])),
  }
}

function toRunner(client: NodeRedisClient | IoRedisClient | RedisSender): Runner {
  if (typeof client === 'object' && client !== null) {
    if ('evalSha' in client) {
      return {
        byDigest: (digest, key, given) => client.evalSha(digest, { keys: [key], arguments: given }),
        byText: (script, key, given) => client.eval(script, { keys: [key], arguments: given }),
      }
    }
    if ('evalsha' in client) {
      return {
        byDigest: (digest, key, given) => client.evalsha(digest, 1, key, ...given),
        byText: (script, key, given) => client.eval(script, 1, key, ...given),
      }
    }
    if ('send' in client) {
      return {
        byDigest: (digest, key, given) => client.send(['EVALSHA', digest, '1', key, ...given]),
        byText: (script, key, given) => client.send(['EVAL', script, '1', key, ...given]),
      }
    }
  }
  throw invalidOption(
    'redisUses takes a client of node-redis or ioredis, or an object with send(words)',
    'Pass a connected client, or { send: (words) => … }.',
  )
}

// A reply is a text, a number, or the bytes of a text. Some clients give an error as a value.
function toText(reply: unknown): string {
  if (reply instanceof Error) throw reply
  return String(reply)
}

async function sha1Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
