import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter } from '@hookurl/core'
import { createUseSchema } from '@hookurl/verify/sql'
import { sendToPort } from '../../packages/verify/test/support/clients.ts'
import { summarize } from '../../packages/verify/test/support/counting-receiver.ts'
import { key } from '../../packages/verify/test/support/fixtures.ts'
import { startRedis } from '../../packages/verify/test/support/redis.ts'
import { startMariadb, startPostgres } from '../../packages/verify/test/support/sql-servers.ts'
import { connectMysql2, connectNodeSqlite, connectPg } from '../../packages/verify/test/support/sql-stores.ts'
import { type ReceiverProcess, startUseServer } from '../../packages/verify/test/support/start-script.ts'
import { createTempFolder } from '../../packages/verify/test/support/temp-folder.ts'
import type { RunInstructions, StoreUrls } from '../../packages/verify/test/support/use-server.ts'
import { findSqliteNode } from '../../tools/setup/nodes.js'

/** The result of repeated rounds of one kind. */
export interface Rounds {
  readonly what: string
  readonly rounds: number
  readonly breaches: readonly string[]
}

/** Four receivers in separate processes that share their stores. */
interface Fleet {
  post(index: number, path: string, body: string, last?: 'last'): Promise<string>
  /** Mints a single-use URL; `runs` returns how often its handler ran. */
  mintSingleUse(mode: string, instructions?: Omit<RunInstructions, 'log'>): { path: string; runs(): number }
  /** Waits until a receiver has exited, and starts another one in its place. */
  replace(index: number): Promise<void>
  close(): void
}

const size = 4
const senders = 200
const leaseMs = 1000

/** The stores that processes share. */
export interface SharedStores {
  readonly urls: StoreUrls
  close(): Promise<void>
}

type StoreName = keyof StoreUrls

const names: Readonly<Record<StoreName, string>> = {
  lmdb: 'LMDB',
  redis: 'Redis',
  postgres: 'PostgreSQL',
  mysql: 'MariaDB',
  sqlite: 'SQLite',
}

/** Starts the servers of all stores. */
export async function openStores(): Promise<SharedStores> {
  const { path, remove } = createTempFolder()
  const [redis, postgres, mariadb] = await Promise.all([startRedis(), startPostgres(), startMariadb()])
  const sqlite = join(path, 'uses.db')
  const connections = [
    ['postgres', connectPg(postgres.url)],
    ['mysql', connectMysql2(mariadb.url)],
    ['sqlite', await connectNodeSqlite(sqlite)],
  ] as const
  for (const [dialect, { execute, close }] of connections) {
    if (dialect === 'sqlite') await execute('PRAGMA journal_mode = WAL', [])
    for (const statement of createUseSchema(dialect)) await execute(statement, [])
    await close()
  }
  return {
    urls: { lmdb: join(path, 'uses'), redis: redis.url, postgres: postgres.url, mysql: mariadb.url, sqlite },
    close: async () => {
      await Promise.all([redis.stop(), postgres.stop(), mariadb.stop()])
      remove()
    },
  }
}

/** Plays rounds of concurrent deliveries to four processes, and of processes killed during the handler. */
export async function playRounds(store: StoreName, { urls }: SharedStores, rounds: number): Promise<Rounds[]> {
  const name = names[store]
  // No process is killed in a race, so its lease is long enough for a process that gets no processor time.
  const racing = await openFleet(store, urls, '30s')
  const killed = await openFleet(store, urls, `${leaseMs}ms`)
  try {
    return [
      await repeat(`${senders} deliveries to ${size} processes, ${name}: one run`, rounds, () => race(racing)),
      await repeat(`kill -9 in the handler, at-least-once, ${name}: one more run`, rounds, () =>
        killAtLeastOnce(killed),
      ),
      await repeat(`kill -9 in the handler, at-most-once, ${name}: no more runs`, rounds, () => killAtMostOnce(killed)),
    ]
  } finally {
    racing.close()
    killed.close()
  }
}

