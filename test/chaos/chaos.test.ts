import { afterAll, describe, expect, test } from 'vitest'
import { chaosClients } from './chaos-clients.ts'
import { findBreaches } from './find-breaches.ts'
import { createScenarios, playAll } from './scenario.ts'

// `npm run test:chaos` plays the other faults, including those of the servers themselves.
const names = {
  Redis: ['reset before the request', 'cut before the reply', 'requests stall'],
  SQL: ['cut before the reply', 'cut before the second reply', 'requests stall'],
}

for (const client of chaosClients.filter(({ name }) => name !== 'node:sqlite')) {
  const { name, absence, faults, hasTransactions } = client
  describe.skipIf(absence !== undefined)(absence ?? `a faulty connection through ${name}`, () => {
    afterAll(() => client.stop())

    for (const fault of faults.filter((each) => names[hasTransactions ? 'SQL' : 'Redis'].includes(each.name))) {
      test.concurrent(`with the fault "${fault.name}", every request gets a response in time and runs as its mode guarantees`, async () => {
        const scenarios = createScenarios(client, [fault])
        const outcomes = await playAll(scenarios, scenarios.length)
        const breaches = outcomes.flatMap((outcome) => {
          const { mode, call } = outcome.scenario
          return findBreaches(outcome).map((breach) => `${mode}, ${call}: ${breach}`)
        })
        expect(breaches).toEqual([])
      }, 60_000)
    }
  })
}
