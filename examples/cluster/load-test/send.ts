// Sends hooks to a running fleet, such as that of a Compose file, and prints the results.
import { runLoad } from './load.ts'
import { findViolations, tally } from './tally.ts'
import { variants } from './variants.ts'

const { HOOKURL_KEYS: keys = '', ORIGIN: origin = 'http://localhost:8080', SECONDS: seconds = '30' } = process.env
const { severalUses, variable, readLedger } =
  process.env.DATABASE_URL === undefined ? variants.redis : variants.postgres
const result = tally(
  await runLoad({
    keys,
    origin,
    severalUses,
    seconds: Number(seconds),
    rate: 100,
    random: Math.random,
    readLedger: () => readLedger(process.env[variable] ?? 'redis://127.0.0.1:6379'),
  }),
)
console.table(Object.fromEntries(result))
const violations = findViolations(result)
console.log(violations.join('\n') || 'every accepted hook was done exactly once')
process.exitCode = violations.length === 0 ? 0 : 1
