import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { findNodeProblem } from '../../tools/setup/node.js'
import { explainAbsence, findProgram } from '../../tools/setup/programs.js'

const folder = mkdtempSync(join(tmpdir(), 'hookurl-programs-'))
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(folder, { recursive: true }))

test('an older Node is reported with the version that is needed', () => {
  for (const version of ['18.20.8', '20.18.3']) expect(findNodeProblem(version)).toContain('needs 20.19 or later')
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '26.1.0']) expect(findNodeProblem(version)).toBeUndefined()
})

test('a program is found on the path or by its variable, if it is executable', () => {
  const program = join(folder, 'chromium')
  vi.stubEnv('PATH', folder)
  vi.stubEnv('HOOKURL_CHROMIUM', '')
  writeFileSync(program, '', { mode: 0o644 })
  expect(findProgram('chromium')).toBeUndefined()
  chmodSync(program, 0o755)
  expect(findProgram('chromium')).toBe(program)
  vi.stubEnv('PATH', '')
  vi.stubEnv('HOOKURL_CHROMIUM', program)
  expect(findProgram('chromium')).toBe(program)
  vi.stubEnv('HOOKURL_CHROMIUM', join(folder, 'none'))
  expect(findProgram('chromium')).toBeUndefined()
})

test('a program without its library is not used, and the library is named', () => {
  const [first, second] = ['first', 'second'].map((name) => join(folder, name, 'python3')) as [string, string]
  for (const [file, status] of [
    [first, 1],
    [second, 0],
  ] as const) {
    mkdirSync(dirname(file))
    writeFileSync(file, `#!/bin/sh\nexit ${status}\n`, { mode: 0o755 })
  }
  vi.stubEnv('HOOKURL_PYTHON3', '')
  vi.stubEnv('PATH', [first, second].map(dirname).join(delimiter))
  expect(findProgram('python3')).toBe(second)
  vi.stubEnv('PATH', dirname(first))
  expect(findProgram('python3')).toBeUndefined()
  expect(explainAbsence('python3')).toContain('python3 with PyJWT is not installed')
})
