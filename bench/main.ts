// Side-by-side benchmarks: `npm run bench [-- --quick --runs N] [name …]`. Both sides of a ratio are measured in turn in
// one run. Exits with 1 if a target is missed or a benchmark fails, and with 2 for invalid arguments.
import { fork } from 'node:child_process'
import { benchmarks } from './benchmarks.ts'
import { combineRuns } from './combine-runs.ts'
import { compile } from './compile.ts'
import { getOutcome } from './format-row.ts'
import { type BenchArguments, parseArguments } from './parse-arguments.ts'
import { describeMachine, readResults, writeResults } from './results.ts'
import type { MeasuredRow, Row } from './row.ts'
import { renderSummary, renderTable } from './table.ts'

const available = Object.keys(benchmarks)
const { names, runs, isQuick } = readArguments()
const program = await compile()
const measured: MeasuredRow[] = []
const failed: string[] = []
for (const name of names) {
  try {
    const rows = combineRuns(await runRepeatedly(name))
    const date = new Date().toISOString().slice(0, 10)
    // Saved after each benchmark, so that a later failure loses nothing.
    writeResults({ ...readResults(), [name]: { date, quick: isQuick, machine: describeMachine(), rows } }, available)
    console.log(`${renderTable(rows)}\n`)
    measured.push(...rows)
  } catch (error) {
    console.error(error)
    failed.push(name)
  }
}
console.log(renderSummary(measured))
if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}`)
const hasMissed = measured.some((row) => getOutcome(row) === 'missed')
process.exitCode = hasMissed || failed.length > 0 ? 1 : 0

function readArguments(): BenchArguments {
  try {
    return parseArguments(process.argv.slice(2), available)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

async function runRepeatedly(name: string): Promise<readonly (readonly Row[])[]> {
  const results: (readonly Row[])[] = []
  for (let run = 1; run <= runs; run++) {
    const begin = performance.now()
    process.stderr.write(`${name}, run ${run} of ${runs} …`)
    results.push(await runBenchmark(name))
    process.stderr.write(` ${((performance.now() - begin) / 1000).toFixed(0)} s\n`)
  }
  return results
}

/** Runs a benchmark in its own process, against the built packages. */
function runBenchmark(name: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    let rows: readonly Row[] | undefined
    const child = fork(program, [name, ...(isQuick ? ['--quick'] : [])], {
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
