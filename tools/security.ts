// `npm run test:security`: every suite that attacks, then what takes longer than a test may, and a table of it all.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { chooseSeed, fuzz, tellVerdicts } from '../conformance/hostile/fuzz/fuzz.ts'
import { corpora, readCorpus } from '../conformance/hostile/read.ts'
import { root } from './setup/io.js'
import { type Summary, summaryFile } from './vitest-reporter.ts'

const suites: readonly string[] = [
  'conformance/hostile',
  'test/security',
  'packages/core/test/edits',
  'packages/core/test/properties',
  'packages/core/test/redirect',
  'packages/core/test/redact',
  'packages/verify/test/hostile-bodies',
  'packages/verify/test/raw-sockets',
  'packages/verify/test/own-pages',
  'packages/verify/test/pages',
  'tools/layers',
]
const source: readonly string[] = ['--conditions=@hookurl/source', '--import', 'tsx']
const count = 100_000

interface Row {
  readonly what: string
  readonly figure: string
  readonly ok: boolean
}

const rows: Row[] = [...runSuites(), ...countRows(), await runFuzz(), runLinear(), runLayers()]
const width = Math.max(...rows.map(({ what }) => what.length))
console.log('')
for (const { what, figure, ok } of rows) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${what.padEnd(width)}  ${figure}`)
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1

function runSuites(): Row[] {
  rmSync(summaryFile, { force: true })
  const reporters = ['--reporter=default', '--reporter=./tools/vitest-reporter.ts']
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...suites]
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    maxBuffer: 2 ** 28,
  })
  process.stdout.write(stdout)
  const { passed, failed, skipped } = readSummary()
  for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason ?? 'without a reason'})`)
  const edits = [...stdout.matchAll(/(\w+), \d+ characters: (\d+) edits refused/g)]
  const total = edits.reduce((sum, [, , refused]) => sum + Number(refused), 0)
  const forms = edits.map(([, form, refused]) => `${form} ${refused}`).join(', ')
  const figure = `${passed} passed, ${failed} failed, ${skipped.length} skipped`
  return [
    { what: 'tests of the suites that attack', figure, ok: status === 0 && passed > 0 },
    { what: 'edits of one character refused', figure: `${total} (${forms})`, ok: edits.length >= 3 },
  ]
}

function readSummary(): Summary {
  try {
    return JSON.parse(readFileSync(summaryFile, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: [] }
  }
}

function countRows(): Row[] {
  const least = { tokens: 250, redirects: 300, bodies: 60 }
  return corpora.map((name) => {
    const { length } = readCorpus(name)
    return { what: `rows of hostile ${name}`, figure: `${length}`, ok: length >= least[name] }
  })
}

async function runFuzz(): Promise<Row> {
  const seed = chooseSeed(process.env.HOOKURL_SEED)
  console.log(`\n${count} mutated tokens, seed ${seed}`)
  const what = 'mutated tokens against the reference'
  try {
    const agreement = await fuzz({ count, seed })
    console.log(tellVerdicts(agreement))
    return { what, figure: `${count}, 0 disagreements, seed ${seed}`, ok: true }
  } catch (error) {
    console.error(error)
    return { what, figure: `a disagreement, seed ${seed}: npm run fuzz -- --count ${count} --seed ${seed}`, ok: false }
  }
}

function runLinear(): Row {
  console.log('\ntime at twice the length')
  const ok = node(...source, 'test/security/linear/main.ts')
  return { what: 'time at twice the length, at most 2.5 ×', figure: 'the worst of each function stands above', ok }
}

function runLayers(): Row {
  console.log('')
  const ok = node(...source, 'tools/layers.ts')
  return { what: 'comparisons of signatures and secrets', figure: 'one function, one place', ok }
}

function node(...args: readonly string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}
