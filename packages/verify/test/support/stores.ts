import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { memoryUseStore, type UseStore } from '@hookurl/verify'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { redisUseStore } from '@hookurl/verify/redis'
import { Redis, Cluster as RedisCluster } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { type RedisServer, startCluster, startRedis } from './redis.ts'

/** A store as a test uses it. */
export interface OpenStore {
  readonly store: UseStore
  /** A lease that is long enough for a few calls and short enough to wait for. */
  readonly leaseMs: number
  /** The clock of the store, where it is not the system's. */
  now?(): number
  /** Lets time pass, for the store. */
  pass(milliseconds: number): Promise<void>
  close(): Promise<void>
}

/** A kind of store: the contract suite runs against each. */
export interface StoreKind {
  readonly name: string
  readonly needsRedis?: boolean
  open(): Promise<OpenStore>
}

/** The stores that need no server, with a clock that the test moves. */
const local: readonly StoreKind[] = [
  {
    name: 'memory',
    open: async () => {
      const clock = createClock()
      return { ...clock, store: memoryUseStore({ now: clock.now }), close: async () => {} }
    },
  },
  {
    name: 'LMDB',
    open: async () => {
      const clock = createClock()
      const { path, remove } = makeFolder()
      const store = lmdbUseStore(path, { now: clock.now })
      return { ...clock, store, close: () => store.close().then(remove) }
    },
  },
]

const remote: readonly StoreKind[] = [
  redisKind('Redis, node-redis', startOne, async ([server]) => {
    const client = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    return { store: redisUseStore(client), close: () => client.destroy() }
  }),
  redisKind('Redis, ioredis', startOne, async ([server]) => {
    const client = new Redis(server.url).on('error', () => {})
    return { store: redisUseStore(client), close: () => client.disconnect() }
  }),
  redisKind('Redis, send', startOne, async ([server]) => {
    const client = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    return { store: redisUseStore({ send: (words) => client.sendCommand(words) }), close: () => client.destroy() }
  }),
  redisKind('Redis Cluster, node-redis', startThree, async (servers) => {
    const client = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) }).on('error', () => {})
    await client.connect()
    return { store: redisUseStore(client), close: () => client.destroy() }
  }),
  redisKind('Redis Cluster, ioredis', startThree, async (servers) => {
    const client = new RedisCluster(servers.map(({ url }) => url)).on('error', () => {})
    return { store: redisUseStore(client), close: () => client.disconnect() }
  }),
]

export const kinds: readonly StoreKind[] = [...local, ...remote]

/** A folder for a test, and how to remove it. */
export function makeFolder(): { path: string; remove(): void; files(): string[] } {
  const path = mkdtempSync(join(tmpdir(), 'hookurl-uses-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }), files: () => readdirSync(path) }
}

type Servers = readonly [RedisServer, ...RedisServer[]]

function redisKind(
  name: string,
  start: () => Promise<Servers>,
  connect: (servers: Servers) => Promise<{ store: UseStore; close(): unknown }>,
): StoreKind {
  return {
    name,
    needsRedis: true,
    open: async () => {
      const { store, close } = await connect(await start())
      return { store, leaseMs: 100, pass: (ms) => sleep(ms), close: async () => void (await close()) }
    },
  }
}

// Servers are shared by the tests of a file.
let one: Promise<Servers> | undefined
let three: Promise<Servers> | undefined

function startOne(): Promise<Servers> {
  one ??= startRedis().then((server) => [server])
  return one
}

function startThree(): Promise<Servers> {
  three ??= startCluster() as Promise<never>
  return three
}

/** Stops the servers that were started. */
export async function stopServers(): Promise<void> {
  for (const servers of [one, three]) for (const server of (await servers) ?? []) await server.stop()
}

function createClock() {
  let time = 1_800_000_000_000
  return {
    leaseMs: 60_000,
    now: () => time,
    pass: async (milliseconds: number) => {
      time += milliseconds
    },
  }
}
