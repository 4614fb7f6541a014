// `npm run rotation [-- --urls 20000 --seed 1]`: rolls a key through a simulated fleet in the documented order, which
// loses no URL, and in orders that do. Ends with 1 where it comes out otherwise.
import { parseArgs } from 'node:util'
import { type Fleet, type Outcome, simulate } from './rotation/fleet.ts'
import { createPlans } from './rotation/plans.ts'

const { values } = parseArgs({
  options: { urls: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})
const urls = Number(values.urls)
const seed = Number(values.seed)
if (!Number.isSafeInteger(urls) || urls < 1000 || !Number.isSafeInteger(seed)) {
  console.error('--urls takes a number from 1000 on, --seed a whole number')
  process.exit(2)
}

const hour = 3600
const delays = { rollOut: 6 * hour, lifetime: 7 * 24 * hour }
const fleet: Fleet = { minters: 8, receivers: 24, urls, seed, ids: 'without ids', ...delays }

console.log(
  `${fleet.minters} minters and ${fleet.receivers} receivers; a change takes up to ${delays.rollOut / hour} hours to reach ` +
    `one; URLs live ${delays.lifetime / hour / 24} days; ${urls} of them, each called 3 times before it expires (seed ${seed})\n`,
)
console.log(`${'order'.padEnd(60)} ${'calls lost'.padStart(16)}   of URLs   when, in hours from the first change on`)
for (const plan of createPlans(delays)) {
  const outcome = simulate(plan, fleet)
  console.log(toLine(outcome))
  if (outcome.lost > 0 === plan.isDocumented) process.exitCode = 1
}

function toLine({ plan, calls, lost, lostUrls, codes, span }: Outcome): string {
  const when = span === undefined ? '' : `${span.map((seconds) => (seconds / hour).toFixed(1)).join(' to ')}: `
  const answers = Object.entries(codes).map(([code, count]) => `${code} ${count}`)
  return [
    plan.name.padEnd(60),
    `${lost} of ${calls}`.padStart(16),
    String(lostUrls).padStart(9),
    ` ${when}${answers.join(', ')}`,
  ]
    .join(' ')
    .trimEnd()
}
