import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { memoryUseStore, type UseStore } from '@hookurl/verify'
import { type CasTable, casUseStore } from '@hookurl/verify/cas'
import { dynamoUseStore } from '@hookurl/verify/dynamo'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { redisUseStore } from '@hookurl/verify/redis'
import type { SqlExecutor } from '@hookurl/verify/sql'
import { Redis, Cluster as RedisCluster } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { type RedisServer, redisAbsence, startCluster, startRedis } from './redis.ts'
import { createTempFolder } from './temp-folder.ts'
import { startUpstash } from './upstash.ts'

/** An open store and its clock. */
export interface OpenStore {
  readonly store: UseStore
  /** A second store on the same data, unless the data is in the first. */
  readonly otherStore?: UseStore
  /** Runs SQL for the tests of transactions. */
  readonly execute?: SqlExecutor
  /** Long enough for a few calls, short enough to wait for. */
  readonly leaseMs: number
  /** The store's clock, unless it uses the system clock. */
  now?(): number
  /** Advances the store's clock. */
  advance(milliseconds: number): Promise<void>
  close(): Promise<void>
}

/** A kind of store that the contract suite runs against. */
export interface StoreKind {
  readonly name: string
  /** Why it cannot be tested here. */
  readonly absence?: string | undefined
  /** Whether it has transactions, and `execute`. */
  readonly hasTransactions?: boolean
  open(): Promise<OpenStore>
}

type Stores = [UseStore, UseStore]

/** The stores that need no server, with a clock that the test controls. */
const local: readonly StoreKind[] = [
  {
    name: 'memory',
    open: async () => {
      const clock = createClock()
      return { ...clock, store: memoryUseStore({ now: clock.now }), close: async () => {} }
    },
  },
  {
    name: 'compare and set',
    open: async () => {
      const clock = createClock()
      const table = createCasTable()
      const [store, otherStore] = [1, 2].map(() => casUseStore(table, { now: clock.now })) as Stores
      return { ...clock, store, otherStore, close: async () => {} }
    },
  },
  {
    name: 'LMDB',
    open: async () => {
      const clock = createClock()
      const { path, remove } = createTempFolder()
      const store = lmdbUseStore(path, { now: clock.now })
      return { ...clock, store, close: () => store.close().then(remove) }
    },
  },
]

// Its client is loaded when it is opened: most tests that use this file open other stores.
const aws: readonly StoreKind[] = [
  {
    name: 'DynamoDB, dynalite',
    open: async () => {
      const clock = createClock()
      const { startDynamo } = await import('./dynamo.ts')
      const { client, table, stop } = await startDynamo()
      const [store, otherStore] = [1, 2].map(() => dynamoUseStore(client, { table, now: clock.now })) as Stores
      return { ...clock, store, otherStore, close: stop }
    },
  },
]

const remote: readonly StoreKind[] = [
  createRedisKind('Redis, node-redis', startSingle, async ([server]) => {
    const client = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    return { store: redisUseStore(client), close: () => client.destroy() }
  }),
  createRedisKind('Redis, ioredis', startSingle, async ([server]) => {
    const client = new Redis(server.url).on('error', () => {})
    return { store: redisUseStore(client), close: () => client.disconnect() }
  }),
  createRedisKind('Redis, send', startSingle, async ([server]) => {
    const client = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    return { store: redisUseStore({ send: (words) => client.sendCommand(words) }), close: () => client.destroy() }
  }),
  createRedisKind("Redis, Upstash's REST API", startSingle, async ([server]) => {
    const { url, token, stop } = await startUpstash(server.url)
    const send = async (words: string[]): Promise<unknown> => {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(words) })
      const { result, error } = (await response.json()) as { result?: unknown; error?: string }
      if (error !== undefined) throw new Error(error)
      return result
    }
    return { store: redisUseStore({ send }), close: stop }
  }),
  createRedisKind('Redis Cluster, node-redis', startThreeMasters, async (servers) => {
    const client = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) }).on('error', () => {})
    await client.connect()
    return { store: redisUseStore(client), close: () => client.destroy() }
  }),
  createRedisKind('Redis Cluster, ioredis', startThreeMasters, async (servers) => {
    const client = new RedisCluster(servers.map(({ url }) => url)).on('error', () => {})
    return { store: redisUseStore(client), close: () => client.disconnect() }
  }),
]

/** All stores but those in SQL databases. */
export const storeKinds: readonly StoreKind[] = [...local, ...aws, ...remote]

/** Creates a table in memory, whose calls take a moment, as those of a database do. */
export function createCasTable(): CasTable<string> {
  const rows = new Map<string, { version: string; record: string }>()
  const write = (id: string, record: string): boolean => {
    rows.set(id, { version: randomUUID(), record })
    return true
  }
  return {
    read: async (id) => rows.get(id),
    insert: async ({ id, record }) => !rows.has(id) && write(id, record),
    replace: async ({ id, record }, version) => rows.get(id)?.version === version && write(id, record),
  }
}

export { createTempFolder } from './temp-folder.ts'

type Servers = readonly [RedisServer, ...RedisServer[]]

function createRedisKind(
  name: string,
  start: () => Promise<Servers>,
  connect: (servers: Servers) => Promise<{ store: UseStore; close(): unknown }>,
): StoreKind {
  return {
    name,
    absence: redisAbsence,
    open: async () => {
      const { store, close } = await connect(await start())
      return { store, leaseMs: 500, advance: (ms) => sleep(ms), close: async () => void (await close()) }
    },
  }
}

// The tests in a file share these servers.
let single: Promise<Servers> | undefined
let cluster: Promise<Servers> | undefined

function startSingle(): Promise<Servers> {
  single ??= startRedis().then((server) => [server])
  return single
}

function startThreeMasters(): Promise<Servers> {
  cluster ??= startCluster() as Promise<never>
  return cluster
}

/** Stops every server that was started. */
export async function stopServers(): Promise<void> {
  const started = [single, cluster]
  // The next file, which may share this module, starts new ones.
  single = undefined
  cluster = undefined
  for (const servers of started) for (const server of (await servers) ?? []) await server.stop()
}

function createClock() {
  let time = 1_800_000_000_000
  return {
    leaseMs: 60_000,
    now: () => time,
    advance: async (milliseconds: number) => {
      time += milliseconds
    },
  }
}
