// `npm run test:security`: the suites that attack, 100,000 mutated tokens, and the time at twice the length.
import { spawnSync } from 'node:child_process'
import { root } from '../../tools/setup/io.js'

const source: readonly string[] = ['--conditions=@hookurl/source', '--import', 'tsx']
const suites: readonly string[] = [
  'conformance/adversarial',
  'conformance/fuzz',
  'test/security',
  'packages/core/test/properties',
  'packages/core/test/token',
  'packages/core/test/url',
  'packages/verify/test/hosts',
  'packages/verify/test/receive/signatures',
  'packages/verify/test/request',
  'packages/verify/test/response',
]
const steps: Readonly<Record<string, readonly string[]>> = {
  'adversarial suites': ['node_modules/vitest/vitest.mjs', 'run', ...suites],
  'mutated tokens compared with the reference': [...source, 'conformance/fuzz/main.ts', '--count', '100000'],
  'time at twice the length': [...source, 'test/security/linear-time/main.ts'],
}

// The complete tables of the suites, of which `npm test` runs a part.
const env = { ...process.env, HOOKURL_ALL: '1' }

const results = Object.entries(steps).map(([name, args]) => {
  console.log(`\n── ${name} ──`)
  return {
    name,
    ok: spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0,
  }
})
console.log('')
for (const { name, ok } of results) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}`)
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
