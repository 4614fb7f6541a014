// `npm run test:runtimes [-- --all] [name …]`: every vector, and a smoke test of the receiver, on everything that the
// packages are to run on, one after the other. With --all, what cannot be had here counts as a failure.
import { parseArgs } from 'node:util'
import { readVectors } from '../../conformance/read-vectors.ts'
import { checkRuntime, type Report, type Tally } from './check-runtime.ts'
import { chromium } from './chromium.ts'
import { nodes } from './nodes.ts'
import { runtimes } from './programs.ts'

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })
const places = [...nodes, ...runtimes, chromium]
const unknown = positionals.filter((name) => places.every((place) => place.name !== name))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. There are: ${places.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const vectors = readVectors()
const lines: string[] = []
for (const place of places) {
  if (positionals.length > 0 && !positionals.includes(place.name)) continue
  const absence = await place.findAbsence()
  if (absence !== undefined) {
    lines.push(`${place.name.padEnd(10)} skipped: ${absence}`)
    if (values.all) process.exitCode = 1
    continue
  }
  console.log(`${place.name} …`)
  try {
    const report = await checkRuntime(place, vectors)
    lines.push(toLine(place.name, report))
    for (const { name, message } of [...report.cases.failures, ...report.vectors.failures]) {
      console.log(`  ${name}: ${message}`)
      process.exitCode = 1
    }
  } catch (error) {
    lines.push(`${place.name.padEnd(10)} failed: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}

console.log(
  `\n${['runtime'.padEnd(10), 'version'.padEnd(16), 'vectors'.padStart(11), 'receiver'.padStart(10), 'time'.padStart(8)].join(' ')}`,
)
for (const line of lines) console.log(line)

function toLine(name: string, { version, vectors, cases, milliseconds }: Report): string {
  const time = `${(milliseconds / 1000).toFixed(1)} s`
  return [
    name.padEnd(10),
    version.padEnd(16),
    share(vectors).padStart(11),
    share(cases).padStart(10),
    time.padStart(8),
  ].join(' ')
}

function share({ passed, failures }: Tally): string {
  return `${passed} of ${passed + failures.length}`
}
