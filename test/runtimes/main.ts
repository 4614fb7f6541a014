// `npm run test:runtimes [-- --all] [name …]`: runs every vector and a smoke test of the receiver in every supported
// runtime, one after another. With --all, an unavailable runtime counts as a failure.
import { parseArgs } from 'node:util'
import { readVectors } from '../../conformance/read-vectors.ts'
import { checkRuntime, type Report, type Tally } from './check-runtime.ts'
import { chromium } from './chromium.ts'
import { nodes } from './nodes.ts'
import { runtimes as programs } from './programs.ts'

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })
const runtimes = [...nodes, ...programs, chromium]
const unknown = positionals.filter((name) => runtimes.every((runtime) => runtime.name !== name))
if (unknown.length > 0) {
  console.error(`Unknown runtime: ${unknown.join(', ')}. Available: ${runtimes.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const vectors = readVectors()
const lines: string[] = []
for (const runtime of runtimes) {
  if (positionals.length > 0 && !positionals.includes(runtime.name)) continue
  const skipReason = await runtime.getSkipReason()
  if (skipReason !== undefined) {
    lines.push(`${runtime.name.padEnd(10)} skipped: ${skipReason}`)
    if (values.all) process.exitCode = 1
    continue
  }
  console.log(`${runtime.name} …`)
  try {
    const report = await checkRuntime(runtime, vectors)
    lines.push(formatLine(runtime.name, report))
    for (const { name, message } of [...report.cases.failures, ...report.vectors.failures]) {
      console.log(`  ${name}: ${message}`)
      process.exitCode = 1
    }
  } catch (error) {
    lines.push(`${runtime.name.padEnd(10)} failed: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}

console.log(
  `\n${['runtime'.padEnd(10), 'version'.padEnd(16), 'vectors'.padStart(11), 'receiver'.padStart(10), 'time'.padStart(8)].join(' ')}`,
)
for (const line of lines) console.log(line)

function formatLine(name: string, { version, vectors, cases, milliseconds }: Report): string {
  const time = `${(milliseconds / 1000).toFixed(1)} s`
  return [
    name.padEnd(10),
    version.padEnd(16),
    formatTally(vectors).padStart(11),
    formatTally(cases).padStart(10),
    time.padStart(8),
  ].join(' ')
}

function formatTally({ passed, failures }: Tally): string {
  return `${passed} of ${passed + failures.length}`
}
