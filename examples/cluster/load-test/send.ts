// Calls hooks through a fleet that runs already, such as that of compose.yaml, and tells what became of them.

import { redisUrl } from '../queue.ts'
import { runLoad } from './load.ts'
import { findViolations, tally } from './tally.ts'

const { HOOKURL_KEYS: keys = '', ORIGIN: origin = 'http://localhost:8080', SECONDS: seconds = '30' } = process.env
const result = tally(
  await runLoad({ keys, origin, redisUrl, seconds: Number(seconds), rate: 100, random: Math.random }),
)
console.table(Object.fromEntries(result))
const breaches = findViolations(result)
console.log(breaches.join('\n') || 'every accepted hook was done, once')
process.exitCode = breaches.length === 0 ? 0 : 1
