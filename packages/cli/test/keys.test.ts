import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter, deriveJwk, generateKey, parseKeys } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, run, testKeys } from './support/run.ts'

let home: ReturnType<typeof makeHome>
let env: Record<string, string>
beforeEach(() => {
  home = makeHome()
  env = { HOME: home.path }
})
afterEach(() => home.remove())

const at = (...names: string[]): string => join(home.path, ...names)
const developmentKey = (): string => at('.config', 'hookurl', 'development.key')
const print = (key: string): string =>
  createHash('sha256')
    .update(Buffer.from(key.slice(4), 'base64url'))
    .digest('hex')
    .slice(0, 12)

describe('where keys come from', () => {
  test('takes the first source that has some: flag, variable, file of the variable, ./.env, development key', async () => {
    const names = ['flag', 'variable', 'named', 'dot']
    const [flag, variable, named, dot] = names.map((id) => generateKey({ id }))
    writeFileSync(at('flag.keys'), `${flag}\n`)
    writeFileSync(at('named.keys'), `${named}\n`)
    writeFileSync(at('.env'), `OTHER=1\nHOOKURL_KEYS="${dot}"\n`)
    const list = async (args: string[], more: Record<string, string>): Promise<[string, string]> => {
      const { stdout, stderr } = await run(['keys', 'list', '--json', ...args], {
        env: { ...env, ...more },
        cwd: home.path,
      })
      return [JSON.parse(stdout).id, stderr]
    }
    const both = { HOOKURL_KEYS: variable as string, HOOKURL_KEYS_FILE: 'named.keys' }
    const found = await Promise.all([
      list(['--keys-file', 'flag.keys'], both),
      list([], both),
      list([], { HOOKURL_KEYS_FILE: 'named.keys' }),
      list([], {}),
    ])
    expect(found.map(([id]) => id)).toStrictEqual(names)
    expect(found.map(([, stderr]) => stderr.trim())).toStrictEqual([
      '{"note":"Keys from flag.keys"}',
      '',
      '{"note":"Keys from named.keys"}',
      '{"note":"Keys from ./.env"}',
    ])
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('reads keys from stdin, and what `keys new` prints as a file of keys', async () => {
    const made = await run(['keys', 'new', '--id', 'k9'], { env })
    expect(made.stdout).toMatch(/^HOOKURL_KEYS=k9:hks_[\w-]{43}\n$/)
    const { stdout, stderr } = await run(['keys', 'list', '--keys-file', '-'], { env, stdin: made.stdout })
    expect(stdout).toContain('k9')
    expect(stderr).toBe('')
  })

  test('takes base URL and purpose from ./.env where the keys are from there', async () => {
    writeFileSync(
      at('.env'),
      `HOOKURL_KEYS=${testKeys}\nHOOKURL_BASE_URL=https://dot.example/h\nHOOKURL_PURPOSE=billing\n`,
    )
    const { stdout } = await run(['mint', '--command', 'a'], { env, cwd: home.path })
    expect(stdout).toMatch(/^https:\/\/dot\.example\/h\//)
    expect(createVerifier({ keys: testKeys, purpose: 'billing' }).verifySync(stdout.trim()).command).toBe('a')
    const own = { ...env, HOOKURL_KEYS: testKeys }
    expect((await run(['mint', '--command', 'a'], { env: own, cwd: home.path })).stdout).toMatch(
      /^http:\/\/localhost:8787/,
    )
  })

  test('passes by a folder named .env', async () => {
    mkdirSync(at('.env'))
    expect((await run(['mint', '--command', 'a'], { env, cwd: home.path })).exit).toBe(0)
  })

  test.each([
    ['an empty HOOKURL_KEYS', { HOOKURL_KEYS: '' }, 'HOOKURL_KEYS is empty'],
    ['a HOOKURL_KEYS of white space', { HOOKURL_KEYS: ' \n' }, 'HOOKURL_KEYS is empty'],
    ['a passphrase', { HOOKURL_KEYS: 'correct-horse' }, 'does not start with hks_'],
    ['a key that was cut', { HOOKURL_KEYS: testKeys.slice(0, -1) }, '42 characters'],
    ['a file that is not there', { HOOKURL_KEYS_FILE: 'none.keys' }, 'cannot be read (ENOENT)'],
    ['an empty name of a file', { HOOKURL_KEYS_FILE: '' }, 'cannot be read'],
    ['no key in production', { NODE_ENV: 'production' }, 'there is no key'],
  ])('refuses %s with exit 6', async (_name, more, message) => {
    const { exit, stdout, stderr } = await run(['mint', '--command', 'a'], { env: { ...env, ...more }, cwd: home.path })
    expect(stderr).toContain(message)
    expect(stderr).toContain('(invalid_key)')
    expect(stderr).not.toContain('correct-horse')
    expect(stderr).not.toContain(testKeys.slice(4, -1))
    expect(stdout).toBe('')
    expect(exit).toBe(6)
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('refuses an empty HOOKURL_KEYS in ./.env too', async () => {
    writeFileSync(at('.env'), 'HOOKURL_KEYS=\n')
    const { exit, stderr } = await run(['mint', '--command', 'a'], { env, cwd: home.path })
    expect(stderr).toContain('HOOKURL_KEYS in ./.env is empty')
    expect(exit).toBe(6)
  })

  test('does not use a development key that is there in production', async () => {
    await run(['mint', '--command', 'a'], { env })
    expect(existsSync(developmentKey())).toBe(true)
    expect((await run(['mint', '--command', 'a'], { env: { ...env, NODE_ENV: 'production' } })).exit).toBe(6)
  })
})

describe('the development key', () => {
  test('is made once, for its owner only, and named on stderr whenever it is used', async () => {
    const first = await run(['mint', '--command', 'a'], { env })
    expect(first.stderr).toBe(
      'Made a development key: ~/.config/hookurl/development.key (set HOOKURL_KEYS to use your own)\n',
    )
    expect(statSync(developmentKey()).mode & 0o777).toBe(0o600)
    const key = readFileSync(developmentKey(), 'utf8').trim()
    expect(parseKeys(key)).toHaveLength(1)
    const second = await run(['verify', first.stdout.trim()], { env })
    expect(second.stderr).toBe('Using the development key ~/.config/hookurl/development.key\n')
    expect(second.exit).toBe(0)
    expect(first.stderr + second.stderr + second.stdout).not.toContain(key)
  })

  test('lies under XDG_CONFIG_HOME where that is an absolute path', async () => {
    await run(['mint', '--command', 'a'], { env: { ...env, XDG_CONFIG_HOME: at('xdg') } })
    expect(existsSync(at('xdg', 'hookurl', 'development.key'))).toBe(true)
    await run(['mint', '--command', 'a'], { env: { ...env, XDG_CONFIG_HOME: 'relative' }, cwd: home.path })
    expect(existsSync(at('relative'))).toBe(false)
    expect(existsSync(developmentKey())).toBe(true)
  })

  test('is the same one for processes that start at once', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => run(['mint', '--command', 'a'], { env })))
    const verifier = createVerifier({ keys: readFileSync(developmentKey(), 'utf8') })
    for (const { stdout } of runs) expect(verifier.verifySync(stdout.trim()).command).toBe('a')
    expect(readdirSync(at('.config', 'hookurl'))).toStrictEqual(['development.key'])
  })

  test('is neither made nor needed to inspect and to list', async () => {
    const url = createMinter({ keys: testKeys, baseUrl: 'https://a.example', expiresIn: '1d' }).mintSync({
      command: 'a',
    })
    const inspected = await run(['inspect', url], { env })
    expect(inspected.stdout).toContain('not checked: there is no key at hand')
    expect(inspected.exit).toBe(0)
    expect((await run(['keys', 'list'], { env })).exit).toBe(6)
    expect(existsSync(developmentKey())).toBe(false)
  })

  test('that cannot be made is exit 6, with the way out', async () => {
    writeFileSync(at('.config'), '')
    const { exit, stderr } = await run(['mint', '--command', 'a'], { env })
    expect(stderr).toContain('Set HOOKURL_KEYS')
    expect(exit).toBe(6)
  })
})

describe('keys', () => {
  test('lists ids and fingerprints, newest first, and never a key', async () => {
    const keys = { ...env, HOOKURL_KEYS: `k2:${testKeys},${otherKeys}` }
    const { stdout } = await run(['keys', 'list'], { env: keys })
    expect(stdout).toBe(`  ${print(testKeys)}  mints and verifies  k2\n  ${print(otherKeys)}  verifies\n`)
    const lines = (await run(['keys', 'list', '--json'], { env: keys })).stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toStrictEqual([
      { index: 0, id: 'k2', fingerprint: print(testKeys), mints: true },
      { index: 1, fingerprint: print(otherKeys), mints: false },
    ])
  })

  test('prints derived keys that another JWT library mints with, newest first', async () => {
    const keys = `k2:${testKeys} ${otherKeys}`
    const { stdout, stderr } = await run(['keys', 'jwk', '--purpose', 'billing'], {
      env: { ...env, HOOKURL_KEYS: keys },
    })
    expect(stderr).toContain('secrets')
    const jwks = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(jwks).toStrictEqual(await Promise.all(parseKeys(keys).map((key) => deriveJwk(key, 'billing'))))
    const token = await new SignJWT({ cmd: 'a' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(Buffer.from(jwks[1].k, 'base64url'))
    const verified = await run(['verify', token, '--purpose', 'billing'], { env: { ...env, HOOKURL_KEYS: keys } })
    expect(verified.stdout).toContain('2 of 2, an older key')
    expect(verified.exit).toBe(0)
  })

  test('makes another key every time', async () => {
    const [first, second] = await Promise.all([run(['keys', 'new'], { env }), run(['keys', 'new', '--json'], { env })])
    const key = JSON.parse(second.stdout)
    expect(first.stdout).toMatch(/^HOOKURL_KEYS=hks_[\w-]{43}\n$/)
    expect(key).toStrictEqual({ key: key.key, fingerprint: print(key.key) })
    expect(first.stdout).not.toContain(key.key)
  })

  test.each([[['new', '--id', 'a:b']], [[]], [['lsit']]])('refuses `keys %j` with exit 2', async (args) => {
    const { exit, stdout, stderr } = await run(['keys', ...args], { env })
    expect(stderr).toMatch(/^error: .*\n {2}fix: \S/)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
  })
})
