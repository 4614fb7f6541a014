import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parseKeys } from '@hookurl/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, type ProgramResult, type RunOptions, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const inHome = (...names: string[]): string => join(home.path, ...names)
const hasDevelopmentKey = (): boolean => existsSync(inHome('.config', 'hookurl', 'development.key'))

function runHome(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return runInProcess(args, { cwd: home.path, ...options, env: { HOME: home.path, ...options.env } })
}

const expand = (text: string): string => text.replaceAll('@', testKeys).replaceAll('%', otherKeys)
const utf16le = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le')
const utf16be = (text: string): Buffer => utf16le(text).swap16()

/** Ways to write an .env file whose key is k1. */
const readable: readonly (readonly [name: string, content: string | Buffer])[] = [
  ['plain', 'HOOKURL_KEYS=k1:@\n'],
  ['without a final line break', 'HOOKURL_KEYS=k1:@'],
  ['with a byte order mark', '\uFEFFHOOKURL_KEYS=k1:@\n'],
  ['with CRLF', 'A=1\r\nHOOKURL_KEYS=k1:@\r\nB=2\r\n'],
  ['with a byte order mark and CRLF', '\uFEFFHOOKURL_KEYS=k1:@\r\nB=2\r\n'],
  ['in double quotes', 'HOOKURL_KEYS="k1:@"\n'],
  ['in single quotes', "HOOKURL_KEYS='k1:@'\n"],
  ['in backticks', 'HOOKURL_KEYS=`k1:@`\n'],
  ['with export', 'export HOOKURL_KEYS=k1:@\n'],
  ['with spaces', '  HOOKURL_KEYS = k1:@  \n'],
  ['with a comment', '# keys\nHOOKURL_KEYS=k1:@ # production\n'],
  ['quoted, with a comment', 'HOOKURL_KEYS="k1:@" # production\n'],
  ['on several lines', 'HOOKURL_KEYS="\nk1:@\nk2:%\n"\nB=2\n'],
  ['with two keys', 'HOOKURL_KEYS=k1:@,k2:%\n'],
  ['after a value on several lines', 'A="x\nHOOKURL_KEYS=no\n"\nHOOKURL_KEYS=k1:@\n'],
  [
    'after a Latin-1 comment',
    Buffer.concat([Buffer.from([0x23, 0xe9, 0x0a]), Buffer.from(expand('HOOKURL_KEYS=k1:@\n'))]),
  ],
  ['after a commented line', '# HOOKURL_KEYS=no\nHOOKURL_KEYS=k1:@\n'],
]

/** Files in which HOOKURL_KEYS cannot be read, and why. */
const unreadable: readonly (readonly [name: string, content: string | Buffer, message: string])[] = [
  ['UTF-16 LE', utf16le(expand('HOOKURL_KEYS=k1:@\r\n')), 'is UTF-16'],
  ['UTF-16 BE', utf16be(expand('HOOKURL_KEYS=k1:@\r\n')), 'is UTF-16'],
  ['UTF-16 LE without a byte order mark', utf16le(expand('HOOKURL_KEYS=k1:@\n')).subarray(2), 'is UTF-16'],
  [
    'UTF-8 followed by UTF-16, as PowerShell appends',
    Buffer.concat([Buffer.from('A=1\n'), utf16le(expand('HOOKURL_KEYS=k1:@'))]),
    'is UTF-16',
  ],
  ['a name without a value', 'HOOKURL_KEYS\n', 'mentions HOOKURL_KEYS'],
  ['YAML', 'HOOKURL_KEYS: k1:@\n', 'mentions HOOKURL_KEYS'],
  ['glued to the line before', 'A=1HOOKURL_KEYS=k1:@\n', 'mentions HOOKURL_KEYS'],
  ['a comment', '# HOOKURL_KEYS=k1:@\n', 'mentions HOOKURL_KEYS'],
  ['PowerShell', '$env:HOOKURL_KEYS="k1:@"\n', 'mentions HOOKURL_KEYS'],
  ['two spaces after export', 'export  HOOKURL_KEYS=k1:@\n', 'mentions HOOKURL_KEYS'],
  ['no-break spaces', '\u00a0HOOKURL_KEYS=k1:@\n', 'mentions HOOKURL_KEYS'],
  ['an empty value', 'HOOKURL_KEYS=\n', 'is empty'],
  ['a key on the next line', 'A=1\nHOOKURL_KEYS=k1:@\nk2:%\n', 'not the value of HOOKURL_KEYS'],
]

