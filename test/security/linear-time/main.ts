// `npm run test:linear`: twice the length takes at most 2.5 times as long, whatever the text.
import { measureAll, report } from './run.ts'

process.exitCode = report(await measureAll()).length === 0 ? 0 : 1
