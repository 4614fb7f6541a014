import { execFile } from 'node:child_process'
import { chownSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import type { Credit } from '../commands.ts'
import { openPool } from '../postgres/database.ts'
import { readLedger as readPostgresLedger } from '../postgres/ledger.ts'
import { readLedger as readRedisLedger } from '../redis/ledger.ts'
import { openQueue } from '../redis/queue.ts'
import type { SystemUser } from './program.ts'

/** The entries of each account. */
export type Ledger = ReadonlyMap<string, readonly Credit[]>

/** What the cluster runs with one of the databases. */
export interface Variant {
  readonly receiver: string
  /** Absent if the receivers do the work. */
  readonly worker?: string
  /** The environment variable with the URL of the database. */
  readonly variable: string
  /** The uses of a URL that may be used several times; without it, there is no limit. */
  readonly severalUses?: number
  /** Creates an empty database in a folder. */
  createServer(folder: string, port: number): Promise<DatabaseServer>
  /** Waits until all work is done, and reads the result. */
  readLedger(url: string): Promise<Ledger>
}

export interface DatabaseServer {
  readonly command: readonly string[]
  readonly url: string
  readonly user?: SystemUser
}

export type VariantName = 'redis' | 'postgres'

/** The settings with which Redis loses no accepted write: each one is on the disk before its reply. */
export const redisSettings = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']

const UNPRIVILEGED_ID = 65_534
const MAX_IDLE_WAIT_MS = 60_000

export const variants: Readonly<Record<VariantName, Variant>> = {
  redis: {
    receiver: 'redis/receiver.ts',
    worker: 'redis/worker.ts',
    variable: 'REDIS_URL',
    createServer: async (folder, port) => {
      const { HOOKURL_REDIS_SERVER: program = 'redis-server' } = process.env
      const files = ['--dir', folder, '--save', '', '--bind', '127.0.0.1', '--port', String(port)]
      return { command: [program, ...files, ...redisSettings], url: `redis://127.0.0.1:${port}` }
    },
    readLedger: async (url) => {
      const redis = new Redis(url, { maxRetriesPerRequest: null }).on('error', () => {})
      try {
        await waitUntilIdle(redis)
        return await readRedisLedger(redis)
      } finally {
        redis.disconnect()
      }
    },
  },
  postgres: {
    receiver: 'postgres/receiver.ts',
    variable: 'DATABASE_URL',
    severalUses: 5,
    createServer: createPostgres,
    readLedger: async (url) => {
      const pool = openPool(url)
      try {
        return await retry(() => readPostgresLedger(pool))
      } finally {
        await pool.end()
      }
    },
  },
}

/** Creates a PostgreSQL that stores each commit on the disk before its reply, as it does by default. */
async function createPostgres(folder: string, port: number): Promise<DatabaseServer> {
  const { HOOKURL_POSTGRES: program = 'postgres' } = process.env
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  // PostgreSQL does not run as root.
  const user = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : undefined
  if (user !== undefined) chownSync(data, user.uid, user.gid)
  const initdb = program.includes('/') ? join(dirname(realpathSync(program)), 'initdb') : 'initdb'
  const settings = ['--no-sync', '--auth=trust', '--username=hookurl', '--locale=C', '--encoding=UTF8']
  await promisify(execFile)(initdb, ['-D', data, ...settings], { ...user, cwd: '/' })
  const command = [program, '-D', data, '-p', String(port), '-k', data, '-c', 'listen_addresses=127.0.0.1']
  return { command, url: `postgres://hookurl@127.0.0.1:${port}/postgres`, ...(user !== undefined && { user }) }
}

async function waitUntilIdle(redis: Redis): Promise<void> {
  const queue = openQueue(redis)
  const end = performance.now() + MAX_IDLE_WAIT_MS
  while (performance.now() < end) {
    if ((await queue.getJobCountByTypes('waiting', 'active', 'delayed')) === 0) return
    await sleep(200)
  }
}

/** The database may be starting. */
async function retry<T>(read: () => Promise<T>): Promise<T> {
  const end = performance.now() + MAX_IDLE_WAIT_MS
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(200)
    }
  }
}
