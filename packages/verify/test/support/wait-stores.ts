import { createWaitSchema, memoryWaitStore, redisWaitStore, sqlWaitStore, type WaitStore } from '@hookurl/verify/wait'
import { Redis, Cluster as RedisCluster } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { type RedisServer, redisAbsence, startCluster, startRedis } from './redis.ts'
import { type SqlClient, sqlClients, stopSqlServers } from './sql-stores.ts'

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
  /** Why it cannot be tested here. */
  readonly absence?: string | undefined
  open(): Promise<OpenWaitStore>
}

export const waitStoreKinds: readonly WaitStoreKind[] = [
  { name: 'memory', open: async () => openObserved(memoryWaitStore()) },
  ...sqlClients.map(createSqlKind),
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

// A table of its own for each client, since they share servers.
function createSqlKind({ name, dialect, absence, connect }: SqlClient, at: number): WaitStoreKind {
  const table = `waits_${at}`
  return {
    name,
    absence,
    open: async () => {
      const { execute, close } = await connect()
      for (const statement of createWaitSchema(dialect, table)) await execute(statement, [])
      return {
        store: sqlWaitStore(execute, { dialect, table }),
        dump: async () => JSON.stringify(await execute(`SELECT id, value FROM ${table}`, [])),
        close: async () => void (await close()),
      }
    },
  }
}

function createRedisKind(
  name: string,
  start: () => Promise<Servers>,
  connect: (servers: Servers) => Promise<{ store: WaitStore; close(): unknown }>,
): WaitStoreKind {
  return {
    name,
    absence: redisAbsence,
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
  await stopSqlServers()
  for (const servers of started) for (const server of (await servers) ?? []) await server.stop()
}
