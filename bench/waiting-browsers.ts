// What browsers that wait for one single-use URL cost the requests for other URLs. `npm run test:limits` uses it too.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter, generateKey } from '@hookurl/core'
import type { UseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { redisUseStore } from '@hookurl/verify/redis'
import { createClient } from 'redis'
import { startRedis } from '../packages/verify/test/support/redis.ts'
import { median } from './median.ts'

/** The 99th percentile of the response time of single-use URLs, in milliseconds. */
export interface Latencies {
  /** While no browser waits for another URL. */
  readonly alone: number
  readonly crowded: number
  /** How many times as long the response takes while browsers wait: the median of all rounds. */
  readonly ratio: number
}

interface LatencyOptions {
  /** How many browsers wait for a URL that is being processed. */
  readonly waiting: number
  /** How many single-use URLs are called. */
  readonly requests: number
}

/** How many browsers wait for one URL. */
export const waiters = 300
/** How many requests for other URLs are in flight at a time. */
export const inFlight = 64
const WARM_UP = 10 * inFlight

const keys = generateKey()
const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'content-type': 'text/plain' }

/** Measures the response times on Redis with and without waiting browsers in turn, round after round. */
export async function compareLatencies({ rounds, requests }: { rounds: number; requests: number }): Promise<Latencies> {
  const redis = await startRedis()
  const client = await createClient({ url: redis.url }).connect()
  try {
    const store = redisUseStore(client)
    await measureLatency(store, { waiting: 0, requests })
    const measured: { alone: number; crowded: number }[] = []
    for (let round = 0; round < rounds; round++) {
      measured.push({
        alone: await measureLatency(store, { waiting: 0, requests }),
        crowded: await measureLatency(store, { waiting: waiters, requests }),
      })
    }
    return {
      alone: median(measured.map(({ alone }) => alone)),
      crowded: median(measured.map(({ crowded }) => crowded)),
      ratio: median(measured.map(({ alone, crowded }) => crowded / alone)),
    }
  } finally {
    client.destroy()
    await redis.stop()
  }
}

async function measureLatency(store: UseStore, { waiting, requests }: LatencyOptions): Promise<number> {
  const slow = createGate()
  const handlers = { '/slow': () => slow.opened, '/fast': () => {} }
  const server = createServer(hookurl({ keys, uses: store, handlers, onError: () => {} }) as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const post = async (url: string, init: RequestInit): Promise<void> => {
    const response = await fetch(origin + new URL(url).pathname, { method: 'POST', ...init })
    await response.text()
  }
  try {
    const waiters = await startWaiters(post, waiting)
    // Opens the connections.
    await sendFastRequests(post, WARM_UP)
    const times = await sendFastRequests(post, requests)
    slow.open()
    await waiters.stop()
    return times.sort((one, other) => one - other)[Math.floor(requests * 0.99)] ?? Number.NaN
  } finally {
    slow.open()
    server.close()
    server.closeAllConnections()
  }
}

type Post = (url: string, init: RequestInit) => Promise<void>

// The first request holds the only use of the URL; the others retry after the `Retry-After` of their responses.
async function startWaiters(post: Post, count: number): Promise<{ stop(): Promise<void> }> {
  const url = minter.mintSync({ command: '/slow', maxUses: 1 })
  const call = (body: string): Promise<void> => post(url, { headers: browser, body }).catch(() => {})
  const first = call('first')
  await sleep(100)
  let isWaiting = true
  const retry = async (name: string): Promise<void> => {
    while (isWaiting) {
      await call(name)
      await sleep(2000)
    }
  }
  const all = Array.from({ length: count }, (_, index) => retry(`${index}`))
  return {
    stop: async () => {
      isWaiting = false
      await Promise.all([first, ...all])
    },
  }
}

async function sendFastRequests(post: Post, count: number): Promise<number[]> {
  const times: number[] = []
  let sent = 0
  const send = async (): Promise<void> => {
    while (sent++ < count) {
      const url = minter.mintSync({ command: '/fast', maxUses: 1 })
      const begin = performance.now()
      await post(url, { body: 'x' })
      times.push(performance.now() - begin)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, send))
  return times
}

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
