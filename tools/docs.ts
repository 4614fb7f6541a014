// Checks that the generated parts of the documentation are in sync with the source; --write updates them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeBenchChart } from '../bench/report-chart.ts'
import { writeBenchTables, writeScalingTable } from '../bench/report-page.ts'
import { generateApiPages } from './docs/api.ts'
import { generateCommands, generateExitCodes, generateKeySources } from './docs/cli.ts'
import { generateErrorSections, generateErrorTable } from './docs/errors.ts'
import { generateTokenExample } from './docs/example.ts'
import { generateLlms } from './docs/llms.ts'
import { type Generator, rewrite } from './docs/markers.ts'
import { listPages } from './docs/pages.ts'
import { generateTranscript } from './docs/transcript.ts'
import { root } from './setup/io.js'

const generators: Readonly<Record<string, Generator>> = {
  'error-table': generateErrorTable,
  'error-sections': generateErrorSections,
  'token-example': generateTokenExample,
  'cli-transcript': generateTranscript,
  'bench-tables': writeBenchTables,
  'bench-scaling': writeScalingTable,
  'cli-commands': generateCommands,
  'cli-exit-codes': generateExitCodes,
  'cli-key-sources': generateKeySources,
}

const write = process.argv.includes('--write')
const generated = new Map([
  ...generateApiPages(),
  ['docs/images/benchmarks.svg', `${writeBenchChart()}\n`],
  ['llms.txt', generateLlms()],
])
const pages = listPages().filter((page) => !page.startsWith('docs/api/'))
let parts = 0
for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8')
  const { text: fresh, count, problems } = await rewrite(text, generators)
  parts += count
  update(page, { text, fresh })
  for (const problem of problems) console.error(`${page}: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
for (const [name, fresh] of generated) {
  const file = join(root, name)
  update(name, { text: existsSync(file) ? readFileSync(file, 'utf8') : '', fresh })
}
for (const page of listPages().filter((page) => page.startsWith('docs/api/') && !generated.has(page))) {
  console.error(`${page} describes a module that no package exports: delete it`)
  process.exitCode = 1
}
console.log(`${parts} generated parts in ${pages.length} pages, ${generated.size} generated files`)

function update(name: string, { text, fresh }: { text: string; fresh: string }): void {
  if (fresh === text) return
  if (write) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), fresh)
  } else process.exitCode = 1
  console.error(write ? `${name}: rewritten` : `${name} is out of sync with the source: npm run docs`)
}
