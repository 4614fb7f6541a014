import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter } from '@hookurl/core'
import { createUseSchema, type SqlDialect } from '@hookurl/verify/sql'
import { parseSqlResult } from '../../packages/verify/src/uses/sql-executor.ts'
import { sendToPort } from '../../packages/verify/test/support/clients.ts'
import { summarize } from '../../packages/verify/test/support/counting-receiver.ts'
import { key } from '../../packages/verify/test/support/fixtures.ts'
import { startMariadb, startPostgres } from '../../packages/verify/test/support/sql-servers.ts'
import {
  connectMysql2,
  connectNodeSqlite,
  connectPg,
  type SqlConnection,
} from '../../packages/verify/test/support/sql-stores.ts'
import { type ReceiverProcess, startTransactionServer } from '../../packages/verify/test/support/start-script.ts'
import { createTempFolder } from '../../packages/verify/test/support/temp-folder.ts'
import { findSqliteNode } from '../../tools/setup/nodes.js'

/** What was found after receivers were killed during transactions that commit a use and its work. */
export interface Crashes {
  readonly what: string
  readonly kills: number
  /** How many deliveries got no response because of a kill. */
  readonly interrupted: number
  /** How many of these had been committed, with their work. */
  readonly committed: number
  readonly breaches: readonly string[]
}

interface Delivery {
  readonly path: string
  readonly response: string
}

interface CrashSite extends SqlConnection {
  readonly dialect: SqlDialect
  readonly target: string
  readonly node: string
}

const sites: Readonly<Record<SqlDialect, () => Promise<CrashSite>>> = {
  postgres: async () => {
    const server = await startPostgres()
    const { execute, close } = connectPg(server.url)
    const stop = async (): Promise<void> => {
      await close()
      await server.stop()
    }
    return { dialect: 'postgres', target: server.url, node: process.execPath, execute, close: stop }
  },
  mysql: async () => {
    const server = await startMariadb()
    const { execute, close } = connectMysql2(server.url)
    const stop = async (): Promise<void> => {
      await close()
      await server.stop()
    }
    return { dialect: 'mysql', target: server.url, node: process.execPath, execute, close: stop }
  },
  sqlite: async () => {
    const node = findSqliteNode()
    if ('absence' in node) throw new Error(node.absence)
    const { path, remove } = createTempFolder()
    const target = join(path, 'app.db')
    const { execute, close } = await connectNodeSqlite(target)
    await execute('PRAGMA journal_mode = WAL', [])
    const stop = async (): Promise<void> => {
      await close()
      remove()
    }
    return { dialect: 'sqlite', target, node: node.program, execute, close: stop }
  },
}

const names = { postgres: 'PostgreSQL', mysql: 'MariaDB', sqlite: 'SQLite' } as const
const isolations = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const
const perKill = 6
const lanes = 2
const leaseMs = 1000

/** Kills receivers at random times during transactions, and then delivers everything again. */
export async function playCrashes(dialect: SqlDialect, kills: number): Promise<Crashes> {
  const site = await sites[dialect]()
  try {
    for (const statement of createUseSchema(dialect)) await site.execute(statement, [])
    await site.execute('CREATE TABLE work (id varchar(64) NOT NULL)', [])
    const deliveries: Delivery[] = []
    const queue = Array.from({ length: kills }, (_, index) => index).values()
    const playLane = async (): Promise<void> => {
      let next = startReceiver(site)
      for (const index of queue) {
        const receiver = await next
        next = startReceiver(site)
        deliveries.push(...(await killDuring(receiver, isolations[index % isolations.length] as string)))
      }
      await kill(await next)
    }
    await Promise.all(Array.from({ length: lanes }, playLane))
    const { committed, breaches } = await compare(site)
    await sleep(leaseMs + 200)
    const responses = await redeliver(site, deliveries)
    const duplicates = responses.filter((response) => response === '200 duplicate').length
    const handled = responses.filter((response) => response === '200 ok').length
    if (duplicates !== committed || handled !== responses.length - committed) {
      breaches.push(
        `of ${responses.length} deliveries, ${committed} were committed: ${[...new Set(responses)].join(', ')}`,
      )
    }
    const after = await compare(site)
    if (after.committed !== responses.length) breaches.push(`${after.committed} are committed in the end`)
    breaches.push(...after.breaches)
    const interrupted = deliveries.flatMap(({ response }, index) =>
      response === 'disconnected' ? [responses[index]] : [],
    )
    return {
      what: `kill -9 in a transaction, ${names[dialect]}`,
      kills,
      interrupted: interrupted.length,
      committed: interrupted.filter((response) => response === '200 duplicate').length,
      breaches,
    }
  } finally {
    await site.close()
  }
}

function startReceiver({ dialect, target, node }: CrashSite): Promise<ReceiverProcess> {
  return startTransactionServer(node, dialect, target, `${leaseMs}ms`)
}

function mintPath(isolation: string): string {
  const minter = createMinter({ keys: key, baseUrl: 'http://localhost/hooks', expiresIn: '1h' })
  return new URL(minter.mintSync({ command: '/run', maxUses: 1, content: { isolation } })).pathname
}

function deliver({ port }: ReceiverProcess, path: string): Promise<string> {
  const headers = { 'content-type': 'text/plain' }
  return sendToPort(port)({ method: 'POST', path, body: 'x', headers }).then(summarize, () => 'disconnected')
}

/** Kills a receiver during several deliveries. */
async function killDuring(receiver: ReceiverProcess, isolation: string): Promise<Delivery[]> {
  const paths = Array.from({ length: perKill }, () => mintPath(isolation))
  const send = async (path = ''): Promise<Delivery> => ({ path, response: await deliver(receiver, path) })
  // The first request of a process is slow; the second tells how long the others may take on this machine.
  const first = await send(paths[0])
  const begin = performance.now()
  const second = await send(paths[1])
  const takesMs = performance.now() - begin
  const others = paths.slice(2).map(send)
  await sleep(Math.random() * takesMs * 2)
  await kill(receiver)
  return [first, second, ...(await Promise.all(others))]
}

async function kill({ child }: ReceiverProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Compares the committed uses with the work, as they are at one point in time. */
async function compare({ execute }: CrashSite): Promise<{ committed: number; breaches: string[] }> {
  const { rows } = parseSqlResult(
    await execute(
      'SELECT id, record, (SELECT count(*) FROM work WHERE work.id = hookurl_uses.id) AS done FROM hookurl_uses ' +
        "UNION ALL SELECT id, 'none', 1 FROM work WHERE id NOT IN (SELECT id FROM hookurl_uses)",
      [],
    ),
  )
  const breaches: string[] = []
  let committed = 0
  for (const { id, record, done } of rows) {
    const isCommitted = /"[^"]+","[cd]",/.test(String(record))
    if (isCommitted) committed++
    if (Number(done) !== (isCommitted ? 1 : 0)) breaches.push(`${id}: the work is done ${done} times, record ${record}`)
  }
  return { committed, breaches }
}

/** Delivers everything once more, and returns the responses. */
async function redeliver(site: CrashSite, deliveries: readonly Delivery[]): Promise<string[]> {
  const receiver = await startReceiver(site)
  const responses: string[] = []
  const queue = deliveries.entries()
  const work = async (): Promise<void> => {
    for (const [index, { path }] of queue) {
      let response = await deliver(receiver, path)
      for (let tries = 1; response.startsWith('50') && tries < 20; tries++) {
        await sleep(50)
        response = await deliver(receiver, path)
      }
      responses[index] = response
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  await kill(receiver)
  return responses
}