describe.each([
  ['./.env', []],
  ['--keys-file', ['--keys-file', '.env']],
])('%s', (_source, flags) => {
  test.each(readable)('reads an .env file: %s', async (_name, content) => {
    writeFileSync(inHome('.env'), typeof content === 'string' ? expand(content) : content)
    const { stdout, stderr, exit } = await runHome(['keys', 'list', '--json', ...flags])
    expect(exit, stderr).toBe(0)
    expect(JSON.parse(stdout.split('\n')[0] as string).id).toBe('k1')
  })

  test.each(unreadable)('rejects a file that no program can read: %s', async (_name, content, message) => {
    writeFileSync(inHome('.env'), typeof content === 'string' ? expand(content) : content)
    const { stdout, stderr, exit } = await runHome(['mint', '--command', 'a', ...flags])
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^ {2}fix: \S/m)
    expect(stderr).not.toContain(testKeys.slice(4))
    expect(stdout).toBe('')
    expect(exit).toBe(6)
    expect(hasDevelopmentKey()).toBe(false)
  })

  test('uses the last of two assignments, as Node does, with a warning', async () => {
    writeFileSync(inHome('.env'), expand('HOOKURL_KEYS=k1:@\nHOOKURL_KEYS=k2:%\n'))
    const { stdout, stderr } = await runHome(['keys', 'list', ...flags])
    expect(stdout).toContain('k2')
    expect(stdout).not.toContain('k1')
    expect(stderr).toContain('sets HOOKURL_KEYS 2 times')
  })
})

describe('keys add', () => {
  test.each(readable)('changes only the keys of an .env file: %s', async (_name, content) => {
    const before = Buffer.from(typeof content === 'string' ? expand(content) : content)
    writeFileSync(inHome('.env'), before)
    const { exit, stderr } = await runHome(['keys', 'add', '--keys-file', '.env', '--id', 'k9'])
    expect(exit, stderr).toBe(0)
    const after = readFileSync(inHome('.env'))
    const [{ HOOKURL_KEYS: oldKeys, ...oldOthers }, { HOOKURL_KEYS: newKeys, ...newOthers }] = [before, after].map(
      (bytes) => parseEnv(bytes.toString().replace(/^\uFEFF/, '')) as Record<string, string>,
    ) as [Record<string, string>, Record<string, string>]
    expect(newOthers).toStrictEqual(oldOthers)
    const oldIds = parseKeys(oldKeys as string).map(({ id }) => id)
    expect(parseKeys(newKeys as string).map(({ id }) => id)).toStrictEqual([oldIds[0], 'k9', ...oldIds.slice(1)])
  })

  test.each(unreadable)('changes no file that cannot be read: %s', async (_name, content) => {
    const before = Buffer.from(typeof content === 'string' ? expand(content) : content)
    writeFileSync(inHome('.env'), before)
    const { exit } = await runHome(['keys', 'add', '--keys-file', '.env'])
    expect(exit).toBe(6)
    expect(readFileSync(inHome('.env'))).toStrictEqual(before)
  })
})

