// Lets 300 browsers wait for one URL that is being processed, and measures what it costs the requests for other URLs.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMinter, generateKey } from '@hookurl/core'
import type { UseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/node'
import { redisUseStore } from '@hookurl/verify/redis'
import { createClient } from 'redis'
import { startRedis } from '../../packages/verify/test/support/redis.ts'

const waiters = 300
const requests = 2000
const keys = generateKey()
const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'content-type': 'text/plain' }

/** The 99th percentile of the response time of single-use URLs, in milliseconds, while so many browsers wait for another. */
export async function measureLatency(store: UseStore, waiting: number): Promise<number> {
  let endSlow = (): void => {}
  const slow = new Promise<void>((resolve) => (endSlow = resolve))
  const handlers = { '/slow': () => slow, '/fast': () => {} }
  const server = createServer(hookurl({ keys, uses: store, handlers, onError: () => {} }) as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const post = (url: string, init: RequestInit): Promise<Response> =>
    fetch(origin + new URL(url).pathname, { method: 'POST', ...init })

  const slowUrl = minter.mintSync({ command: '/slow', maxUses: 1 })
  const pending = [post(slowUrl, { headers: browser, body: 'first' }).catch(() => undefined)]
  await new Promise((resolve) => setTimeout(resolve, 100))
  let isMeasuring = true
  // Each of them retries after the `Retry-After` of its response.
  const retry = async (name: string): Promise<undefined> => {
    while (isMeasuring) {
      const response = await post(slowUrl, { headers: browser, body: name }).catch(() => undefined)
      await response?.text()
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
  }
  for (let index = 0; index < waiting; index++) pending.push(retry(`${index}`))

  const times: number[] = []
  for (let index = 0; index < requests; index++) {
    const url = minter.mintSync({ command: '/fast', maxUses: 1 })
    const begin = performance.now()
    const response = await post(url, { body: 'x' })
    await response.text()
    times.push(performance.now() - begin)
  }
  isMeasuring = false
  endSlow()
  await Promise.all(pending)
  server.close()
  server.closeAllConnections()
  return times.sort((a, b) => a - b)[Math.floor(requests * 0.99)] ?? Number.NaN
}

/** Compares the response times with and without waiting browsers. Returns whether the ratio is within its limit. */
export async function compareWaiting(): Promise<boolean> {
  const redis = await startRedis()
  const client = await createClient({ url: redis.url }).connect()
  try {
    const store = redisUseStore(client)
    await measureLatency(store, 0)
    const [alone, crowded] = [await measureLatency(store, 0), await measureLatency(store, waiters)]
    const ratio = crowded / alone
    console.log(
      `${waiters} browsers wait for one URL: p99 of the others ${crowded.toFixed(1)} ms, without them ${alone.toFixed(1)} ms, ` +
        `${ratio.toFixed(2)} × ${ratio <= 1.5 ? 'ok' : 'MISSED'}`,
    )
    return ratio <= 1.5
  } finally {
    client.destroy()
    await redis.stop()
  }
}
