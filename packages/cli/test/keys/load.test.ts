import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, type ProgramResult, type RunOptions, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const inHome = (...names: string[]): string => join(home.path, ...names)
const developmentKey = (): string => inHome('.config', 'hookurl', 'development.key')

function runHome(args: readonly string[], { env, ...options }: RunOptions = {}): Promise<ProgramResult> {
  return runInProcess(args, { cwd: home.path, ...options, env: { HOME: home.path, ...env } })
}

describe('the keys of a command', () => {
  const variables = { HOOKURL_KEYS: generateKey({ id: 'variable' }), HOOKURL_KEYS_FILE: 'variable.keys' }

  beforeEach(() => {
    writeFileSync(inHome('flag.keys'), `${generateKey({ id: 'flag' })}\n`)
    writeFileSync(inHome('variable.keys'), `${generateKey({ id: 'variable-file' })}\n`)
    writeFileSync(inHome('.env'), `OTHER=1\nHOOKURL_KEYS="${generateKey({ id: 'dotenv' })}"\n`)
  })

  test.each([
    ['--keys-file before everything else', ['--keys-file', 'flag.keys'], variables, 'flag', 'Keys from flag.keys'],
    ['HOOKURL_KEYS before HOOKURL_KEYS_FILE', [], variables, 'variable', undefined],
    [
      'HOOKURL_KEYS_FILE before ./.env',
      [],
      { HOOKURL_KEYS_FILE: 'variable.keys' },
      'variable-file',
      'Keys from variable.keys',
    ],
    ['./.env before the development key', [], {}, 'dotenv', 'Keys from ./.env'],
  ])('come from %s', async (_name, flags, env, id, note) => {
    const { stdout, stderr } = await runHome(['keys', 'list', '--json', ...flags], { env })
    expect(JSON.parse(stdout).id).toBe(id)
    expect(stderr).toBe(note === undefined ? '' : `${JSON.stringify({ note })}\n`)
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('can come from stdin, in the form that `keys new` prints', async () => {
    const created = await runHome(['keys', 'new', '--id', 'k9'])
    expect(created.stdout).toMatch(/^HOOKURL_KEYS=k9:hks_[\w-]{43}\n$/)
    const { stdout, stderr } = await runHome(['keys', 'list', '--keys-file', '-'], { stdin: created.stdout })
    expect(stdout).toContain('k9')
    expect(stderr).toBe('')
  })
})

describe('./.env', () => {
  beforeEach(() => {
    const lines = [`HOOKURL_KEYS=${testKeys}`, 'HOOKURL_BASE_URL=https://dot.example/h', 'HOOKURL_PURPOSE=billing']
    writeFileSync(inHome('.env'), lines.join('\n'))
  })

  test('sets base URL and purpose if the keys come from it', async () => {
    const { stdout } = await runHome(['mint', '--command', 'a'])
    expect(stdout).toMatch(/^https:\/\/dot\.example\/h\//)
    expect(createVerifier({ keys: testKeys, purpose: 'billing' }).verifySync(stdout.trim()).command).toBe('a')
  })

  test('sets nothing if the keys come from elsewhere', async () => {
    const { stdout } = await runHome(['mint', '--command', 'a'], { env: { HOOKURL_KEYS: testKeys } })
    expect(stdout).toMatch(/^http:\/\/localhost:8787/)
  })
})

test('a folder named .env is ignored', async () => {
  mkdirSync(inHome('.env'))
  expect((await runHome(['mint', '--command', 'a'])).exit).toBe(0)
})

describe('exit 6 without creating a key', () => {
  test.each([
    ['HOOKURL_KEYS is empty', { HOOKURL_KEYS: '' }, 'HOOKURL_KEYS is empty'],
    ['HOOKURL_KEYS is whitespace', { HOOKURL_KEYS: ' \n' }, 'HOOKURL_KEYS is empty'],
    ['HOOKURL_KEYS is a passphrase', { HOOKURL_KEYS: 'correct-horse' }, 'hks_'],
    ['a key is truncated', { HOOKURL_KEYS: testKeys.slice(0, -1) }, '42 characters'],
    ['the file does not exist', { HOOKURL_KEYS_FILE: 'none.keys' }, 'cannot be read (ENOENT)'],
    ['the name of the file is empty', { HOOKURL_KEYS_FILE: '' }, 'cannot be read'],
    ['no key is set in production', { NODE_ENV: 'production' }, 'no key is set'],
  ])('if %s', async (_name, env, message) => {
    const { exit, stdout, stderr } = await runHome(['mint', '--command', 'a'], { env })
    expect(stderr).toContain(message)
    expect(stderr).toContain('(invalid_key)')
    expect(stderr).not.toContain('correct-horse')
    expect(stderr).not.toContain(testKeys.slice(4, -1))
    expect(stdout).toBe('')
    expect(exit).toBe(6)
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('if HOOKURL_KEYS in ./.env is empty', async () => {
    writeFileSync(inHome('.env'), 'HOOKURL_KEYS=\n')
    const { exit, stderr } = await runHome(['mint', '--command', 'a'])
    expect(stderr).toContain('HOOKURL_KEYS in ./.env is empty')
    expect(exit).toBe(6)
  })
})
