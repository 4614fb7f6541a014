// Sends hooks to a running fleet, such as that of compose.yaml, and prints the results.
import { redisUrl } from '../queue.ts'
import { runLoad } from './load.ts'
import { findViolations, tally } from './tally.ts'

const { HOOKURL_KEYS: keys = '', ORIGIN: origin = 'http://localhost:8080', SECONDS: seconds = '30' } = process.env
const result = tally(
  await runLoad({ keys, origin, redisUrl, seconds: Number(seconds), rate: 100, random: Math.random }),
)
console.table(Object.fromEntries(result))
const violations = findViolations(result)
console.log(violations.join('\n') || 'every accepted hook was done exactly once')
process.exitCode = violations.length === 0 ? 0 : 1
