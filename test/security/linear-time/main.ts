// `npm run test:linear`: the linear-time suite. Doubling the length of any input takes at most 2.5 times as long.
import { measureAll, report } from './run.ts'

process.exitCode = report(await measureAll()).length === 0 ? 0 : 1
