import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generateKey } from '@hookurl/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Check } from '../../src/doctor/checks.ts'
import { makeHome, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

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

interface Diagnosis {
  readonly exit: number | null
  readonly checks: readonly Check[]
}

/** Runs doctor in the environment of a valid configuration, without the variables that are `undefined`. */
async function diagnose(
  changes: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = [],
): Promise<Diagnosis> {
  const variables = Object.entries({ ...env, ...changes }).filter(([, value]) => value !== undefined)
  const options = { env: Object.fromEntries(variables) as Record<string, string>, cwd: home.path }
  const { stdout, exit } = await runInProcess(['doctor', '--json', ...args], options)
  const { ok, checks } = JSON.parse(stdout)
  expect(ok).toBe(exit === 0)
  return { exit, checks }
}

function findCheck({ checks }: Diagnosis, name: string): Check | undefined {
  return checks.findLast(({ check }) => check === name)
}

/** Starts a server that responds to HEAD with a status, and returns its URL. */
async function serve(status: number, headers: Record<string, string> = {}): Promise<string> {
  server = createServer((request, response) => {
    response.writeHead(request.method === 'HEAD' ? status : 500, headers).end()
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
}

describe('doctor', () => {
  test('prints one line per check and exits with 0 where the configuration is valid', async () => {
    const { stdout, stderr, exit } = await runInProcess(['doctor'], { env, cwd: home.path })
    expect(stdout).toMatch(
      /^ok +Node\.js +\S+\nok +keys +1 key, from HOOKURL_KEYS\nok +base URL +https:\S+\nok +length +160 characters left for claims up to 255, 1953 up to 2,048\nok +clock +\S+Z \(compare it with --probe\)\n$/,
    )
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test.each([
    ['no key', { HOOKURL_KEYS: undefined }, 'keys', 'there is no key'],
    ['a passphrase', { HOOKURL_KEYS: 'correct-horse' }, 'keys', 'does not start with hks_'],
    ['a duplicate key', { HOOKURL_KEYS: `${testKeys},a:${testKeys}` }, 'keys', 'is in the keyring twice'],
    ['a key that counts up', { HOOKURL_KEYS: testKeys }, 'keys', 'key 1 of 1 is not random'],
    ['a key of one repeated byte', { HOOKURL_KEYS: `hks_${'A'.repeat(43)}` }, 'keys', 'key 1 of 1 is not random'],
    ['plain http', { HOOKURL_BASE_URL: 'http://bot.example.com' }, 'base URL', 'is http on a public host'],
    ['another scheme', { HOOKURL_BASE_URL: 'ftp://bot.example.com' }, 'base URL', 'must be http or https'],
    [
      'a base URL that leaves no room',
      { HOOKURL_BASE_URL: `https://a.example/${'a'.repeat(1950)}` },
      'length',
      '0 characters',
    ],
  ])('reports %s as an error with a fix, and exits with 1', async (_name, changes, check, message) => {
    const diagnosis = await diagnose(changes)
    const expected = { state: 'error', message: expect.stringContaining(message), fix: expect.any(String) }
    expect(findCheck(diagnosis, check)).toMatchObject(expected)
    expect(JSON.stringify(diagnosis.checks)).not.toMatch(/correct-horse|hks_A/)
    expect(diagnosis.exit).toBe(1)
  })

  test.each([
    ['a missing base URL', { HOOKURL_BASE_URL: undefined }, 'base URL', 'not set'],
    ['localhost', { HOOKURL_BASE_URL: 'http://localhost:8787/hooks' }, 'base URL', 'only this machine'],
    ['http in a private network', { HOOKURL_BASE_URL: 'http://10.0.0.7/hooks' }, 'base URL', 'is not https'],
    ['a long base URL', { HOOKURL_BASE_URL: `https://a.example/${'a'.repeat(99)}` }, 'length', 'characters left'],
  ])('reports %s as a warning, and exits with 0', async (_name, changes, check, message) => {
    const diagnosis = await diagnose(changes)
    expect(findCheck(diagnosis, check)).toMatchObject({ state: 'warning', message: expect.stringContaining(message) })
    expect(diagnosis.exit).toBe(0)
  })

  test('reports http on a public host as a warning with --allow-insecure', async () => {
    const diagnosis = await diagnose({ HOOKURL_BASE_URL: 'http://bot.example.com' }, ['--allow-insecure'])
    const message = expect.stringContaining('is not https')
    expect(findCheck(diagnosis, 'base URL')).toMatchObject({ state: 'warning', message })
    expect(findCheck(diagnosis, 'length')).toMatchObject({ state: 'ok' })
    expect(diagnosis.exit).toBe(0)
  })

  describe('with --keys-file', () => {
    let path: string
    beforeEach(() => {
      path = join(home.path, 'keys.txt')
      writeFileSync(path, `${generateKey()} ${generateKey()}`)
    })

    test('warns where other users can read the file', async () => {
      chmodSync(path, 0o644)
      const check = findCheck(await diagnose({}, ['--keys-file', path]), 'keys')
      expect(check).toMatchObject({ state: 'warning', message: expect.stringContaining('other users') })
      expect(check?.fix).toBe(`Restrict permissions: chmod 600 ${path}`)
    })

    test('reports a file that only its owner can read as ok', async () => {
      chmodSync(path, 0o600)
      const check = findCheck(await diagnose({}, ['--keys-file', path]), 'keys')
      expect(check).toMatchObject({ state: 'ok', message: `2 keys, no duplicates, from ${path}` })
    })
  })

  test('warns of a development key', async () => {
    const options = { env: { HOME: home.path, HOOKURL_BASE_URL: 'https://a.example' }, cwd: home.path }
    await runInProcess(['mint', '--command', 'a'], options)
    const { stdout, exit } = await runInProcess(['doctor'], options)
    expect(stdout).toMatch(/^warning +keys +this machine's development key, ~\/\.config/m)
    expect(exit).toBe(0)
  })

  test('creates no development key', async () => {
    await diagnose({ HOOKURL_KEYS: undefined })
    expect(existsSync(join(home.path, '.config'))).toBe(false)
  })
})

describe('doctor --probe', () => {
  test('sends a HEAD request to the base URL', async () => {
    const diagnosis = await diagnose({}, ['--probe', '--base-url', await serve(404)])
    const expected = { check: 'reachable', state: 'ok', message: 'responds to HEAD with 404' }
    expect(findCheck(diagnosis, 'reachable')).toStrictEqual(expected)
    expect(diagnosis.exit).toBe(0)
  })

  test('compares the clocks', async () => {
    const diagnosis = await diagnose({}, ['--probe', '--base-url', await serve(404)])
    expect(findCheck(diagnosis, 'clock')?.message).toBe('in sync with the server of the base URL')
  })

  test.each([
    [502, 'error', 1],
    [301, 'warning', 0],
  ])('reports the status %i as %s', async (status, state, exit) => {
    const diagnosis = await diagnose({}, ['--probe', '--base-url', await serve(status, { location: '/x' })])
    expect(findCheck(diagnosis, 'reachable')).toMatchObject({ state, fix: expect.any(String) })
    expect(diagnosis.exit).toBe(exit)
  })

  test('reports a clock that is two minutes off as an error', async () => {
    const date = new Date(Date.now() - 120_000).toUTCString()
    const diagnosis = await diagnose({}, ['--probe', '--base-url', await serve(404, { date })])
    const message = expect.stringMatching(/^1[12]\d seconds ahead of the server of the base URL$/)
    expect(findCheck(diagnosis, 'clock')).toMatchObject({ state: 'error', message })
    expect(diagnosis.exit).toBe(1)
  })

  test('reports a server that does not respond as an error', async () => {
    const diagnosis = await diagnose({}, ['--probe', '--base-url', 'http://127.0.0.1:9/hooks'])
    const message = expect.stringContaining('no response to HEAD')
    expect(findCheck(diagnosis, 'reachable')).toMatchObject({ state: 'error', message })
    expect(diagnosis.exit).toBe(1)
  })
})
