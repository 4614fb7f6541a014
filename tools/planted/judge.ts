import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bug } from './bugs.ts'

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** What tests said: how many passed, and the name of one that failed. */
export interface Judgement {
  readonly passed: number
  readonly failed: string | undefined
}

/** Runs tests in a folder until one fails. */
export function runTests(folder: string, tests: readonly string[]): Judgement {
  const place = mkdtempSync(join(tmpdir(), 'hookurl-report-'))
  const file = join(place, 'report.json')
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const config = '--config=tools/mutate/vitest.config.ts'
  // A busy machine makes what has a deadline fail now and then; for a bug it fails each time.
  const args = [
    vitest,
    'run',
    config,
    '--retry=2',
    '--no-file-parallelism',
    // Where one fails while others run, the report may know of none.
    '--maxConcurrency=1',
    '--bail=1',
    '--reporter=json',
    `--outputFile=${file}`,
  ]
  const env = { ...process.env, HOOKURL_JUDGES: JSON.stringify(tests) }
  const { stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' })
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new Error(`vitest ended without a report: ${stderr.slice(0, 2000)}`, { cause })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function read({ numPassedTests, testResults }: Report): Judgement {
  for (const { assertionResults, message } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed !== undefined) return { passed: numPassedTests, failed: failed.fullName }
    // A file that does not load has no tests; that is no proof that a bug was noticed.
    if (message !== '') throw new Error(message)
  }
  if (numPassedTests === 0) throw new Error('no test ran')
  return { passed: numPassedTests, failed: undefined }
}

/** Plants a bug in a copy of the sources, runs its tests, and takes it out again. */
export function plant({ file, find, become, tests }: Bug, copy: string): Judgement {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  const pieces = source.split(find)
  if (pieces.length !== 2) throw new Error(`${file} has ${pieces.length - 1} times: ${find}`)
  writeFileSync(path, pieces.join(become))
  try {
    return runTests(copy, tests)
  } finally {
    writeFileSync(path, source)
  }
}
