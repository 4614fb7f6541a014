import { createUseSchema, createUseSweep } from '@hookurl/verify/sql'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { runInProcess } from '../support/run-in-process.ts'

const dialects = ['postgres', 'sqlite', 'mysql'] as const

test.each(dialects)('uses schema --dialect %s prints the statements that create the table', async (dialect) => {
  const { stdout, stderr, exit } = await runInProcess(['uses', 'schema', '--dialect', dialect])
  const lines = createUseSchema(dialect).map((statement) => `${statement};\n`)
  expect({ stdout, stderr, exit }).toEqual({ stdout: lines.join(''), stderr: '', exit: 0 })
})

test.each(dialects)('uses sweep --dialect %s prints the statement that deletes expired records', async (dialect) => {
  const { stdout, exit } = await runInProcess(['uses', 'sweep', '--dialect', dialect, '--table', 'shop.uses'])
  expect({ stdout, exit }).toEqual({ stdout: `${createUseSweep(dialect, 'shop.uses')};\n`, exit: 0 })
  expect(stdout).toMatch(/^DELETE FROM shop\.uses WHERE /)
})

test('a database runs what both commands print', async () => {
  const database = new Database(':memory:')
  for (const name of ['schema', 'schema', 'sweep']) {
    database.exec((await runInProcess(['uses', name, '--dialect', 'sqlite', '--table', 'uses'])).stdout)
  }
  expect(database.prepare('SELECT count(*) AS n FROM uses').get()).toMatchObject({ n: 0 })
  database.close()
})

test('uses schema --json prints the statements as an array', async () => {
  const { stdout } = await runInProcess(['uses', 'schema', '--dialect', 'postgres', '--json'])
  expect(JSON.parse(stdout)).toEqual({ statements: createUseSchema('postgres') })
})

test.each([
  [['schema'], /--dialect/],
  [['schema', '--dialect', 'oracle'], /oracle/],
  [['sweep', '--dialect', 'mysql', '--table', 'a; DROP TABLE b'], /table must be a name/],
])('uses %j is a usage error', async (args, message) => {
  const { stdout, stderr, exit } = await runInProcess(['uses', ...args])
  expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 })
  expect(stderr).toMatch(message)
})
