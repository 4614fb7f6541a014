import { createWaiter, redisWaitStore, type Waiter } from '@hookurl/verify/wait'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { sendToPort, type TestResponse } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import { catchError, key, toPath } from '../support/fixtures.ts'
import { type RedisServer, redisAbsence, startRedis } from '../support/redis.ts'
import { type ReceiverProcess, runWaitScript, startWaitServer } from '../support/start-script.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

describe('a script', () => {
  test('runs until the wait that it awaits is settled', async () => {
    expect((await runWaitScript('await')).output).toBe('expired')
  })

  test('ends without waiting for what it does not await', async () => {
    for (const signal of ['', 'abort']) {
      const { output, ms } = await runWaitScript('await nothing', signal)
      expect(output).toBe('opened')
      // The waits are open for a minute.
      expect(ms).toBeLessThan(30_000)
    }
  })
})

describe.skipIf(redisAbsence !== undefined)(redisAbsence ?? 'several processes with Redis', () => {
  let redis: RedisServer
  let client: { destroy(): void }
  let waiter: Waiter
  const processes: ReceiverProcess[] = []

  beforeAll(async () => {
    redis = await startRedis()
    const connected = await createClient({ url: redis.url })
      .on('error', () => {})
      .connect()
    client = connected
    const waits = redisWaitStore(connected)
    waiter = createWaiter({ keys: key, baseUrl: 'http://localhost/waits', waits, pollInterval: '50ms' })
  }, 60_000)
  afterEach(() => {
    for (const { child } of processes.splice(0)) child.kill('SIGKILL')
  })
  afterAll(async () => {
    client.destroy()
    await redis.stop()
  })

  async function start(task: string): Promise<(url: string, body: string) => Promise<TestResponse>> {
    const started = await startWaitServer(task, redis.url)
    processes.push(started)
    const headers = { 'content-type': 'text/plain' }
    return (url, body) => sendToPort(started.port)({ method: 'POST', path: toPath(url), body, headers })
  }

  test('one process receives what another one is called with', async () => {
    const send = await start('serve')
    const { url, received } = await waiter.open({ command: '/onResult' })
    const waiting = received.then(({ payload }) => payload)
    expect(summarize(await send(url, 'from afar'))).toBe('200 ok')
    expect(await waiting).toBe('from afar')
  })

  test('a call is not lost if its process is killed before it responds', async () => {
    const [dying, other] = [await start('serve and die'), await start('serve')]
    const { url, id, received } = await waiter.open({ command: '/onResult' })
    await expect(dying(url, 'stored')).rejects.toThrow()
    expect((await waiter.resume(id)).payload).toBe('stored')
    expect((await received).payload).toBe('stored')
    expect(summarize(await other(url, 'stored'))).toBe('200 duplicate')
    expect(summarize(await other(url, 'another'))).toBe('410 already_used')
  })

  test('a paused server delays a call until its retry, and received until it resumes', async () => {
    const send = await start('serve')
    const { url, received } = await waiter.open({ command: '/onResult' })
    const waiting = received.then(({ payload }) => payload)
    redis.pause()
    expect(summarize(await send(url, 'later'))).toBe('503 store_unavailable')
    expect((await catchError(() => waiter.open({ command: '/onResult' }))).code).toBe('store_unavailable')
    redis.resume()
    await vi.waitFor(async () => expect(summarize(await send(url, 'later'))).toMatch(/^200 /), { timeout: 20_000 })
    expect(await waiting).toBe('later')
  })
})
