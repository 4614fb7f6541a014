// `npm run test:chaos [-- --rounds 20 --kills 1000] [client …]`: use stores under every fault. Exits with 1 on a breach.
import { parseArgs } from 'node:util'
import { chaosClients } from './chaos-clients.ts'
import { type Crashes, playCrashes } from './crashes.ts'
import { findBreaches } from './find-breaches.ts'
import { openStores, playRounds, type Rounds } from './processes.ts'
import { createScenarios, type Outcome, playAll } from './scenario.ts'
import { printCrashes, printOutcomes, printRounds } from './table.ts'

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, kills: { type: 'string', default: '1000' } },
  allowPositionals: true,
})
const [rounds, kills] = [Number(values.rounds), Number(values.kills)]
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(kills) || kills < 1) {
  console.error('--rounds and --kills must be integers of at least 1')
  process.exit(2)
}
const named = chaosClients.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (named.length < Math.max(positionals.length, 1)) {
  console.error(`Unknown client. Available: ${chaosClients.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const missing = named.flatMap(({ absence }) => absence ?? [])
if (missing.length > 0) {
  console.error(missing.join('\n'))
  process.exit(1)
}

const atOnce = 6
const begin = performance.now()
const outcomes: Outcome[] = []
const allRounds: Rounds[] = []
const crashes: Crashes[] = []
for (const client of named) {
  const scenarios = createScenarios(client)
  console.log(`${scenarios.length} scenarios through ${client.name}: each call of a store, under each fault …`)
  try {
    // Warm-up: a new process is slow, and some limits are half a second.
    await playAll(scenarios.slice(0, atOnce), atOnce)
    outcomes.push(...(await playAll(scenarios, atOnce)))
  } finally {
    await client.stop()
  }
}
if (positionals.length === 0) {
  const stores = await openStores()
  try {
    for (const store of ['lmdb', 'redis', 'postgres', 'mysql', 'sqlite'] as const) {
      console.log(`${rounds} rounds of four processes on ${store} …`)
      allRounds.push(...(await playRounds(store, stores, rounds)))
    }
  } finally {
    await stores.close()
  }
  for (const dialect of ['postgres', 'mysql', 'sqlite'] as const) {
    console.log(`${kills} receivers killed in transactions on ${dialect} …`)
    crashes.push(await playCrashes(dialect, kills))
  }
}
for (const { name } of named) {
  printOutcomes(
    outcomes.filter(({ scenario }) => scenario.client.name === name),
    [name],
  )
}
printRounds(allRounds)
printCrashes(crashes)
const breaches = [
  ...outcomes.flatMap((outcome) => findBreaches(outcome).map((breach) => `${nameOf(outcome)}: ${breach}`)),
  ...[...allRounds, ...crashes].flatMap(({ what, breaches }) => breaches.map((breach) => `${what}: ${breach}`)),
]
for (const breach of breaches) console.log(`BREACH: ${breach}`)
const seconds = ((performance.now() - begin) / 1000).toFixed(0)
console.log(
  `${outcomes.length} scenarios, ${allRounds.length} × ${rounds} rounds, ${crashes.length} × ${kills} kills in ` +
    `transactions, ${breaches.length} breaches, ${seconds} s`,
)
// A connection to a server that was killed may keep the process alive.
process.exit(breaches.length === 0 ? 0 : 1)

function nameOf({ scenario: { client, mode, call, fault } }: Outcome): string {
  return `${client.name}, ${mode}, ${call}, ${fault.name}`
}
