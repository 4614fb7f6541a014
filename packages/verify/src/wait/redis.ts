import { assertOptions, invalidOption, resolveClock } from '@hookurl/core/internal'
import { createScriptRunner, type RedisClient } from '../uses/redis-client.ts'
import { createScript, readScript, settleScript } from './redis-scripts.ts'
import type { WaitRecord, WaitStore } from './store.ts'

/** The options of `redisWaitStore`. */
export interface RedisWaitStoreOptions {
  /** The prefix of keys in Redis, `hookurl:` by default. It separates applications that share a server. */
  prefix?: string | undefined
  /** The clock, in epoch milliseconds, that determines how long a record is kept. */
  now?: (() => number) | undefined
}

const optionNames: ReadonlySet<string> = new Set(['prefix', 'now'])

/**
 * Creates a wait store in Redis 6 or later or Valkey, standalone or cluster, for any number of machines. Connect the
 * client first, and close it when the application shuts down.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * const client = await createClient({ url: process.env.REDIS_URL }).connect()
 * createWaiter({ keys, baseUrl, waits: redisWaitStore(client) })
 */
export function redisWaitStore(client: RedisClient, options: RedisWaitStoreOptions = {}): WaitStore {
  assertOptions(options, optionNames, 'redisWaitStore')
  const { prefix = 'hookurl:' } = options
  if (typeof prefix !== 'string') throw invalidOption('prefix must be a string', "Leave it out for 'hookurl:'.")
  const now = resolveClock(options.now)
  const runScript = createScriptRunner(client, 'redisWaitStore')
  const toKey = (id: string): string => `${prefix}wait:{${getSlotTag(id)}}${id}`

  async function readSlot(ids: readonly string[]): Promise<[id: string, record: WaitRecord | undefined][]> {
    const replies = await runScript(readScript, ids.map(toKey), [])
    if (!Array.isArray(replies) || replies.length !== ids.length) {
      throw new TypeError('the Redis client returned an unknown result')
    }
    return ids.map((id, at) => [id, parseRecord(replies[at])])
  }

  return {
    create: async (id, expiresAt) => {
      // As a duration: the server's clock may differ.
      const life = Math.ceil(expiresAt.getTime() - now())
      const reply = await runScript(createScript, [toKey(id)], [`${expiresAt.getTime()} `, String(life)])
      if (String(reply) !== 'OK') throw new Error('the wait exists')
    },
    settle: async (id, value) => {
      const reply = await runScript(settleScript, [toKey(id)], [value])
      return String(reply) === '1' ? value : parseRecord(reply)?.value
    },
    read: async (ids) => {
      const bySlot = new Map<string, string[]>()
      for (const id of ids) {
        const others = bySlot.get(getSlotTag(id))
        if (others === undefined) bySlot.set(getSlotTag(id), [id])
        else others.push(id)
      }
      // The client sends them together.
      const found = new Map((await Promise.all([...bySlot.values()].map(readSlot))).flat())
      return ids.map((id) => found.get(id))
    },
  }
}

// A cluster distributes keys by what is in braces, and runs a script on the keys of one slot only. With 16 slots, waits
// are distributed well enough, and few scripts read all of them.
function getSlotTag(id: string): string {
  return id.slice(0, 1)
}

function parseRecord(reply: unknown): WaitRecord | undefined {
  if (reply === null || reply === undefined || reply === false) return undefined
  const text = String(reply)
  const space = text.indexOf(' ')
  const expiresAt = new Date(Number(text.slice(0, space)))
  if (space < 0 || Number.isNaN(expiresAt.getTime())) throw new TypeError('the Redis client returned an unknown result')
  return space === text.length - 1 ? { expiresAt } : { expiresAt, value: text.slice(space + 1) }
}
