import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendToPort, type TestResponse } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import { key } from '../support/fixtures.ts'
import { type RedisServer, redisAbsence, startRedis } from '../support/redis.ts'
import { type ReceiverProcess, startUseServer } from '../support/start-script.ts'
import type { RunInstructions } from '../support/use-server.ts'
import { createTempFolder } from '../support/use-stores.ts'

const folder = createTempFolder()
const processes: ReceiverProcess[] = []
let redis: RedisServer | undefined
let logs = 0

beforeAll(async () => {
  redis = redisAbsence === undefined ? await startRedis() : undefined
  processes.push(...(await Promise.all([1, 2, 3, 4].map(startProcess))))
}, 60_000)

afterAll(async () => {
  for (const { child } of processes) child.kill('SIGKILL')
  await redis?.stop()
  folder.remove()
})

describeProcesses('lmdb', undefined)
describeProcesses('redis', redisAbsence)

/** Several receiver processes that share one store. */
function describeProcesses(store: string, absence: string | undefined): void {
  describe.skipIf(absence !== undefined)(absence === undefined ? `four processes with ${store}` : absence, () => {
    test('200 concurrent POSTs to a single-use URL run once, and a retry of the one that ran is a duplicate', async () => {
      const { log, path } = mintRun(store, 'at-least-once', { ms: 300 })
      const bodies = Array.from({ length: 200 }, (_, index) => `{"n":${index}}`)
      const responses = await Promise.all(bodies.map((body, index) => postUntilStoreResponds(index, path, body)))
      const counts = countSummaries(responses)
      console.log(`200 POSTs to 4 processes with ${store}: ${JSON.stringify(counts)}, runs: ${readRuns(log).length}`)
      expect(readRuns(log)).toHaveLength(1)
      expect(counts['200 ok']).toBe(1)
      expect((counts['503 in_progress'] ?? 0) + (counts['410 already_used'] ?? 0)).toBe(199)
      const winner = bodies[responses.findIndex(({ status }) => status === 200)] ?? ''
      expect(summarize(await post(1, path, winner))).toBe('200 duplicate')
      expect(readRuns(log)).toHaveLength(1)
    })

    test('a retry of a handled delivery is a duplicate in every process', async () => {
      const { log, path } = mintRun(store, 'at-least-once')
      expect(summarize(await post(0, path, '{"a":1}'))).toBe('200 ok')
      for (const index of [0, 1, 2, 3]) expect(summarize(await post(index, path, '{"a":1}'))).toBe('200 duplicate')
      expect(summarize(await post(2, path, '{"a":2}'))).toBe('410 already_used')
      expect(readRuns(log)).toHaveLength(1)
    })

    test('with at-least-once, a process killed in the handler leads to a second run after the lease', async () => {
      const { log, path } = mintRun(store, 'at-least-once', { dies: true })
      await expect(post(0, path, 'x')).rejects.toThrow()
      const replacement = startProcess()
      expect(summarize(await post(2, path, 'x'))).toBe('503 in_progress')
      await sleep(1100)
      expect(summarize(await post(2, path, 'x', { 'x-last': '1' }))).toBe('200 ok')
      expect(summarize(await post(3, path, 'x'))).toBe('200 duplicate')
      processes.splice(0, 1, await replacement)
      expect(summarize(await post(0, path, 'x'))).toBe('200 duplicate')
      expect(readRuns(log)).toHaveLength(2)
    })

    test('with at-most-once, a process killed in the handler leads to no second run', async () => {
      const { log, path } = mintRun(store, 'at-most-once', { dies: true })
      await expect(post(1, path, 'x')).rejects.toThrow()
      const replacement = startProcess()
      await sleep(1100)
      for (const index of [2, 3]) expect(summarize(await post(index, path, 'x'))).toBe('410 already_used')
      processes.splice(1, 1, await replacement)
      expect(summarize(await post(1, path, 'x'))).toBe('410 already_used')
      expect(readRuns(log)).toHaveLength(1)
    })

    test('a handler that runs longer than the lease is not run twice', async () => {
      const { log, path } = mintRun(store, 'at-least-once', { ms: 3000 })
      const first = post(0, path, 'x')
      for (let index = 0; index < 5; index++) {
        await sleep(280)
        expect(summarize(await post(index, path, 'x'))).toBe('503 in_progress')
      }
      expect(summarize(await first)).toBe('200 ok')
      expect(summarize(await post(1, path, 'x'))).toBe('200 duplicate')
      expect(readRuns(log)).toHaveLength(1)
    })
  })
}

function mintRun(
  store: string,
  mode: string,
  instructions: Omit<RunInstructions, 'log'> = {},
): { log: string; path: string } {
  const log = join(folder.path, `runs-${logs++}`)
  const minter = createMinter({ keys: key, baseUrl: `http://localhost/${store}/${mode}`, expiresIn: '1h' })
  const url = new URL(minter.mintSync({ command: '/run', maxUses: 1, content: { log, ...instructions } }))
  return { log, path: url.pathname }
}

async function post(
  index: number,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const { port } = processes[index % processes.length] as ReceiverProcess
  return sendToPort(port)({ method: 'POST', path, body, headers: { 'content-type': 'text/plain', ...headers } })
}

// On a busy machine the store may not respond in time; a client then sends the request again.
async function postUntilStoreResponds(index: number, path: string, body: string): Promise<TestResponse> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const response = await post(index, path, body)
    if (summarize(response) !== '503 store_unavailable') return response
  }
  throw new Error('the store did not respond to 20 requests')
}

function countSummaries(responses: readonly TestResponse[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const summary of responses.map(summarize)) counts[summary] = (counts[summary] ?? 0) + 1
  return counts
}

function readRuns(log: string): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
}

function startProcess(): Promise<ReceiverProcess> {
  return startUseServer({ lmdb: join(folder.path, 'uses'), ...(redis !== undefined && { redis: redis.url }) })
}
