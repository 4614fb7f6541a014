// Keeps the generated parts of the documentation in step with the source: fails on drift, and with --write mends it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeCommands, writeExitCodes, writeKeySources } from './docs/cli.ts'
import { writeErrorSections, writeErrorTable } from './docs/errors.ts'
import { writeTokenExample } from './docs/example.ts'
import { type Generator, rewrite } from './docs/markers.ts'
import { listPages } from './docs/pages.ts'
import { writeTranscript } from './docs/transcript.ts'
import { root } from './setup/io.js'

const generators: Readonly<Record<string, Generator>> = {
  'error-table': writeErrorTable,
  'error-sections': writeErrorSections,
  'token-example': writeTokenExample,
  'cli-transcript': writeTranscript,
  'cli-commands': writeCommands,
  'cli-exit-codes': writeExitCodes,
  'cli-key-sources': writeKeySources,
}

const mends = process.argv.includes('--write')
let parts = 0
for (const page of listPages()) {
  const file = join(root, page)
  const text = readFileSync(file, 'utf8')
  const { text: fresh, count, problems } = await rewrite(text, generators)
  parts += count
  const isStale = fresh !== text
  if (isStale && mends) writeFileSync(file, fresh)
  if (isStale) console.error(mends ? `${page}: rewritten` : `${page} is out of step with the source: npm run docs`)
  for (const problem of problems) console.error(`${page}: ${problem}`)
  if (problems.length > 0 || (isStale && !mends)) process.exitCode = 1
}
console.log(`${parts} generated parts in ${listPages().length} pages`)
