// Keeps the generated parts of the documentation in step with the source: fails on drift, and with --write mends it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBenchChart } from '../bench/report-chart.ts'
import { writeBenchTables, writeShortfalls } from '../bench/report-page.ts'
import { writeCoreReference, writeVerifyReference } from './docs/api.ts'
import { writeCommands, writeExitCodes, writeKeySources } from './docs/cli.ts'
import { writeErrorSections, writeErrorTable } from './docs/errors.ts'
import { writeTokenExample } from './docs/example.ts'
import { type Generator, rewrite } from './docs/markers.ts'
import { listPages } from './docs/pages.ts'
import { writeTranscript } from './docs/transcript.ts'
import { root } from './setup/io.js'

const generators: Readonly<Record<string, Generator>> = {
  'api-core': writeCoreReference,
  'api-verify': writeVerifyReference,
  'error-table': writeErrorTable,
  'error-sections': writeErrorSections,
  'token-example': writeTokenExample,
  'cli-transcript': writeTranscript,
  'bench-tables': writeBenchTables,
  'bench-short': writeShortfalls,
  'cli-commands': writeCommands,
  'cli-exit-codes': writeExitCodes,
  'cli-key-sources': writeKeySources,
}

// What is generated whole.
const files: Readonly<Record<string, Generator>> = {
  'docs/images/benchmarks.svg': writeBenchChart,
}

const mends = process.argv.includes('--write')
let parts = 0
for (const page of listPages()) {
  const text = readFileSync(join(root, page), 'utf8')
  const { text: fresh, count, problems } = await rewrite(text, generators)
  parts += count
  settle(page, { text, fresh })
  for (const problem of problems) console.error(`${page}: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
for (const [name, generate] of Object.entries(files)) {
  const file = join(root, name)
  settle(name, { text: existsSync(file) ? readFileSync(file, 'utf8') : '', fresh: `${await generate()}\n` })
}
console.log(`${parts} generated parts in ${listPages().length} pages, ${Object.keys(files).length} whole files`)

function settle(name: string, { text, fresh }: { text: string; fresh: string }): void {
  if (fresh === text) return
  if (mends) writeFileSync(join(root, name), fresh)
  else process.exitCode = 1
  console.error(mends ? `${name}: rewritten` : `${name} is out of step with the source: npm run docs`)
}
