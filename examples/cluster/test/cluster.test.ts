import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { explainAbsence, findProgram } from '../../../tools/setup/programs.js'
import { recordCheck } from '../../support/record-check.ts'
import { type ClusterResult, runCluster } from '../load-test/cluster.ts'
import type { Kind } from '../load-test/plan.ts'
import { createRandom } from '../load-test/random.ts'
import { findViolations, type Tally, tally } from '../load-test/tally.ts'

const seed = Date.now() % 1_000_000
const missing = (['nginx', 'redis-server'] as const).find((name) => findProgram(name) === undefined)
let result: ClusterResult
let all: Tally

beforeEach((context) => (missing === undefined ? undefined : context.skip(explainAbsence(missing))))

beforeAll(async () => {
  if (missing !== undefined) return
  vi.stubEnv('HOOKURL_NGINX', findProgram('nginx'))
  vi.stubEnv('HOOKURL_REDIS_SERVER', findProgram('redis-server'))
  console.log(`cluster: seed ${seed}`)
  result = await runCluster({
    seconds: 3,
    rate: 40,
    receivers: 2,
    workers: 2,
    killEveryMs: 600,
    kills: ['worker', 'receiver', 'redis', 'worker'],
    random: createRandom(seed),
  })
  all = tally(result).get('all') as Tally
}, 90_000)

afterAll(() => {
  if (missing !== undefined) return
  const { receiver, worker, redis } = result.kills
  recordCheck(
    'cluster',
    `${all.accepted} accepted, ${all.done} done, ${all.duplicated} duplicated, ${all.lost} lost; ` +
      `killed: receivers ${receiver} ×, workers ${worker} ×, Redis ${redis} ×`,
  )
})

test('no guarantee is violated although receivers, workers and Redis are killed', () => {
  expect(findViolations(tally(result))).toEqual([])
})

test('every accepted hook is done', () => {
  expect(all.accepted).toBeGreaterThan(20)
  expect(all.done).toBe(all.accepted)
})

test('receivers, workers and Redis are killed at least once each', () => {
  for (const kills of Object.values(result.kills)) expect(kills).toBeGreaterThan(0)
})

test('a duplicate of an accepted hook is accepted', () => {
  expect(getOutcomes('one use, sent twice')).toEqual(new Set(['accepted,accepted,accepted']))
})

test('a hook for one use is accepted from one of two callers', () => {
  for (const outcomes of getOutcomes('one use, two callers'))
    expect(['accepted,rejected,accepted', 'rejected,accepted,accepted']).toContain(outcomes)
})

test('the logs of nginx, the receivers and the workers contain no URL', () => {
  expect(result.logs).toMatch(/ POST 200 /)
  expect(result.logs).not.toContain('/hooks/')
  const signatures = result.calls.map(({ planned }) => planned.url.slice(-43))
  expect(signatures.filter((signature) => result.logs.includes(signature))).toEqual([])
})

test('no process keeps running', async () => {
  await expect(fetch(new URL('/', result.calls[0]?.planned.url))).rejects.toThrow('fetch failed')
})

/** Returns the outcomes of the deliveries of each call of a kind. */
function getOutcomes(kind: Kind): Set<string> {
  const calls = result.calls.filter(({ planned }) => planned.kind === kind)
  expect(calls.length).toBeGreaterThan(0)
  return new Set(calls.map(({ deliveries }) => deliveries.map(({ outcome }) => outcome).join()))
}
