import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { explainAbsence, findProgram } from '../../../tools/setup/programs.js'
import { recordCheck } from '../../support/record-check.ts'
import { type ClusterOptions, type ClusterResult, type KillTarget, runCluster } from '../load-test/cluster.ts'
import type { Kind } from '../load-test/plan.ts'
import { createRandom } from '../load-test/random.ts'
import { findViolations, type Tally, tally } from '../load-test/tally.ts'

type Setup = Pick<ClusterOptions, 'variant' | 'seconds' | 'workers' | 'kills'> & {
  readonly server: 'redis-server' | 'postgres'
}

const setups: readonly Setup[] = [
  {
    variant: 'redis',
    server: 'redis-server',
    seconds: 3,
    workers: 2,
    kills: ['worker', 'receiver', 'database', 'worker'],
  },
  { variant: 'postgres', server: 'postgres', seconds: 2.5, workers: 0, kills: ['receiver', 'database', 'receiver'] },
]

describe.each(setups)('on $variant', ({ server, ...setup }) => {
  const seed = Date.now() % 1_000_000
  const missing = (['nginx', server] as const).find((name) => findProgram(name) === undefined)
  const targets: readonly KillTarget[] = [...new Set(setup.kills)]
  let result: ClusterResult
  let all: Tally

  beforeEach((context) => (missing === undefined ? undefined : context.skip(explainAbsence(missing))))

  beforeAll(async () => {
    if (missing !== undefined) return
    vi.stubEnv('HOOKURL_NGINX', findProgram('nginx'))
    vi.stubEnv('HOOKURL_REDIS_SERVER', findProgram('redis-server'))
    vi.stubEnv('HOOKURL_POSTGRES', findProgram('postgres'))
    console.log(`cluster on ${setup.variant}: seed ${seed}`)
    result = await runCluster({ ...setup, rate: 40, receivers: 2, killEveryMs: 600, random: createRandom(seed) })
    all = tally(result).get('all') as Tally
  }, 90_000)

  afterAll(() => {
    vi.unstubAllEnvs()
    if (missing !== undefined) return
    const kills = targets.map((target) => `${target} ${result.kills[target]} ×`).join(', ')
    recordCheck(
      'cluster',
      `${setup.variant}: ${all.accepted} accepted, ${all.done} done, ${all.duplicated} duplicated, ` +
        `${all.lost} lost; killed: ${kills}`,
    )
  })

  test('no guarantee is violated although processes and the database are killed', () => {
    expect(findViolations(tally(result))).toEqual([])
  })

  test('every accepted hook is done', () => {
    expect(all.accepted).toBeGreaterThan(20)
    expect(all.done).toBe(all.accepted)
  })

  test.each(targets)('a %s is killed at least once', (target) => {
    expect(result.kills[target]).toBeGreaterThan(0)
  })

  test('a duplicate of an accepted hook is accepted', () => {
    expect(getOutcomes('one use, sent twice')).toEqual(new Set(['accepted,accepted,accepted']))
  })

  test('a hook for one use is accepted from one of two callers', () => {
    for (const outcomes of getOutcomes('one use, two callers'))
      expect(['accepted,rejected,accepted', 'rejected,accepted,accepted']).toContain(outcomes)
  })

  test('the logs contain no URL', () => {
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
})
