// `npm run test:chaos [-- --rounds 20]`: use stores under every fault. Exits with 1 on a breach.
import { parseArgs } from 'node:util'
import { redisAbsence, startRedis } from '../../packages/verify/test/support/redis.ts'
import { serverFaults, wireFaults } from './faults.ts'
import { findBreaches } from './find-breaches.ts'
import { playRounds, type Rounds } from './processes.ts'
import { clientNames, createScenarios, type Outcome, playAll } from './scenario.ts'
import { printOutcomes, printRounds } from './table.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } })
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('--rounds must be an integer of at least 1')
  process.exit(2)
}
if (redisAbsence !== undefined) {
  console.error(redisAbsence)
  process.exit(1)
}

const atOnce = 6
const begin = performance.now()
const redis = await startRedis()
const outcomes: Outcome[] = []
const allRounds: Rounds[] = []
try {
  const scenarios = createScenarios([...wireFaults, ...serverFaults])
  console.log(`${scenarios.length} scenarios: each call of a store, under each fault, through each client …`)
  // Warm-up: a new process is slow, and some limits are half a second.
  await playAll(scenarios.slice(0, atOnce), { shared: redis, atOnce })
  outcomes.push(...(await playAll(scenarios, { shared: redis, atOnce })))
  for (const store of ['lmdb', 'redis'] as const) {
    console.log(`${rounds} rounds of four processes on ${store} …`)
    allRounds.push(...(await playRounds(store, redis, rounds)))
  }
} finally {
  await redis.stop()
}
printOutcomes(outcomes, clientNames)
printRounds(allRounds)
const breaches = [
  ...outcomes.flatMap((outcome) => findBreaches(outcome).map((breach) => `${nameOf(outcome)}: ${breach}`)),
  ...allRounds.flatMap(({ what, breaches }) => breaches.map((breach) => `${what}: ${breach}`)),
]
for (const breach of breaches) console.log(`BREACH: ${breach}`)
const seconds = ((performance.now() - begin) / 1000).toFixed(0)
console.log(
  `${outcomes.length} scenarios, ${allRounds.length} × ${rounds} rounds, ${breaches.length} breaches, ${seconds} s`,
)
process.exitCode = breaches.length === 0 ? 0 : 1

function nameOf({ scenario: { client, mode, call, fault } }: Outcome): string {
  return `${client}, ${mode}, ${call}, ${fault.name}`
}
