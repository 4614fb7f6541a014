import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createMinter, generateKey, parseKeys } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ProgramResult, makeHome, otherKeys, run, testKeys } from './support/run.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const at = (name: string): string => join(home.path, name)
const read = (name = 'keys.txt'): string => readFileSync(at(name), 'utf8')
const keys = (...args: string[]): Promise<ProgramResult> => run(['keys', ...args], { env: { HOME: home.path }, cwd: home.path })
const file = ['--file', 'keys.txt'] as const

describe('a rotation', () => {
  test('in three steps verifies every URL all the way, and each step says the next', async () => {
    writeFileSync(at('keys.txt'), `k1:${testKeys}\n`)
    const old = createMinter({ keys: read(), baseUrl: 'https://a.example', expiresIn: '1d' }).mintSync({ command: 'a' })
    const verifies = (url: string): boolean => createVerifier({ keys: read() }).verifySync(url).command === 'a'
    const ids = (): (string | undefined)[] => parseKeys(read()).map(({ id }) => id)

    const added = await keys('add', ...file, '--id', 'k2')
    expect(added.stderr).toContain('Added k2: it verifies, and does not mint yet.')
    expect(added.stderr).toContain('hookurl keys promote --file keys.txt --id k2\n')
    expect(ids()).toStrictEqual(['k1', 'k2'])
    expect(verifies(old)).toBe(true)

    const promoted = await keys('promote', ...file, '--id', 'k2')
    expect(promoted.stderr).toContain('Promoted k2: it mints now; k1 only verifies.')
    expect(promoted.stderr).toContain('hookurl keys retire --file keys.txt --id k1\n')
    expect(ids()).toStrictEqual(['k2', 'k1'])
    expect(verifies(old)).toBe(true)

    const retired = await keys('retire', ...file, '--id', 'k1')
    expect(retired.stderr).toContain('Dropped k1.')
    expect(ids()).toStrictEqual(['k2'])
    expect(() => verifies(old)).toThrow(expect.objectContaining({ code: 'unknown_key' }))
    for (const { stdout, stderr, exit } of [added, promoted, retired]) {
      expect(stdout + stderr).not.toContain('hks_')
      expect(exit).toBe(0)
    }
    expect(readdirSync(home.path)).toStrictEqual(['keys.txt'])
  })

  test('takes the usual key where none is named, and fingerprints for keys without an id', async () => {
    writeFileSync(at('keys.txt'), `${testKeys},${otherKeys}`)
    await keys('add', ...file)
    const [first, added, last] = parseKeys(read())
    expect([first, last].map((key) => key?.secret)).toStrictEqual(
      parseKeys(`${testKeys} ${otherKeys}`).map(({ secret }) => secret),
    )
    const { stderr } = await keys('promote', ...file)
    const next = /--file keys\.txt --id ([0-9a-f]{12})\n/.exec(stderr)?.[1] as string
    expect(parseKeys(read()).map(({ secret }) => secret)).toStrictEqual([added, first, last].map((key) => key?.secret))
    await keys('retire', ...file, '--id', next)
    expect(parseKeys(read()).map(({ secret }) => secret)).toStrictEqual([added, last].map((key) => key?.secret))
    await keys('retire', ...file)
    expect(parseKeys(read()).map(({ secret }) => secret)).toStrictEqual([added?.secret])
  })

  test('promoting the key that mints changes nothing', async () => {
    writeFileSync(at('keys.txt'), `k1:${testKeys}\nk2:${otherKeys}\n`)
    const { stderr, exit } = await keys('promote', ...file, '--id', 'k1')
    expect(stderr).toBe('k1 mints already: nothing was changed.\n')
    expect(exit).toBe(0)
    expect(read()).toBe(`k1:${testKeys}\nk2:${otherKeys}\n`)
  })

  test('says when the last URL of the dropped key expires', async () => {
    const promotedAt = new Date(Math.floor(Date.now() / 1000) * 1000 - 86_400_000)
    const retire = async (lifetime: string): Promise<string> => {
      writeFileSync(at('keys.txt'), `${testKeys}\n${otherKeys}\n`)
      utimesSync(at('keys.txt'), promotedAt, promotedAt)
      return (await keys('retire', ...file, '--max-lifetime', lifetime)).stderr
    }
    const last = new Date(promotedAt.getTime() + 30 * 86_400_000).toISOString()
    expect(await retire('30d')).toContain(`expires ${last.slice(0, 10)} ${last.slice(11, 19)} UTC, in 29 days`)
    expect(await retire('60')).toMatch(/has expired .* UTC, 24 hours ago\.|has expired .* UTC, 1 day ago\./)
  })

  test('with --json prints the keys that are there now, one a line', async () => {
    writeFileSync(at('keys.txt'), `k1:${testKeys}`)
    const { stdout } = await keys('add', ...file, '--id', 'k2', '--json')
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { index: 0, id: 'k1', mints: true },
      { index: 1, id: 'k2', mints: false },
    ])
  })
})