describe('keys new --keys-file', () => {
  test.each([
    ['an empty file', '', /^HOOKURL_KEYS=@\n$/],
    ['a file', 'A=1\n', /^A=1\nHOOKURL_KEYS=@\n$/],
    ['a file without a final line break', 'A=1', /^A=1\nHOOKURL_KEYS=@\n$/],
    ['a file with CRLF', 'A=1\r\nB=2', /^A=1\r\nB=2\r\nHOOKURL_KEYS=@\r\n$/],
    ['a file with a byte order mark', '\uFEFFA=1', /^\uFEFFA=1\nHOOKURL_KEYS=@\n$/],
    ['a file of comments', '# nothing yet', /^# nothing yet\nHOOKURL_KEYS=@\n$/],
  ])('appends a line to %s', async (_name, before, after) => {
    writeFileSync(inHome('.env'), before)
    const { stdout, stderr, exit } = await runHome(['keys', 'new', '--keys-file', '.env'])
    expect(exit, stderr).toBe(0)
    const content = readFileSync(inHome('.env'), 'utf8')
    expect(content.replaceAll(/hks_[\w-]{43}/g, '@')).toMatch(after)
    expect(stdout + stderr).not.toMatch(/hks_[\w-]{43}/)
    expect((await runHome(['mint', '--command', 'a'])).stderr).toContain('Keys from ./.env')
  })

  test.each([
    ['.env', /^HOOKURL_KEYS=k1:@\n$/],
    ['.env.production', /^HOOKURL_KEYS=k1:@\n$/],
    ['keys.txt', /^k1:@\n$/],
  ])('creates %s, readable by its owner only', async (name, content) => {
    const { exit, stderr } = await runHome(['keys', 'new', '--keys-file', name, '--id', 'k1'])
    expect(exit, stderr).toBe(0)
    expect(readFileSync(inHome(name), 'utf8').replaceAll(/hks_[\w-]{43}/g, '@')).toMatch(content)
    expect(statSync(inHome(name)).mode & 0o777).toBe(0o600)
    const listed = await runHome(['keys', 'add', '--keys-file', name, '--id', 'k2'])
    expect(listed.stdout).toContain('k1')
  })

  test.each([
    ['.env', 'HOOKURL_KEYS=k1:@\n', 'already sets HOOKURL_KEYS', 2],
    ['keys.txt', 'k1:@\n', 'already contains a key', 2],
    ['notes.txt', 'buy milk\n', 'is not a file of keys', 2],
    ['.env', utf16le('A=1\n'), 'is UTF-16', 6],
    ['none/.env', undefined, 'cannot be changed (ENOENT)', 2],
  ])('changes no file that has keys or cannot get one: %s %j', async (name, content, message, code) => {
    const before =
      content === undefined ? undefined : Buffer.from(typeof content === 'string' ? expand(content) : content)
    if (before !== undefined) writeFileSync(inHome(name), before)
    const { exit, stderr } = await runHome(['keys', 'new', '--keys-file', name])
    expect(stderr).toContain(message)
    expect(exit).toBe(code)
    if (before !== undefined) expect(readFileSync(inHome(name))).toStrictEqual(before)
  })

  test('creates one key if several processes run it at the same time', async () => {
    const options = { env: { HOME: home.path }, cwd: home.path }
    const results = await Promise.all(
      Array.from({ length: 4 }, () => run(['keys', 'new', '--keys-file', '.env'], options)),
    )
    expect(results.filter(({ exit }) => exit === 0)).toHaveLength(1)
    expect(readFileSync(inHome('.env'), 'utf8')).toMatch(/^HOOKURL_KEYS=hks_[\w-]{43}\n$/)
  })
})

test('a key in ./.env without a name is an error, not the development key', async () => {
  writeFileSync(inHome('.env'), `${testKeys}\n`)
  const { exit, stderr } = await runHome(['mint', '--command', 'a'])
  expect(stderr).toContain('./.env contains a key without a name')
  expect(exit).toBe(6)
})

test('HOOKURL_KEYS_FILE in ./.env names the file of the keys', async () => {
  writeFileSync(inHome('.env'), 'HOOKURL_KEYS_FILE=keys.txt\n')
  writeFileSync(inHome('keys.txt'), `k7:${testKeys}\n`)
  expect((await runHome(['keys', 'list'])).stdout).toContain('k7')
})

test('an ./.env without keys leaves the development key', async () => {
  writeFileSync(inHome('.env'), 'A=1\n')
  expect((await runHome(['mint', '--command', 'a'])).stderr).toContain('development key')
})
