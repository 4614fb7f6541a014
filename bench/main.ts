// Side-by-side benchmarks: `npm run bench [-- --quick] [name …]`. Every ratio is of two things measured in turn in one run.
import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { benchmarks } from './benchmarks.ts'
import { compile } from './compile.ts'
import { describeMachine, type Results, readResults, writeResults } from './results.ts'
import type { Row } from './row.ts'
import { renderTable } from './table.ts'

const known = Object.keys(benchmarks)
const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}`)
  process.exit(2)
}

const one = await compile()
const measured: Results = {}
for (const name of known) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  const rows = await runApart(name)
  const quick = values.quick === true
  measured[name] = { date: new Date().toISOString().slice(0, 10), quick, machine: describeMachine(), rows }
  // After each one, so that what was measured stays when a later one fails.
  writeResults({ ...readResults(), [name]: measured[name] }, known)
}
console.log(renderTable(Object.values(measured).flatMap(({ rows }) => rows)))

/** Each in a process of its own, which sees what is published: the built packages. */
function runApart(name: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    let rows: readonly Row[] | undefined
    const child = fork(one, [name, ...(values.quick === true ? ['--quick'] : [])], {
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
