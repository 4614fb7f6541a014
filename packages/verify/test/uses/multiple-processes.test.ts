import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestResponse, sendToPort } from '../support/clients.ts'
import { key } from '../support/fixtures.ts'
import { type RedisServer, redisAbsence, startRedis } from '../support/redis.ts'
import { createTempFolder } from '../support/use-stores.ts'
import type { RunInstructions } from '../support/use-server.ts'
import { summarize } from '../support/counting-receiver.ts'

interface Server {
  readonly port: number
  readonly child: ChildProcess
}

const script = fileURLToPath(new URL('support/use-server.ts', import.meta.url))
const folder = createTempFolder()
const servers: Server[] = []
let redis: RedisServer | undefined
let logs = 0

beforeAll(async () => {
  redis = redisAbsence === undefined ? await startRedis() : undefined
  servers.push(...(await Promise.all([1, 2, 3, 4].map(start))))
}, 60_000)

afterAll(async () => {
  for (const { child } of servers) child.kill('SIGKILL')
  await redis?.stop()
  folder.remove()
})

describeProcesses('lmdb', undefined)
describeProcesses('redis', redisAbsence)

/** What several receiver processes on one store come to. */
function describeProcesses(store: string, absence: string | undefined): void {
  describe.skipIf(absence !== undefined)(absence === undefined ? `four processes on ${store}` : absence, () => {
    test('200 parallel POSTs to one single-use URL are one run; the same delivery afterwards is a repeat', async () => {
      const { log, path } = order(store, 'at-least-once', { ms: 300 })
      const bodies = Array.from({ length: 200 }, (_, index) => `{"n":${index}}`)
      const responses = await Promise.all(bodies.map((body, index) => post(index, path, body)))
      const codes = tally(responses)
      console.log(`200 POSTs to 4 processes on ${store}: ${JSON.stringify(codes)}, runs: ${runs(log).length}`)
      expect(runs(log)).toHaveLength(1)
      expect(codes['200 ok']).toBe(1)
      expect((codes['503 busy'] ?? 0) + (codes['410 spent'] ?? 0)).toBe(199)
      const winner = bodies[responses.findIndex(({ status }) => status === 200)] ?? ''
      expect(summarize(await post(1, path, winner))).toBe('200 repeated')
      expect(runs(log)).toHaveLength(1)
    })

    test('a delivery that was carried out is a repeat in every process', async () => {
      const { log, path } = order(store, 'at-least-once')
      expect(summarize(await post(0, path, '{"a":1}'))).toBe('200 ok')
      for (const index of [0, 1, 2, 3]) expect(summarize(await post(index, path, '{"a":1}'))).toBe('200 repeated')
      expect(summarize(await post(2, path, '{"a":2}'))).toBe('410 spent')
      expect(runs(log)).toHaveLength(1)
    })

    test('killed in the handler: run again after the lease (at-least-once), or never (at-most-once)', async () => {
      const least = order(store, 'at-least-once', { dies: true })
      const most = order(store, 'at-most-once', { dies: true })
      await Promise.all([
        expect(post(0, least.path, 'x')).rejects.toThrow(),
        expect(post(1, most.path, 'x')).rejects.toThrow(),
      ])
      expect(summarize(await post(2, least.path, 'x'))).toBe('503 busy')
      const replaced = Promise.all([start(), start()])
      await sleep(1100)
      expect(summarize(await post(2, least.path, 'x', { 'x-last': '1' }))).toBe('200 ok')
      expect(summarize(await post(3, least.path, 'x'))).toBe('200 repeated')
      for (const index of [2, 3]) expect(summarize(await post(index, most.path, 'x'))).toBe('410 spent')
      servers.splice(0, 2, ...(await replaced))
      expect(summarize(await post(0, least.path, 'x'))).toBe('200 repeated')
      expect(summarize(await post(1, most.path, 'x'))).toBe('410 spent')
      expect([runs(least.log).length, runs(most.log).length]).toEqual([2, 1])
    })

    test('a handler longer than the lease is not run twice', async () => {
      const { log, path } = order(store, 'at-least-once', { ms: 1600 })
      const first = post(0, path, 'x')
      const others: string[] = []
      for (let times = 0; times < 5; times++) {
        await sleep(280)
        others.push(summarize(await post(times, path, 'x')))
      }
      expect(new Set(others)).toEqual(new Set(['503 busy']))
      expect(summarize(await first)).toBe('200 ok')
      expect(summarize(await post(1, path, 'x'))).toBe('200 repeated')
      expect(runs(log)).toHaveLength(1)
    })
  })
}

function order(store: string, mode: string, more: Omit<RunInstructions, 'log'> = {}): { log: string; path: string } {
  const log = join(folder.path, `runs-${logs++}`)
  const minter = createMinter({ keys: key, baseUrl: `http://localhost/${store}/${mode}`, expiresIn: '1h' })
  const url = new URL(minter.mintSync({ command: '/run', maxUses: 1, content: { log, ...more } }))
  return { log, path: url.pathname }
}

async function post(index: number, path: string, body: string, headers: Record<string, string> = {}): Promise<TestResponse> {
  const { port } = servers[index % servers.length] as Server
  return sendToPort(port)({ method: 'POST', path, body, headers: { 'content-type': 'text/plain', ...headers } })
}

function tally(responses: readonly TestResponse[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const words of responses.map(summarize)) counts[words] = (counts[words] ?? 0) + 1
  return counts
}

function runs(log: string): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
}

async function start(): Promise<Server> {
  const args = ['--conditions=@hookurl/source', '--import', 'tsx', script, join(folder.path, 'uses'), redis?.url ?? '']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)))
    child.once('exit', () => reject(new Error('a receiver process ended before it listened')))
  })
  return { port, child }
}
