// A receiver process for single-use tests. It shares its stores and a log of runs with other processes.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedHook, UseStore } from '@hookurl/verify'
import { lmdbUseStore } from '@hookurl/verify/lmdb'
import { hookurl, type NodeHandler } from '@hookurl/verify/node'
import { redisUseStore } from '@hookurl/verify/redis'
import { sqlUseStore } from '@hookurl/verify/sql'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { key } from './fixtures.ts'

/** What a test asks the handler to do, in the URL's content. */
export interface RunInstructions {
  /** The file that gets one line per run. */
  readonly log: string
  readonly ms?: number
  /** Kills the process with SIGKILL during the run. */
  readonly dies?: boolean
}

/** Where the stores are: a folder, a file or a URL. */
export interface StoreUrls {
  readonly lmdb: string
  readonly redis: string
  readonly postgres: string
  readonly mysql: string
  readonly sqlite: string
}

const [urlsJson = '{}', lease = '1s'] = process.argv.slice(2)

async function handler({ content, headers }: ReceivedHook): Promise<void> {
  const { log, ms = 0, dies } = content as RunInstructions
  appendFileSync(log, `${process.pid}\n`)
  await sleep(ms)
  if (dies === true && headers.get('x-last') === null) process.kill(process.pid, 'SIGKILL')
}

function createReceivers(name: string, store: UseStore): [string, NodeHandler][] {
  return (['at-least-once', 'at-most-once'] as const).map((mode) => {
    const uses = { store, mode, lease, maxLease: '1m' }
    const options = { keys: key, uses, handlers: { '*': handler }, onError: () => {} }
    return [`/${name}/${mode}`, hookurl(options)]
  })
}

const openStore: Readonly<Record<keyof StoreUrls, (url: string) => Promise<UseStore>>> = {
  lmdb: async (folder) => lmdbUseStore(folder),
  redis: async (url) => {
    const client = createClient({ url }).on('error', () => {})
    return redisUseStore(await client.connect())
  },
  postgres: async (connectionString) => {
    const pool = new Pool({ connectionString }).on('error', () => {})
    return sqlUseStore((sql, values) => pool.query(sql, values), { dialect: 'postgres' })
  },
  mysql: async (url) => {
    const pool = createPool(url)
    return sqlUseStore((sql, values) => pool.query(sql, values), { dialect: 'mysql' })
  },
  sqlite: async (file) => {
    // @ts-expect-error: the types of Node 20 do not have it
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(file)
    return sqlUseStore((sql, values) => database.prepare(sql).all(...values), { dialect: 'sqlite' })
  },
}

const urls = Object.entries(JSON.parse(urlsJson) as StoreUrls) as [keyof StoreUrls, string][]
const stores = await Promise.all(urls.map(async ([name, url]) => [name, await openStore[name](url)] as const))
const receivers = stores.flatMap(([name, store]) => createReceivers(name, store))
const server = createServer((request, response) => {
  const found = receivers.find(([path]) => request.url?.startsWith(path))
  if (found === undefined) response.writeHead(404).end()
  else found[1](request, response)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())
