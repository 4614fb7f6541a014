import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { type RedisServer, startRedis } from '../../packages/verify/test/support/redis.ts'
import { type FaultProxy, startFaultProxy, type WireFault } from './fault-proxy.ts'

/** A Redis server behind a proxy. */
export interface RedisSite {
  server: RedisServer
  readonly proxy: FaultProxy
  /** Sends a command to the server without the proxy, on an open connection. */
  command(...words: string[]): Promise<unknown>
  /** Starts a server again with the data of the one that exited. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** A temporary fault of a site. */
export interface Fault<S = RedisSite> {
  readonly name: string
  /** How long it lasts, in milliseconds; a lease is 3 seconds. */
  readonly ms: number
  /** The store works as usual, only slower. */
  readonly onlySlows?: true
  /** It may have no effect. */
  readonly mayPass?: true
  /** It needs a separate server. */
  readonly ownServer?: true
  begin(site: S): unknown
  end(site: S): unknown
}

/** What faults of a connection need. */
interface Wire {
  readonly proxy: FaultProxy
}

export const leaseMs = 3000
export const shortMs = 700
export const longMs = 4000

/** Breaks the next request, or the one after it. */
export function once(name: string, fault: 'reset' | 'cut', skipped: 0 | 1 = 0): Fault<Wire> {
  return { name, ms: 0, begin: ({ proxy }) => proxy.breakNext(fault, skipped), end: () => {} }
}

function lasting(name: string, fault: WireFault, ms: number = shortMs): Fault<Wire> {
  return { name, ms, begin: ({ proxy }) => proxy.startFault(fault), end: ({ proxy }) => proxy.stopFault() }
}

function setting(name: string, word: string, [faulty, normal]: readonly [string, string]): Fault {
  const set = (value: string) => (site: RedisSite) => site.command('CONFIG', 'SET', word, value)
  return { name, ms: shortMs, ownServer: true, begin: set(faulty), end: set(normal) }
}

function slow(name: string, pauseMs: number): Fault {
  const begin = ({ command }: RedisSite): Promise<unknown> => command('CLIENT', 'PAUSE', String(pauseMs), 'ALL')
  return { name, ms: pauseMs, ownServer: true, begin, end: () => {} }
}

/** Faults of the connection to a store. */
export const wireFaults: readonly Fault<Wire>[] = [
  once('reset before the request', 'reset'),
  once('cut before the reply', 'cut'),
  lasting('requests stall', 'stall'),
  lasting('replies stall', 'mute'),
  lasting('every request is reset', 'reset'),
  lasting('every reply is cut', 'cut'),
  lasting('no connection', 'disconnect'),
  lasting('replies trickle', 'trickle'),
  { ...lasting('replies come 50 ms late', 'late'), onlySlows: true },
  lasting('requests stall beyond the lease', 'stall', longMs),
  lasting('no connection beyond the lease', 'disconnect', longMs),
]

/** Faults of Redis itself. */
export const serverFaults: readonly Fault[] = [
  {
    name: 'stopped, SIGSTOP',
    ms: shortMs,
    ownServer: true,
    begin: (site) => site.server.pause(),
    end: (site) => site.server.resume(),
  },
  {
    name: 'killed, restarted',
    ms: shortMs,
    ownServer: true,
    begin: (site) => site.server.stop(),
    end: (site) => site.restart(),
  },
  setting('read-only', 'min-replicas-to-write', ['1', '0']),
  setting('out of memory', 'maxmemory', ['1', '0']),
  { ...slow('slow, 100 ms', 100), onlySlows: true },
  slow('slow, 900 ms', 900),
]

/** Starts a separate server that persists its data. */
export async function openSite(): Promise<RedisSite> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-chaos-'))
  const start = (): Promise<RedisServer> =>
    startRedis('--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction')
  const server = await start()
  const admin = createClient({ url: server.url }).on('error', () => {})
  await admin.connect()
  const site: RedisSite = {
    server,
    proxy: await startFaultProxy(server.port),
    command: (...words) => admin.sendCommand(words),
    restart: async () => {
      site.server = await start()
      site.proxy.connectTo(site.server.port)
    },
    close: async () => {
      site.proxy.close()
      admin.destroy()
      await site.server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return site
}

/** Starts a separate proxy to a shared server. */
export async function openSharedSite(server: RedisServer): Promise<RedisSite> {
  const proxy = await startFaultProxy(server.port)
  const rejectCommand = (): Promise<never> => Promise.reject(new Error('a shared server must not be changed'))
  return { server, proxy, command: rejectCommand, restart: rejectCommand, close: async () => proxy.close() }
}
