import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from '../../tools/setup/io.js'

const program = fileURLToPath(new URL('unoptimized-regexps.ts', import.meta.url))

// A process that has compiled more than 1 MB of regular expressions compiles further ones without optimizing them. V8 then
// needs stack for each repetition, and throws when it has used 64 MiB.
test('large inputs are handled by regular expressions that V8 does not optimize', () => {
  const flags = ['--no-regexp-optimization', '--conditions=@hookurl/source', '--import', 'tsx']
  expect(run(process.execPath, [...flags, program])).toEqual({ ok: true, output: 'ok' })
}, 60_000)
