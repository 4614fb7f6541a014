// `npm test`: every check in order, each with its time. All of them run, even when one fails; the last line counts.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { root } from './setup/io.js'
import { type Summary, summaryFile } from './vitest-reporter.ts'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

interface Step {
  readonly name: string
  readonly run: () => Tally
}

const source: readonly string[] = ['--conditions=@hookurl/source', '--import', 'tsx']

const steps: readonly Step[] = [
  { name: 'format and lint', run: () => check('node_modules/@biomejs/biome/bin/biome', 'ci', '.') },
  { name: 'types', run: () => check('node_modules/typescript/bin/tsc', '-b') },
  { name: 'layers', run: () => check(...source, 'tools/layers.ts') },
  { name: 'exports', run: () => check(...source, 'tools/exports.ts') },
  { name: 'docs in step', run: () => check(...source, 'tools/docs.ts') },
  { name: 'unit, conformance, integration and browser tests', run: runTests },
]

function check(...args: string[]): Tally {
  return node(args) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

function runTests(): Tally {
  rmSync(summaryFile, { force: true })
  const reporters = [
    '--reporter=default',
    '--reporter=./tools/vitest-reporter.ts',
    '--reporter=./tools/adapter-table.ts',
    '--reporter=./tools/examples-table.ts',
  ]
  const ok = node(['node_modules/vitest/vitest.mjs', 'run', ...reporters])
  if (!existsSync(summaryFile)) return complain('vitest ended without a result')
  const summary: Summary = JSON.parse(readFileSync(summaryFile, 'utf8'))
  const { passed, failed, skipped } = summary
  for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason ?? 'without a reason'})`)
  const silent = skipped.filter(({ reason }) => reason === undefined).length
  if (silent > 0) console.log(`${silent} skipped without a reason, which counts as failed: say it, ctx.skip('reason')`)
  if (passed === 0) return complain('vitest ran no test that passed', failed)
  // What vitest fails for besides tests, such as a set-up file, has no line of its own.
  const allFailed = failed + silent
  return { passed, failed: !ok && allFailed === 0 ? 1 : allFailed, skipped: skipped.length - silent }
}

function complain(message: string, failed: number = 0): Tally {
  console.log(message)
  return { passed: 0, failed: Math.max(failed, 1), skipped: 0 }
}

function node(args: readonly string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

const total: Tally = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []
const begin = performance.now()
for (const { name, run } of steps) {
  console.log(`\n── ${name} ──`)
  const stepBegin = performance.now()
  const tally = run()
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += tally[key]
  if (tally.failed > 0) failures.push(name)
  console.log(`${tally.failed === 0 ? 'ok' : 'FAILED'}: ${name}, ${inSeconds(performance.now() - stepBegin)}`)
}

console.log(`\n${steps.length} steps in ${inSeconds(performance.now() - begin)}`)
if (failures.length > 0) console.log(`failed: ${failures.join('; ')}`)
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed === 0 ? 0 : 1
