import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { type RedisServer, startRedis } from '../../packages/verify/test/support/redis.ts'
import { type FaultProxy, startFaultProxy, type WireFault } from './fault-proxy.ts'

/** A Redis server behind a proxy. */
export interface Site {
  server: RedisServer
  readonly proxy: FaultProxy
  /** Sends the server a command past the proxy, on a connection that is there already. */
  command(...words: string[]): Promise<unknown>
  /** Starts a server with the data of the one before, which has ended. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Something that goes wrong, and then right again. */
export interface Fault {
  readonly name: string
  /** How long it goes on, in milliseconds; a lease is 3 seconds. */
  readonly ms: number
  /** A store is as good as ever under it, only slower. */
  readonly isHarmless?: true
  /** It needs a server of its own. */
  readonly ownServer?: true
  begin(site: Site): unknown
  end(site: Site): unknown
}

export const leaseMs = 3000
const shortMs = 700
const longMs = 4000

function once(name: string, fault: 'reset' | 'cut'): Fault {
  return { name, ms: 0, begin: ({ proxy }) => proxy.disturbNext(fault), end: () => {} }
}

function lasting(name: string, fault: WireFault, ms: number = shortMs): Fault {
  return { name, ms, begin: ({ proxy }) => proxy.disturb(fault), end: ({ proxy }) => proxy.stop() }
}

function setting(name: string, word: string, [bad, good]: readonly [string, string]): Fault {
  const set = (value: string) => (site: Site) => site.command('CONFIG', 'SET', word, value)
  return { name, ms: shortMs, ownServer: true, begin: set(bad), end: set(good) }
}

function slow(name: string, pauseMs: number): Fault {
  const begin = ({ command }: Site): Promise<unknown> => command('CLIENT', 'PAUSE', String(pauseMs), 'ALL')
  return { name, ms: pauseMs, ownServer: true, begin, end: () => {} }
}

/** What happens on the way to Redis and back. */
export const wireFaults: readonly Fault[] = [
  once('reset before the request', 'reset'),
  once('cut before the reply', 'cut'),
  lasting('requests stall', 'stall'),
  lasting('replies stall', 'mute'),
  lasting('every request is reset', 'reset'),
  lasting('every reply is cut', 'cut'),
  lasting('no connection', 'refuse'),
  lasting('replies trickle', 'trickle'),
  { ...lasting('replies come 50 ms late', 'late'), isHarmless: true },
  lasting('requests stall beyond the lease', 'stall', longMs),
  lasting('no connection beyond the lease', 'refuse', longMs),
]

/** What happens to Redis itself. */
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
  { ...slow('slow, 100 ms', 100), isHarmless: true },
  slow('slow, 900 ms', 900),
]

/** A server of its own, whose data outlives it. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-chaos-'))
  const start = (): Promise<RedisServer> =>
    startRedis('--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction')
  const server = await start()
  const admin = createClient({ url: server.url }).on('error', () => {})
  await admin.connect()
  const site: Site = {
    server,
    proxy: await startFaultProxy(server.port),
    command: (...words) => admin.sendCommand(words),
    restart: async () => {
      site.server = await start()
      site.proxy.pointTo(site.server.port)
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

/** A way of its own to a server that others use too. */
export async function openWay(server: RedisServer): Promise<Site> {
  const proxy = await startFaultProxy(server.port)
  const untouched = (): Promise<never> => Promise.reject(new Error('a shared server stays as it is'))
  return { server, proxy, command: untouched, restart: untouched, close: async () => proxy.close() }
}
