import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { sendToPort } from '../../packages/verify/test/support/clients.ts'
import { summarize } from '../../packages/verify/test/support/counting-receiver.ts'
import { key } from '../../packages/verify/test/support/fixtures.ts'
import type { RedisServer } from '../../packages/verify/test/support/redis.ts'
import type { RunInstructions } from '../../packages/verify/test/support/use-server.ts'
import { createTempFolder } from '../../packages/verify/test/support/use-stores.ts'

/** What rounds came to: what each of them is, and how often it was otherwise. */
export interface Rounds {
  readonly what: string
  readonly rounds: number
  readonly breaches: readonly string[]
}

interface Receiver {
  readonly port: number
  readonly child: ChildProcess
}

/** Four receivers in processes of their own, which share their stores. */
interface Fleet {
  post(index: number, path: string, body: string, last?: 'last'): Promise<string>
  /** A URL for one use, and how often it was run. */
  order(mode: string, more?: Omit<RunInstructions, 'log'>): { path: string; runs(): number }
  /** Waits for one to be dead, and starts another one in its place. */
  replace(index: number): Promise<void>
  close(): void
}

const script = fileURLToPath(new URL('../../packages/verify/test/support/use-server.ts', import.meta.url))
const size = 4
const callers = 200
const leaseMs = 1000

/** Claims from four processes at once, and processes killed in the handler, time and again. */
export async function playRounds(store: 'lmdb' | 'redis', redis: RedisServer, rounds: number): Promise<Rounds[]> {
  const name = store === 'lmdb' ? 'LMDB' : 'Redis'
  // Nobody dies in a race: a lease that a starved process could lose would only blur it.
  const racing = await openFleet(store, redis, '30s')
  const dying = await openFleet(store, redis, `${leaseMs}ms`)
  try {
    return [
      await repeat(`${callers} claims from ${size} processes, ${name}: one run`, rounds, () => race(racing)),
      await repeat(`kill -9 in the handler, at-least-once, ${name}: run again, once`, rounds, () => killLeast(dying)),
      await repeat(`kill -9 in the handler, at-most-once, ${name}: never again`, rounds, () => killMost(dying)),
    ]
  } finally {
    racing.close()
    dying.close()
  }
}

async function openFleet(store: string, redis: RedisServer, lease: string): Promise<Fleet> {
  const folder = createTempFolder()
  const open = (): Promise<Receiver> => start(join(folder.path, 'uses'), redis.url, lease)
  const receivers = await Promise.all(Array.from({ length: size }, open))
  let orders = 0
  return {
    post: (index, path, body, last) => {
      const { port } = receivers[index % size] as Receiver
      const headers = { 'content-type': 'text/plain', ...(last === undefined ? {} : { 'x-last': '1' }) }
      return sendToPort(port)({ method: 'POST', path, body, headers }).then(summarize, () => 'died')
    },
    order: (mode, more = {}) => {
      const log = join(folder.path, `runs-${orders++}`)
      const minter = createMinter({ keys: key, baseUrl: `http://localhost/${store}/${mode}`, expiresIn: '1h' })
      const { pathname } = new URL(minter.mintSync({ command: '/run', maxUses: 1, content: { log, ...more } }))
      const runs = (): number => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0)
      return { path: pathname, runs }
    },
    replace: async (index) => {
      const { child } = receivers[index] as Receiver
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

async function race({ post, order }: Fleet): Promise<string | undefined> {
  const { path, runs } = order('at-least-once', { ms: 200 })
  const answers = await Promise.all(Array.from({ length: callers }, (_, index) => post(index, path, `n=${index}`)))
  const good = answers.filter((answer) => answer === '200 ok')
  const others = new Set(answers.filter((answer) => answer !== '200 ok'))
  for (const refusal of ['503 busy', '410 spent', '503 store_unavailable']) others.delete(refusal)
  if (runs() === 1 && good.length === 1 && others.size === 0) return undefined
  return `${runs()} runs, ${good.length} × 200 ok, others: ${[...others].join(', ') || 'as they must be'}`
}

async function killLeast({ post, order, replace }: Fleet): Promise<string | undefined> {
  const { path, runs } = order('at-least-once', { dies: true })
  const died = await post(0, path, 'x')
  const held = await post(1, path, 'x')
  await Promise.all([replace(0), sleep(leaseMs + 100)])
  const replaced = await post(2, path, 'x', 'last')
  const again = await Promise.all([0, 1, 2, 3].map((index) => post(index, path, 'x')))
  const seen = [died, held, replaced, ...again].join(', ')
  const must = ['died', '503 busy', '200 ok', ...Array<string>(size).fill('200 repeated')].join(', ')
  return seen === must && runs() === 2 ? undefined : `${runs()} runs, answers: ${seen}`
}

async function killMost({ post, order, replace }: Fleet): Promise<string | undefined> {
  const { path, runs } = order('at-most-once', { dies: true })
  const died = await post(0, path, 'x')
  await Promise.all([replace(0), sleep(leaseMs + 100)])
  const again = await Promise.all([0, 1, 2, 3].map((index) => post(index, path, 'x')))
  const seen = [died, ...again].join(', ')
  const must = ['died', ...Array<string>(size).fill('410 spent')].join(', ')
  return seen === must && runs() === 1 ? undefined : `${runs()} runs, answers: ${seen}`
}

async function start(...words: readonly string[]): Promise<Receiver> {
  const args = ['--conditions=@hookurl/source', '--import', 'tsx', script, ...words]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)))
    child.once('exit', () => reject(new Error('a receiver process ended before it listened')))
  })
  return { port, child }
}
