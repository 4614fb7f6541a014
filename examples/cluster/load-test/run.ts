// Runs all processes on this machine, under load and kills: `npm run cluster:redis` or
// `npm run cluster:postgres`, with `-- --seconds 20 --rate 100 --seed 1`.
import { parseArgs } from 'node:util'
import { runCluster } from './cluster.ts'
import { createRandom } from './random.ts'
import { findViolations, tally } from './tally.ts'
import type { VariantName } from './variants.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const seed = Number(values.seed)
console.log(`${values.seconds} s at ${values.rate} hooks per second, seed ${seed} …`)
const variant: VariantName = positionals[0] === 'postgres' ? 'postgres' : 'redis'
const hasWorkers = variant === 'redis'
const result = await runCluster({
  variant,
  seconds: Number(values.seconds),
  rate: Number(values.rate),
  receivers: 3,
  workers: 3,
  killEveryMs: 1000,
  kills: hasWorkers ? ['receiver', 'worker', 'worker', 'receiver', 'database'] : ['receiver', 'receiver', 'database'],
  random: createRandom(seed),
})
const tallies = tally(result)
console.table(Object.fromEntries(tallies))
const { kills, takenOver, alreadyCredited } = result
const killedWorkers = hasWorkers ? `, ${kills.worker} workers` : ''
console.log(`killed: ${kills.receiver} receivers${killedWorkers}, ${variant} ${kills.database} times`)
if (hasWorkers)
  console.log(
    `taken over from a killed worker: ${takenOver} jobs; ${alreadyCredited} of them were already done, and were not done again`,
  )
const violations = findViolations(tallies)
console.log(violations.join('\n') || 'every accepted hook was done exactly once')
process.exitCode = violations.length === 0 ? 0 : 1
