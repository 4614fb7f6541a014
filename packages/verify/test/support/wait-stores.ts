import { PGlite } from '@electric-sql/pglite'
import { createWaitSchema, memoryWaitStore, redisWaitStore, sqlWaitStore, type WaitStore } from '@hookurl/verify/wait'
import { Redis, Cluster as RedisCluster } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { type RedisServer, startCluster, startRedis } from './redis.ts'

/** An open store. */
export interface OpenWaitStore {
  readonly store: WaitStore
  /** Everything that the store has stored, as one string. */
  dump(): Promise<string>
  close(): Promise<void>
}

/** A kind of store that the contract suite runs against. */
export interface WaitStoreKind {
  readonly name: string
  readonly needsRedis?: boolean
  open(): Promise<OpenWaitStore>
}

export const waitStoreKinds: readonly WaitStoreKind[] = [
  { name: 'memory', open: async () => openObserved(memoryWaitStore()) },
  {
    name: 'PostgreSQL, PGlite',
    open: async () => {
      const database = new PGlite()
      for (const statement of createWaitSchema('postgres')) await database.exec(statement)
      return {
        store: sqlWaitStore((sql, values) => database.query(sql, values), { dialect: 'postgres' }),
        dump: async () => JSON.stringify(await database.query('SELECT * FROM hookurl_waits')),
        close: () => database.close(),
      }
    },
  },
  createRedisKind('Redis, node-redis', startSingle, async ([server]) => {
    const client = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    return { store: redisWaitStore(client), close: () => client.destroy() }
  }),
  createRedisKind('Redis, ioredis', startSingle, async ([server]) => {
    const client = new Redis(server.url).on('error', () => {})
    return { store: redisWaitStore(client), close: () => client.disconnect() }
  }),
  createRedisKind('Redis, send', startSingle, async ([server]) => {
    const client = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    return { store: redisWaitStore({ send: (words) => client.sendCommand(words) }), close: () => client.destroy() }
  }),
  createRedisKind('Redis Cluster, node-redis', startThreeMasters, async (servers) => {
    const client = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) }).on('error', () => {})
    await client.connect()
    return { store: redisWaitStore(client), close: () => client.destroy() }
  }),
  createRedisKind('Redis Cluster, ioredis', startThreeMasters, async (servers) => {
    const client = new RedisCluster(servers.map(({ url }) => url)).on('error', () => {})
    return { store: redisWaitStore(client), close: () => client.disconnect() }
  }),
]

type Servers = readonly [RedisServer, ...RedisServer[]]

// Memory cannot be read from outside, so what goes in is recorded.
function openObserved(store: WaitStore): OpenWaitStore {
  const stored: unknown[] = []
  return {
    store: {
      create: async (...given) => {
        stored.push(given)
        return store.create(...given)
      },
      settle: async (...given) => {
        stored.push(given)
        return store.settle(...given)
      },
      read: store.read,
    },
    dump: async () => JSON.stringify(stored),
    close: async () => {},
  }
}

function createRedisKind(
  name: string,
  start: () => Promise<Servers>,
  connect: (servers: Servers) => Promise<{ store: WaitStore; close(): unknown }>,
): WaitStoreKind {
  return {
    name,
    needsRedis: true,
    open: async () => {
      const servers = await start()
      const { store, close } = await connect(servers)
      return { store, dump: () => dumpAll(servers), close: async () => void (await close()) }
    },
  }
}

async function dumpAll(servers: Servers): Promise<string> {
  const found: string[] = []
  for (const server of servers) {
    for (const key of (await server.send('KEYS', '*')) as string[])
      found.push(key, String(await server.send('GET', key)))
  }
  return found.join('\n')
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
export async function stopWaitServers(): Promise<void> {
  const started = [single, cluster]
  // The next file, which may share this module, starts new ones.
  single = undefined
  cluster = undefined
  for (const servers of started) for (const server of (await servers) ?? []) await server.stop()
}