describe('the file of a keyring', () => {
  test('keeps its mode, and a link to it stays one', async () => {
    writeFileSync(at('real'), testKeys)
    chmodSync(at('real'), 0o640)
    symlinkSync('real', at('keys.txt'))
    await keys('add', ...file)
    expect(lstatSync(at('keys.txt')).isSymbolicLink()).toBe(true)
    expect(statSync(at('real')).mode & 0o777).toBe(0o640)
    expect(parseKeys(read('real'))).toHaveLength(2)
  })

  test.each([
    ['A=1\nexport HOOKURL_KEYS="k1:@" # ours\nB=2\n', /^A=1\nexport HOOKURL_KEYS="k1:@,k2:@" # ours\nB=2\n$/],
    ["HOOKURL_KEYS='k1:@'\r\nB=2\r\n", /^HOOKURL_KEYS='k1:@,k2:@'\r\nB=2\r\n$/],
    ['HOOKURL_KEYS=k1:@  # ours', /^HOOKURL_KEYS=k1:@,k2:@ {2}# ours$/],
    ['HOOKURL_KEYS_FILE=x\nHOOKURL_KEYS=k1:@\n', /^HOOKURL_KEYS_FILE=x\nHOOKURL_KEYS=k1:@,k2:@\n$/],
  ])('may be one of variables: all but the keys stays as it is (case %#)', async (before, after) => {
    writeFileSync(at('.env'), before.replaceAll('@', testKeys))
    const { exit, stderr } = await keys('add', '--file', '.env', '--id', 'k2')
    expect(stderr).not.toContain('error')
    expect(exit).toBe(0)
    expect(read('.env').replaceAll(/hks_[\w-]{43}/g, '@')).toMatch(after)
  })

  test('that two change at once loses neither key', async () => {
    writeFileSync(at('keys.txt'), testKeys)
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_each, index) => keys('add', ...file, '--id', `n${index}`)),
    )
    const done = runs.filter(({ exit }) => exit === 0).length
    expect(done).toBeGreaterThan(0)
    expect(parseKeys(read())).toHaveLength(1 + done)
    for (const { stderr, exit } of runs.filter(({ exit }) => exit !== 0)) {
      expect(stderr).toContain('another change is under way')
      expect(exit).toBe(2)
    }
  })

  test.each([
    [['add', '--file', 'none'], 2, 'none cannot be changed (ENOENT)', '`hookurl keys new`'],
    [['add', '--file', '.'], 2, 'cannot be changed (EISDIR)', 'Name a file'],
    [['add', '--file', 'bad.txt'], 6, 'bad.txt: key 1 of 1 does not start with hks_', 'hookurl keys new'],
    [['add', '--file', 'twice.env'], 2, 'HOOKURL_KEYS stands 2 times in twice.env', 'Leave one'],
    [['add', '--file', 'one.txt', '--id', 'k1'], 6, 'key 2 of 2 has the id of another key', 'its own id'],
    [['add', '--file', 'one.txt', '--id', 'a b'], 2, 'the id of a key must be', 'Choose'],
    [['add', '--file', 'locked.txt'], 2, 'another change is under way, or was cut off', 'remove that file'],
    [['promote', '--file', 'one.txt'], 2, 'there is one key only', 'keys add'],
    [['promote', '--file', 'one.txt', '--id', 'k7'], 2, '--id names none of the keys', 'by id or fingerprint: k1.'],
    [['retire', '--file', 'one.txt'], 2, 'there is one key only, and it mints', 'keys promote'],
    [['retire', '--file', 'one.txt', '--id', 'k1'], 2, 'k1 is the key that mints', 'Promote another'],
    [['retire', '--file', 'one.txt', '--max-lifetime', 'x'], 2, '--max-lifetime', '30d'],
    [['retire'], 2, "required option '--file <path>' not specified", '--help'],
  ])('refuses `keys %j` and stays as it was', async (args, code, message, fix) => {
    writeFileSync(at('one.txt'), `k1:${testKeys}\n`)
    writeFileSync(at('bad.txt'), 'correct-horse\n')
    writeFileSync(at('twice.env'), `HOOKURL_KEYS=${testKeys}\nHOOKURL_KEYS=${generateKey()}\n`)
    writeFileSync(at('locked.txt'), testKeys)
    writeFileSync(at('locked.txt.new'), '')
    const before = readdirSync(home.path).map((name) => read(name))
    const { stdout, stderr, exit } = await keys(...args)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: .*\n {2}fix: /)
    expect(stderr).toContain(fix)
    expect(stderr).not.toContain('correct-horse')
    expect(stdout).toBe('')
    expect(exit).toBe(code)
    expect(readdirSync(home.path).map((name) => read(name))).toStrictEqual(before)
  })
})
