// `npm run bench:rotation [-- --urls 20000 --seed 1]`: rotates a key in a simulated fleet, in the documented order, which loses
// no URL, and in wrong orders, which do. Exits with 1 on any other result.
import { parseArgs } from 'node:util'
import { type Fleet, type SimulationResult, simulate } from './rotation/fleet.ts'
import { createPlans } from './rotation/plans.ts'

const { values } = parseArgs({
  options: { urls: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})
const urls = Number(values.urls)
const seed = Number(values.seed)
if (!Number.isSafeInteger(urls) || urls < 1000 || !Number.isSafeInteger(seed)) {
  console.error('--urls must be an integer of at least 1000, --seed an integer')
  process.exit(2)
}

const hour = 3600
const delays = { rollOut: 6 * hour, lifetime: 7 * 24 * hour }
const fleet: Fleet = { minters: 8, receivers: 24, urls, seed, ids: 'without ids', ...delays }

console.log(
  `${fleet.minters} minters and ${fleet.receivers} receivers; a change takes up to ${delays.rollOut / hour} hours to reach ` +
    `each; URLs are valid for ${delays.lifetime / hour / 24} days; ${urls} of them, each called 3 times before it expires (seed ${seed})\n`,
)
console.log(`${'order'.padEnd(60)} ${'calls lost'.padStart(16)}      URLs   when, in hours after the first change`)
for (const plan of createPlans(delays)) {
  const result = simulate(plan, fleet)
  console.log(toLine(result))
  if (result.lost > 0 === plan.isDocumented) process.exitCode = 1
}

function toLine({ plan, calls, lost, lostUrls, codes, span }: SimulationResult): string {
  const when = span === undefined ? '' : `${span.map((seconds) => (seconds / hour).toFixed(1)).join(' to ')}: `
  const codeCounts = Object.entries(codes).map(([code, count]) => `${code} ${count}`)
  return [
    plan.name.padEnd(60),
    `${lost} of ${calls}`.padStart(16),
    String(lostUrls).padStart(9),
    ` ${when}${codeCounts.join(', ')}`,
  ]
    .join(' ')
    .trimEnd()
}
