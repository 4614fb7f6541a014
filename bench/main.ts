// Side-by-side benchmarks: `npm run bench [-- --quick] [name …]`. Both sides of a ratio are measured in turn in one run.
import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { benchmarks } from './benchmarks.ts'
import { compile } from './compile.ts'
import { describeMachine, type Results, readResults, writeResults } from './results.ts'
import type { Row } from './row.ts'
import { renderTable } from './table.ts'

const names = Object.keys(benchmarks)
const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(', ')}. Available: ${names.join(', ')}`)
  process.exit(2)
}

const program = await compile()
const measured: Results = {}
for (const name of names) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  const rows = await runBenchmark(name)
  const quick = values.quick === true
  measured[name] = { date: new Date().toISOString().slice(0, 10), quick, machine: describeMachine(), rows }
  // Saved after each benchmark, so that a later failure loses nothing.
  writeResults({ ...readResults(), [name]: measured[name] }, names)
}
console.log(renderTable(Object.values(measured).flatMap(({ rows }) => rows)))

/** Runs a benchmark in its own process, against the built packages. */
function runBenchmark(name: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    let rows: readonly Row[] | undefined
    const child = fork(program, [name, ...(values.quick === true ? ['--quick'] : [])], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.once('message', (message) => {
      rows = message as readonly Row[]
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (rows !== undefined && code === 0) resolve(rows)
      else reject(new Error(`the benchmark ${name} ended without a result`))
    })
  })
}
