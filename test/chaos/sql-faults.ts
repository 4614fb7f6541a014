import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type SqlServer, startMariadb, startPostgres } from '../../packages/verify/test/support/sql-servers.ts'
import { connectMysql2, connectNodeSqlite, connectPg } from '../../packages/verify/test/support/sql-stores.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type Fault, longMs, once, shortMs, wireFaults } from './faults.ts'

/** A SQL database, behind a proxy if it is a server. */
export interface SqlSite {
  /** The URL through the proxy, or the file of SQLite. */
  readonly url: string
  readonly proxy?: FaultProxy
  readonly server?: SqlServer
  /** Runs SQL without the proxy. */
  command(sql: string): Promise<unknown>
  /** Fills the disk, and empties it again. */
  fillDisk(): Promise<void>
  emptyDisk(): void
  close(): Promise<void>
}

export type SqlFault = Fault<SqlSite>

const onWire = ({ proxy }: SqlSite): { readonly proxy: FaultProxy } => {
  if (proxy === undefined) throw new Error('there is no connection')
  return { proxy }
}

/** Faults of the connection to a server. */
export const sqlWireFaults: readonly SqlFault[] = [
  ...wireFaults,
  { ...once('reset before the second statement', 'reset', 1) },
  { ...once('cut before the second reply', 'cut', 1) },
].map(({ begin, end, ...fault }) => ({
  ...fault,
  begin: (site) => begin(onWire(site)),
  end: (site) => end(onWire(site)),
}))

const stopped: SqlFault = {
  name: 'stopped, SIGSTOP',
  ms: shortMs,
  ownServer: true,
  begin: ({ server }) => server?.pause(),
  end: ({ server }) => server?.resume(),
}
const killed: SqlFault = {
  name: 'killed, restarted',
  ms: shortMs,
  ownServer: true,
  begin: ({ server }) => server?.kill(),
  end: ({ server }) => server?.restart(),
}
const fullDisk: SqlFault = {
  name: 'full disk',
  ms: shortMs,
  ownServer: true,
  // A database may have room in its files.
  mayPass: true,
  begin: (site) => site.fillDisk(),
  end: (site) => site.emptyDisk(),
}

function readOnly(sql: (value: string) => readonly string[], [on, off]: readonly [string, string]): SqlFault {
  const set =
    (value: string) =>
    async ({ command }: SqlSite): Promise<void> => {
      for (const statement of sql(value)) await command(statement)
    }
  return { name: 'read-only', ms: shortMs, ownServer: true, begin: set(on), end: set(off) }
}

export const postgresFaults: readonly SqlFault[] = [
  stopped,
  killed,
  fullDisk,
  readOnly(
    (value) => [`ALTER SYSTEM SET default_transaction_read_only = ${value}`, 'SELECT pg_reload_conf()'],
    ['on', 'off'],
  ),
]

export const mariadbFaults: readonly SqlFault[] = [
  stopped,
  killed,
  fullDisk,
  readOnly((value) => [`SET GLOBAL read_only = ${value}`], ['1', '0']),
]

const locked = (name: string, ms: number): SqlFault => ({
  name,
  ms,
  ownServer: true,
  begin: ({ command }) => command('BEGIN IMMEDIATE'),
  end: ({ command }) => command('ROLLBACK'),
})

export const sqliteFaults: readonly SqlFault[] = [
  locked('locked by another process', shortMs),
  locked('locked beyond the lease', longMs),
  fullDisk,
]

/** Starts a separate server, or opens a separate file. With a full disk as its fault, it has a small disk. */
export async function openSqlSite(kind: 'postgres' | 'mariadb' | 'sqlite', fault: SqlFault): Promise<SqlSite> {
  const disk = createDisk(fault === fullDisk ? { postgres: 128, mariadb: 192, sqlite: 1 }[kind] : undefined)
  if (kind === 'sqlite') {
    const file = join(disk.folder, 'uses.db')
    const { execute, close } = await connectNodeSqlite(file)
    await execute('PRAGMA journal_mode = WAL', [])
    return {
      url: file,
      command: async (sql) => execute(sql, []),
      fillDisk: disk.fill,
      emptyDisk: disk.empty,
      close: async () => {
        await close()
        disk.remove()
      },
    }
  }
  const server = await (kind === 'postgres' ? startPostgres : startMariadb)({ folder: disk.folder })
  const site = await openSharedSqlSite(kind, server)
  return {
    ...site,
    fillDisk: disk.fill,
    emptyDisk: disk.empty,
    close: async () => {
      await site.close()
      await server.kill()
      disk.remove()
    },
  }
}

/** Starts a separate proxy to a shared server. */
export async function openSharedSqlSite(kind: 'postgres' | 'mariadb', server: SqlServer): Promise<SqlSite> {
  const proxy = await startFaultProxy(server.port)
  const admin = kind === 'postgres' ? connectPg(server.adminUrl) : connectMysql2(server.adminUrl)
  const url = new URL(server.url)
  url.port = String(proxy.port)
  return {
    url: url.href,
    proxy,
    server,
    command: async (sql) => admin.execute(sql, []),
    fillDisk: async () => {},
    emptyDisk: () => {},
    close: async () => {
      proxy.close()
      await admin.close()
    },
  }
}

/** Whether this process may mount a small disk. */
export const canMount: boolean = process.getuid?.() === 0 && tryToMount()

function tryToMount(): boolean {
  try {
    createDisk(1).remove()
    return true
  } catch {
    return false
  }
}

interface Disk {
  readonly folder: string
  fill(): Promise<void>
  empty(): void
  remove(): void
}

function createDisk(megabytes: number | undefined): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-disk-'))
  if (megabytes !== undefined) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}M`, 'tmpfs', folder])
  chmodSync(folder, 0o777)
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: async () => {
      const { bavail, bsize } = statfsSync(folder)
      await promisify(execFile)('fallocate', ['-l', String(bavail * bsize), filler])
    },
    empty: () => rmSync(filler, { force: true }),
    remove: () => {
      if (megabytes !== undefined) execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
