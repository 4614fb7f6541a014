import { createStoreTests } from '@hookurl/verify/store-tests'
import { expect, test } from 'vitest'
import { run } from '../../tools/setup/io.js'

const names = ['node:test', '@hookurl/verify', '@hookurl/verify/store-tests']
const loaders: [kind: string, args: string[], load: (name: string) => string][] = [
  ['ES modules', ['--input-type=module'], (name) => `await import('${name}')`],
  ['CommonJS modules', ['--no-experimental-require-module'], (name) => `require('${name}')`],
]

test.each(loaders)('the tests of stores run in node:test, as %s', (_kind, args, load) => {
  const [runner, verify, storeTests] = names.map(load)
  const code = `const { test } = ${runner}
const { memoryUseStore } = ${verify}
const { createStoreTests } = ${storeTests}
let time = 1_800_000_000_000
const clock = { now: () => time, advance: (milliseconds) => { time += milliseconds } }
const store = memoryUseStore({ now: clock.now })
for (const { name, run } of createStoreTests(() => store, { clock })) test(name, run)
`
  const { output } = run(process.execPath, [...args, '--test-reporter=tap', '--eval', code])
  const count = createStoreTests(() => Promise.reject(new Error('not opened'))).length
  expect(output).toContain(`# pass ${count}\n# fail 0`)
})
