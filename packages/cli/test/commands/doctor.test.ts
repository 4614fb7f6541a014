import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generateKey } from '@hookurl/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, run, testKeys } from '../support/run.ts'

interface Row {
  readonly check: string
  readonly state: string
  readonly message: string
  readonly fix?: string
}

let home: ReturnType<typeof makeHome>
let env: Record<string, string>
let server: Server | undefined
beforeEach(() => {
  home = makeHome()
  env = { HOME: home.path, HOOKURL_KEYS: generateKey(), HOOKURL_BASE_URL: 'https://bot.example.com/hooks' }
})
afterEach(() => {
  server?.close()
  server = undefined
  home.remove()
})

/** Undefined takes a variable away. */
async function examine(
  more: Record<string, string> = {},
  ...args: string[]
): Promise<{ exit: number | null; rows: Row[] }> {
  const { stdout, exit } = await run(['doctor', '--json', ...args], { env: { ...env, ...more }, cwd: home.path })
  const { ok, checks } = JSON.parse(stdout)
  expect(ok).toBe(exit === 0)
  return { exit, rows: checks }
}

const find = (rows: readonly Row[], check: string): Row | undefined => rows.findLast((row) => row.check === check)

async function serve(status: number, headers: Record<string, string> = {}): Promise<string> {
  server = createServer((request, response) => {
    response.writeHead(request.method === 'HEAD' ? status : 500, headers).end()
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
}

describe('doctor', () => {
  test('finds nothing wrong where nothing is: exit 0, one line a check', async () => {
    const { stdout, stderr, exit } = await run(['doctor'], { env, cwd: home.path })
    expect(stdout).toMatch(
      /^ok +Node\.js +\S+\nok +keys +1 key, from HOOKURL_KEYS\nok +base URL +https:\S+\nok +length +160 characters left for claims up to 255, 1953 up to 2,048\nok +clock +\S+Z \(--probe compares it\)\n$/,
    )
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test.each([
    ['no key', { HOOKURL_KEYS: undefined }, 'keys', 'wrong', 'there is no key'],
    ['a passphrase', { HOOKURL_KEYS: 'correct-horse' }, 'keys', 'wrong', 'does not start with hks_'],
    ['a key twice', { HOOKURL_KEYS: `${testKeys},a:${testKeys}` }, 'keys', 'wrong', 'is in the keyring twice'],
    ['a counted key', { HOOKURL_KEYS: testKeys }, 'keys', 'wrong', 'key 1 of 1 is not random'],
    ['a key of one byte', { HOOKURL_KEYS: `hks_${'A'.repeat(43)}` }, 'keys', 'wrong', 'key 1 of 1 is not random'],
    ['plain http', { HOOKURL_BASE_URL: 'http://bot.example.com' }, 'base URL', 'wrong', 'is not https'],
    ['no web address', { HOOKURL_BASE_URL: 'ftp://bot.example.com' }, 'base URL', 'wrong', 'must be http or https'],
    [
      'an endless base',
      { HOOKURL_BASE_URL: `https://a.example/${'a'.repeat(1950)}` },
      'length',
      'wrong',
      '0 characters',
    ],
  ])('finds %s wrong: exit 1, with the fix', async (_name, more, check, state, message) => {
    const { exit, rows } = await examine(more as Record<string, string>)
    const row = find(rows, check)
    expect(row).toMatchObject({ state, message: expect.stringContaining(message), fix: expect.any(String) })
    expect(JSON.stringify(rows)).not.toMatch(/correct-horse|hks_A/)
    expect(exit).toBe(1)
  })

  test.each([
    ['no base URL', { HOOKURL_BASE_URL: undefined }, 'base URL', 'not set'],
    ['this machine', { HOOKURL_BASE_URL: 'http://localhost:8787/hooks' }, 'base URL', 'only this machine'],
    ['a long base', { HOOKURL_BASE_URL: `https://a.example/${'a'.repeat(99)}` }, 'length', 'characters left'],
  ])('warns of %s, with exit 0', async (_name, more, check, message) => {
    const { exit, rows } = await examine(more as unknown as Record<string, string>)
    expect(find(rows, check)).toMatchObject({ state: 'warning', message: expect.stringContaining(message) })
    expect(exit).toBe(0)
  })

  test('warns of a file of keys that others can read, and of no other', async () => {
    const path = join(home.path, 'keys.txt')
    writeFileSync(path, `${generateKey()} ${generateKey()}`)
    chmodSync(path, 0o644)
    const open = await examine({}, '--keys-file', path)
    expect(find(open.rows, 'keys')).toMatchObject({ state: 'warning', message: expect.stringContaining('others') })
    chmodSync(path, 0o600)
    const closed = await examine({}, '--keys-file', path)
    expect(find(closed.rows, 'keys')).toMatchObject({ state: 'ok', message: `2 keys, none twice, from ${path}` })
  })

  test('warns of a development key, and makes none', async () => {
    const own = { HOME: home.path, HOOKURL_BASE_URL: 'https://a.example' }
    expect((await run(['doctor'], { env: own, cwd: home.path })).exit).toBe(1)
    expect(existsSync(join(home.path, '.config'))).toBe(false)
    await run(['mint', '--command', 'a'], { env: own, cwd: home.path })
    const { stdout, exit } = await run(['doctor'], { env: own, cwd: home.path })
    expect(stdout).toMatch(/^warning +keys +the development key of this machine/m)
    expect(exit).toBe(0)
  })
})

describe('doctor --probe', () => {
  test('calls the base URL with HEAD and compares the clocks', async () => {
    const { exit, rows } = await examine({}, '--probe', '--base-url', await serve(404))
    expect(find(rows, 'reachable')).toStrictEqual({ check: 'reachable', state: 'ok', message: 'answers HEAD with 404' })
    expect(find(rows, 'clock')?.message).toBe('agrees with the base URL’s')
    expect(exit).toBe(0)
  })

  test.each([
    [502, 'wrong', 1],
    [301, 'warning', 0],
  ])('judges an answer of %i as %s', async (status, state, code) => {
    const { exit, rows } = await examine({}, '--probe', '--base-url', await serve(status, { location: '/x' }))
    expect(find(rows, 'reachable')).toMatchObject({ state, fix: expect.any(String) })
    expect(exit).toBe(code)
  })

  test('finds a clock wrong that is minutes off', async () => {
    const date = new Date(Date.now() - 120_000).toUTCString()
    const { exit, rows } = await examine({}, '--probe', '--base-url', await serve(404, { date }))
    expect(find(rows, 'clock')).toMatchObject({
      state: 'wrong',
      message: expect.stringMatching(/^1[12]\d seconds ahead/),
    })
    expect(exit).toBe(1)
  })

  test('says that nothing answers', async () => {
    const { exit, rows } = await examine({}, '--probe', '--base-url', 'http://127.0.0.1:9/hooks')
    expect(find(rows, 'reachable')).toMatchObject({ state: 'wrong', message: expect.stringContaining('no answer') })
    expect(exit).toBe(1)
  })
})
