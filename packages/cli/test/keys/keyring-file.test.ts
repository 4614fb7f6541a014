import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { generateKey, parseKeys } from '@hookurl/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { interceptFiles } from '../support/file-faults.js'
import { makeHome, otherKeys, type ProgramResult, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => {
  vi.restoreAllMocks()
  home.remove()
})

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
    const { line, rest } = splitRecord(read('.env'))
    expect(line).toMatch(/^# hookurl: k2 added \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\r?\n$/)
    expect(rest.replaceAll(/hks_[\w-]{43}/g, '@')).toMatch(after)
  })

  test('loses no key if several processes update it at the same time', async () => {
    writeFileSync(inHome('keys.txt'), testKeys)
    const ids = Array.from({ length: 6 }, (_each, index) => `n${index}`)
    const options = { env: { HOME: home.path }, cwd: home.path }
    const results = await Promise.all(
      ids.map((id) => run(['keys', 'add', '--keys-file', 'keys.txt', '--id', id], options)),
    )
    for (const { exit, stderr } of results) expect(exit, stderr).toBe(0)
    expect(new Set(parseKeys(read('keys.txt')).map(({ id }) => id))).toStrictEqual(new Set([undefined, ...ids]))
    expect(readdirSync(home.path)).toStrictEqual(['keys.txt'])
  })

  test('is updated although a killed process has left its temporary file, which is removed', async () => {
    writeFileSync(inHome('keys.txt'), testKeys)
    writeFileSync(inHome(`.keys.txt.${await getEndedPid()}.0123456789abcdef.tmp`), testKeys.slice(0, 20))
    const { exit, stderr } = await keys('add', '--keys-file', 'keys.txt')
    expect(exit, stderr).toBe(0)
    expect(readdirSync(home.path)).toStrictEqual(['keys.txt'])
  })

  test('is updated after the update of a process that runs', async () => {
    writeFileSync(inHome('keys.txt'), testKeys)
    const other = inHome(`.keys.txt.${process.pid}.0123456789abcdef.tmp`)
    writeFileSync(other, `${testKeys} ${otherKeys}`)
    const updated = keys('add', '--keys-file', 'keys.txt')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(parseKeys(read('keys.txt'))).toHaveLength(1)
    renameSync(other, inHome('keys.txt'))
    expect((await updated).exit).toBe(0)
    expect(parseKeys(read('keys.txt'))).toHaveLength(3)
  })

  // The number of a killed process can belong to another one that runs.
  test('is updated although a temporary file of a process that runs never disappears', async () => {
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => 20 * now())
    writeFileSync(inHome('keys.txt'), testKeys)
    writeFileSync(inHome(`.keys.txt.${process.pid}.0123456789abcdef.tmp`), '')
    expect((await keys('add', '--keys-file', 'keys.txt')).exit).toBe(0)
    expect(readdirSync(home.path)).toStrictEqual(['keys.txt'])
  })

  test('is updated again from the start if another process has removed the temporary file', async () => {
    writeFileSync(inHome('keys.txt'), `k1:${testKeys}`)
    let isTaken = false
    const restore = interceptFiles(home.path, (name) => {
      if (name !== 'rename' || isTaken) return undefined
      isTaken = true
      // To that process, this one seemed to be dead.
      const temp = readdirSync(home.path).find((file) => file.endsWith('.tmp')) as string
      unlinkSync(inHome(temp))
      writeFileSync(inHome('keys.txt'), `k1:${testKeys} other:${otherKeys}`)
      return undefined
    })
    const { exit, stderr } = await keys('add', '--keys-file', 'keys.txt', '--id', 'k2').finally(restore)
    expect(exit, stderr).toBe(0)
    expect(isTaken).toBe(true)
    expect(parseKeys(read('keys.txt')).map(({ id }) => id)).toStrictEqual(['k1', 'k2', 'other'])
  })

  test('is not taken for another file whose name begins the same, or for a file of another program', async () => {
    const names = [`.keys.txt.old.1.0123456789abcdef.tmp`, '.keys.txt.swp', '.keys.txt.1.tmp', '.keys.txt.x.tmp']
    for (const name of ['keys.txt', ...names]) writeFileSync(inHome(name), testKeys)
    expect((await keys('add', '--keys-file', 'keys.txt')).exit).toBe(0)
    expect(readdirSync(home.path).sort()).toStrictEqual(['keys.txt', ...names].sort())
  })

  test('keeps its owner, and is not changed where that is not possible', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can give a file to another user')
    writeFileSync(inHome('keys.txt'), testKeys)
    chownSync(inHome('keys.txt'), 1234, 5678)
    expect((await keys('add', '--keys-file', 'keys.txt')).exit).toBe(0)
    const { uid, gid } = statSync(inHome('keys.txt'))
    expect({ uid, gid }).toStrictEqual({ uid: 1234, gid: 5678 })
    const restore = interceptFiles(home.path, (name) => (name === 'handle.chown' ? 'EPERM' : undefined))
    const { exit, stderr } = await keys('add', '--keys-file', 'keys.txt', '--id', 'k3').finally(restore)
    expect(stderr).toContain('keys.txt cannot be changed (EPERM)')
    expect(exit).toBe(2)
    expect(parseKeys(read('keys.txt'))).toHaveLength(2)
  })
})

/** Returns the number of a process that has ended. */
async function getEndedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'close')
  return child.pid as number
}

function splitRecord(content: string): { line: string; rest: string } {
  const [line = ''] = /^# hookurl: .*\r?\n/m.exec(content) ?? []
  return { line, rest: content.replace(line, '') }
}

describe('a rejected update', () => {
  beforeEach(() => {
    writeFileSync(inHome('one.txt'), `k1:${testKeys}\n`)
    writeFileSync(inHome('bad.txt'), 'correct-horse\n')
    writeFileSync(inHome('twice.env'), `HOOKURL_KEYS=${testKeys}\nHOOKURL_KEYS=${generateKey()}\n`)
  })

  test.each([
    [['add', '--keys-file', 'none'], 2, 'none cannot be changed (ENOENT)', '`hookurl keys new'],
    [['add', '--keys-file', '.'], 2, '. is not a file', 'Pass the path of a file'],
    [['add', '--keys-file', '/dev/null'], 2, '/dev/null is not a file', 'Pass the path of a file'],
    [['add', '--keys-file', 'bad.txt'], 6, 'bad.txt: key 1 of 1', 'hookurl keys new'],
    [['add', '--keys-file', 'twice.env'], 2, 'twice.env sets HOOKURL_KEYS 2 times', 'Keep one'],
    [['add', '--keys-file', 'one.txt', '--id', 'k1'], 6, 'key 2 of 2 has the id of another key', 'unique id'],
    [['add', '--keys-file', 'one.txt', '--id', 'a b'], 2, 'the id of a key must be', 'Choose'],
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
