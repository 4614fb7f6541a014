import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { explainAbsence, findProgram } from '../../../../tools/setup/programs.js'

/** A Redis server for one test. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Sends one command over a new connection. */
  send(...words: string[]): Promise<unknown>
  /** Suspends the process; its connections stay open. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const executable = findProgram('redis-server')

/** The reason Redis is not installed; `undefined` if it is. */
export const redisAbsence: string | undefined = executable === undefined ? explainAbsence('redis-server') : undefined

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server on a free port without persistence; `settings` are command-line arguments. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  if (executable === undefined) throw new Error(redisAbsence)
  // Another process may take a port, or that of the cluster bus, before the server does.
  for (let attempt = 1; attempt < 5; attempt++) {
    const server = await tryToStart(executable, settings)
    if (server !== undefined) return server
  }
  throw new Error('redis-server did not start')
}

async function tryToStart(program: string, settings: readonly string[]): Promise<RedisServer | undefined> {
  const port = await findFreePort()
  const folder = mkdtempSync(join(tmpdir(), 'hookurl-redis-'))
  const quiet = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--dir', folder]
  const child = spawn(program, ['--port', String(port), ...quiet, ...settings], { stdio: 'ignore' })
  running.add(child)
  const ended = once(child, 'exit').then(() => {
    running.delete(child)
    rmSync(folder, { recursive: true, force: true })
  })
  const isOpen = await Promise.race([waitUntilOpen(port), ended.then(() => false)])
  if (!isOpen) {
    child.kill('SIGKILL')
    return undefined
  }
  const url = `redis://127.0.0.1:${port}`
  return {
    port,
    url,
    send: async (...words) => {
      const client = await createClient({ url })
        .on('error', () => {})
        .connect()
      try {
        return await client.sendCommand(words)
      } finally {
        client.destroy()
      }
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Starts a cluster of three masters. */
export async function startCluster(): Promise<RedisServer[]> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis(...settings)))
  const [first] = nodes as [RedisServer, RedisServer, RedisServer]
  await Promise.all(
    nodes.map(async (node, index) => {
      const slots = Array.from({ length: 16_384 }, (_, slot) => slot).filter((slot) => slot % 3 === index)
      await node.send('CLUSTER', 'ADDSLOTS', ...slots.map(String))
      await node.send('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    }),
  )
  for (const node of nodes) await node.send('CLUSTER', 'MEET', '127.0.0.1', String(first.port))
  for (const node of nodes) {
    while (!String(await node.send('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(50)
    while (!String(await node.send('CLUSTER', 'INFO')).includes('cluster_known_nodes:3')) await sleep(50)
  }
  return nodes
}

// The cluster bus uses the port plus 10,000, which must also be a valid port.
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    server.close()
    if (isFree) return port
  }
}

async function waitUntilOpen(port: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return true
    await sleep(25)
  }
  return false
}
