// `npm test`: runs and times every check, even after a failure. The last line is the total.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { type Summary, summaryFile } from '../test/reporters/summary.ts'
import { root } from './setup/io.js'

interface Totals {
  passed: number
  failed: number
  skipped: number
}

interface Step {
  readonly name: string
  readonly run: () => Totals
}

const source: readonly string[] = ['--conditions=@hookurl/source', '--import', 'tsx']

const steps: readonly Step[] = [
  { name: 'format and lint', run: () => check('node_modules/@biomejs/biome/bin/biome', 'ci', '.') },
  { name: 'types', run: () => check('node_modules/typescript/bin/tsc', '-b') },
  { name: 'docs in sync', run: () => check(...source, 'tools/docs.ts') },
  { name: 'tests', run: runTests },
]

function check(...args: string[]): Totals {
  return node(args) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

function runTests(): Totals {
  rmSync(summaryFile, { force: true })
  const reporters = [
    '--reporter=default',
    '--reporter=./test/reporters/summary.ts',
    '--reporter=./test/reporters/adapters.ts',
    '--reporter=./test/reporters/wrappers.ts',
    '--reporter=./test/reporters/examples.ts',
  ]
  const ok = node(['node_modules/vitest/vitest.mjs', 'run', ...reporters])
  if (!existsSync(summaryFile)) return fail('vitest wrote no result')
  const summary: Summary = JSON.parse(readFileSync(summaryFile, 'utf8'))
  const { passed, failed, failures, skipped } = summary
  for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason ?? 'without a reason'})`)
  const silent = skipped.filter(({ reason }) => reason === undefined).length
  if (silent > 0) console.log(`${silent} skipped without a reason, counted as failed: use ctx.skip('reason')`)
  for (const { name, message } of failures) console.log(`failed: ${name}: ${message}`)
  if (passed === 0) return fail('no test passed', failed)
  // Without a failed test, vitest itself failed, for example in a setup file.
  const allFailed = failed + silent
  return { passed, failed: !ok && allFailed === 0 ? 1 : allFailed, skipped: skipped.length - silent }
}

function fail(message: string, failed: number = 0): Totals {
  console.log(message)
  return { passed: 0, failed: Math.max(failed, 1), skipped: 0 }
}

function node(args: readonly string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

const total: Totals = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []
const begin = performance.now()
for (const { name, run } of steps) {
  console.log(`\n── ${name} ──`)
  const stepBegin = performance.now()
  const result = run()
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += result[key]
  if (result.failed > 0) failures.push(name)
  console.log(`${result.failed === 0 ? 'ok' : 'FAILED'}: ${name}, ${formatSeconds(performance.now() - stepBegin)}`)
}

console.log(`\n${steps.length} steps in ${formatSeconds(performance.now() - begin)}`)
if (failures.length > 0) console.log(`failed: ${failures.join('; ')}`)
const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed === 0 ? 0 : 1
