import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey, parseKeys } from '@hookurl/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, type ProgramResult, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const inHome = (name: string): string => join(home.path, name)
const read = (name: string): string => readFileSync(inHome(name), 'utf8')

function keys(...args: string[]): Promise<ProgramResult> {
  return runInProcess(['keys', ...args], { env: { HOME: home.path }, cwd: home.path })
}

describe('the file of a keyring', () => {
  test('keeps its mode', async () => {
    writeFileSync(inHome('keys.txt'), testKeys)
    chmodSync(inHome('keys.txt'), 0o640)
    await keys('add', '--keys-file', 'keys.txt')
    expect(statSync(inHome('keys.txt')).mode & 0o777).toBe(0o640)
  })

  test('is updated through a symbolic link, which stays a link', async () => {
    writeFileSync(inHome('real'), testKeys)
    symlinkSync('real', inHome('keys.txt'))
    await keys('add', '--keys-file', 'keys.txt')
    expect(lstatSync(inHome('keys.txt')).isSymbolicLink()).toBe(true)
    expect(parseKeys(read('real'))).toHaveLength(2)
  })

  test.each([
    ['A=1\nexport HOOKURL_KEYS="k1:@" # prod\nB=2\n', /^A=1\nexport HOOKURL_KEYS="k1:@,k2:@" # prod\nB=2\n$/],
    ["HOOKURL_KEYS='k1:@'\r\nB=2\r\n", /^HOOKURL_KEYS='k1:@,k2:@'\r\nB=2\r\n$/],
    ['HOOKURL_KEYS=k1:@  # prod', /^HOOKURL_KEYS=k1:@,k2:@ {2}# prod$/],
    ['HOOKURL_KEYS_FILE=x\nHOOKURL_KEYS=k1:@\n', /^HOOKURL_KEYS_FILE=x\nHOOKURL_KEYS=k1:@,k2:@\n$/],
  ])('can be an .env file, of which only the keys change (case %#)', async (before, after) => {
    writeFileSync(inHome('.env'), before.replaceAll('@', testKeys))
    const { exit, stderr } = await keys('add', '--keys-file', '.env', '--id', 'k2')
    expect(stderr).not.toContain('error')
    expect(exit).toBe(0)
    expect(read('.env').replaceAll(/hks_[\w-]{43}/g, '@')).toMatch(after)
  })

  test('loses no key if several processes update it at the same time', async () => {
    writeFileSync(inHome('keys.txt'), testKeys)
    const results = await Promise.all(
      Array.from({ length: 6 }, (_each, index) =>
        run(['keys', 'add', '--keys-file', 'keys.txt', '--id', `n${index}`], {
          env: { HOME: home.path },
          cwd: home.path,
        }),
      ),
    )
    const updates = results.filter(({ exit }) => exit === 0).length
    expect(updates).toBeGreaterThan(0)
    expect(parseKeys(read('keys.txt'))).toHaveLength(1 + updates)
    for (const { stderr, exit } of results.filter((result) => result.exit !== 0)) {
      expect(stderr).toContain('another update is in progress')
      expect(exit).toBe(2)
    }
  })
})

describe('a rejected update', () => {
  beforeEach(() => {
    writeFileSync(inHome('one.txt'), `k1:${testKeys}\n`)
    writeFileSync(inHome('bad.txt'), 'correct-horse\n')
    writeFileSync(inHome('twice.env'), `HOOKURL_KEYS=${testKeys}\nHOOKURL_KEYS=${generateKey()}\n`)
    writeFileSync(inHome('locked.txt'), testKeys)
    writeFileSync(inHome('locked.txt.new'), '')
  })

  test.each([
    [['add', '--keys-file', 'none'], 2, 'none cannot be changed (ENOENT)', '`hookurl keys new'],
    [['add', '--keys-file', '.'], 2, 'cannot be changed (EISDIR)', 'Choose a file'],
    [['add', '--keys-file', 'bad.txt'], 6, 'bad.txt: key 1 of 1', 'hookurl keys new'],
    [['add', '--keys-file', 'twice.env'], 2, 'twice.env sets HOOKURL_KEYS 2 times', 'Keep one'],
    [['add', '--keys-file', 'one.txt', '--id', 'k1'], 6, 'key 2 of 2 has the id of another key', 'unique id'],
    [['add', '--keys-file', 'one.txt', '--id', 'a b'], 2, 'the id of a key must be', 'Choose'],
    [['add', '--keys-file', 'locked.txt'], 2, 'another update is in progress, or was interrupted', 'remove that file'],
    [['promote', '--keys-file', 'one.txt'], 2, 'there is only one key', 'keys add'],
    [['promote', '--keys-file', 'one.txt', '--id', 'k7'], 2, '--id matches no key', 'keys: k1.'],
    [['retire', '--keys-file', 'one.txt'], 2, 'there is only one key, and it mints', 'keys promote'],
    [['retire', '--keys-file', 'one.txt', '--id', 'k1'], 2, 'k1 is the key that mints', 'Promote another'],
    [['retire', '--keys-file', 'one.txt', '--max-lifetime', 'x'], 2, '--max-lifetime', '30d'],
    [['retire'], 2, "required option '--keys-file <path>' not specified", '--help'],
  ])('of `keys %j` changes no file', async (args, code, message, fix) => {
    const before = readdirSync(home.path).map(read)
    const { stdout, stderr, exit } = await keys(...args)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: .*\n {2}fix: /)
    expect(stderr).toContain(fix)
    expect(stderr).not.toContain('correct-horse')
    expect(stdout).toBe('')
    expect(exit).toBe(code)
    expect(readdirSync(home.path).map(read)).toStrictEqual(before)
  })
})