async function openFleet(store: StoreName, urls: StoreUrls, lease: string): Promise<Fleet> {
  const folder = createTempFolder()
  const node = findSqliteNode()
  const execPath = store === 'sqlite' && 'program' in node ? node.program : process.execPath
  const open = (): Promise<ReceiverProcess> => startUseServer({ [store]: urls[store] }, { lease, execPath })
  const receivers = await Promise.all(Array.from({ length: size }, open))
  let minted = 0
  return {
    post: (index, path, body, last) => {
      const { port } = receivers[index % size] as ReceiverProcess
      const headers = { 'content-type': 'text/plain', ...(last === undefined ? {} : { 'x-last': '1' }) }
      return sendToPort(port)({ method: 'POST', path, body, headers }).then(summarize, () => 'disconnected')
    },
    mintSingleUse: (mode, instructions = {}) => {
      const log = join(folder.path, `runs-${minted++}`)
      const minter = createMinter({ keys: key, baseUrl: `http://localhost/${store}/${mode}`, expiresIn: '1h' })
      const { pathname } = new URL(minter.mintSync({ command: '/run', maxUses: 1, content: { log, ...instructions } }))
      const runs = (): number => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0)
      return { path: pathname, runs }
    },
    replace: async (index) => {
      const { child } = receivers[index] as ReceiverProcess
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      receivers[index] = await open()
    },
    close: () => {
      for (const { child } of receivers) child.kill('SIGKILL')
      folder.remove()
    },
  }
}

async function repeat(what: string, rounds: number, play: () => Promise<string | undefined>): Promise<Rounds> {
  const breaches: string[] = []
  for (let round = 1; round <= rounds; round++) {
    const breach = await play()
    if (breach !== undefined) breaches.push(`round ${round}: ${breach}`)
  }
  return { what, rounds, breaches }
}

async function race({ post, mintSingleUse }: Fleet): Promise<string | undefined> {
  const { path, runs } = mintSingleUse('at-least-once', { ms: 200 })
  const responses = await Promise.all(Array.from({ length: senders }, (_, index) => post(index, path, `n=${index}`)))
  const handled = responses.filter((response) => response === '200 ok')
  const unexpected = new Set(responses.filter((response) => response !== '200 ok'))
  for (const rejection of ['503 in_progress', '410 already_used', '503 store_unavailable']) unexpected.delete(rejection)
  if (runs() === 1 && handled.length === 1 && unexpected.size === 0) return undefined
  return `${runs()} runs, ${handled.length} × 200 ok, unexpected: ${[...unexpected].join(', ') || 'none'}`
}

async function killAtLeastOnce({ post, mintSingleUse, replace }: Fleet): Promise<string | undefined> {
  const { path, runs } = mintSingleUse('at-least-once', { dies: true })
  const killed = await post(0, path, 'x')
  const duringLease = await post(1, path, 'x')
  await Promise.all([replace(0), sleep(leaseMs + 100)])
  const afterLease = await post(2, path, 'x', 'last')
  const duplicates = await Promise.all([0, 1, 2, 3].map((index) => post(index, path, 'x')))
  const responses = [killed, duringLease, afterLease, ...duplicates].join(', ')
  const expected = ['disconnected', '503 in_progress', '200 ok', ...Array<string>(size).fill('200 duplicate')].join(
    ', ',
  )
  return responses === expected && runs() === 2 ? undefined : `${runs()} runs, responses: ${responses}`
}

async function killAtMostOnce({ post, mintSingleUse, replace }: Fleet): Promise<string | undefined> {
  const { path, runs } = mintSingleUse('at-most-once', { dies: true })
  const killed = await post(0, path, 'x')
  await Promise.all([replace(0), sleep(leaseMs + 100)])
  const later = await Promise.all([0, 1, 2, 3].map((index) => post(index, path, 'x')))
  const responses = [killed, ...later].join(', ')
  const expected = ['disconnected', ...Array<string>(size).fill('410 already_used')].join(', ')
  return responses === expected && runs() === 1 ? undefined : `${runs()} runs, responses: ${responses}`
}
