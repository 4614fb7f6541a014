import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, redisAbsence, startRedis } from '../../packages/verify/test/support/redis.ts'
import { wireFaults } from './faults.ts'
import { findBreaches } from './find-breaches.ts'
import { clientNames, createScenarios, playAll } from './scenario.ts'

// `npm run test:chaos` plays the other faults, including those of Redis itself.
const names = ['reset before the request', 'cut before the reply', 'requests stall']

describe.skipIf(redisAbsence !== undefined)(redisAbsence ?? 'a faulty connection to Redis', () => {
  let shared: RedisServer

  beforeAll(async () => {
    shared = await startRedis()
  })
  afterAll(() => shared.stop())

  for (const fault of wireFaults.filter(({ name }) => names.includes(name))) {
    test.concurrent(`with the fault "${fault.name}", every request gets a response in time and runs as its mode guarantees`, async () => {
      const scenarios = createScenarios([fault])
      const outcomes = await playAll(scenarios, { shared, atOnce: scenarios.length })
      expect(outcomes.map(({ scenario }) => scenario.client)).toEqual(expect.arrayContaining([...clientNames]))
      const breaches = outcomes.flatMap((outcome) => {
        const { client, mode, call } = outcome.scenario
        return findBreaches(outcome).map((breach) => `${client}, ${mode}, ${call}: ${breach}`)
      })
      expect(breaches).toEqual([])
    }, 60_000)
  }
})
