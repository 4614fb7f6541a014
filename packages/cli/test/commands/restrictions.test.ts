import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter, deriveJwk } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHome, type ProgramResult, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { listenWhile } from '../support/start-listen.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
const stateFile = join(home.path, 'state')
const jsonFile = join(home.path, 'state.json')
writeFileSync(stateFile, 'hunter2\n')
writeFileSync(jsonFile, '["v1", 7, null]\n')
afterAll(home.remove)

const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
const bound = minter.mintSync({ command: '/reset', state: 'hunter2' })
const boundToArray = minter.mintSync({ command: '/reset', state: ['v1', 7, null] })
const everything = minter.mintSync({ command: '/reset', userId: 42, maxUses: 1, state: 'hunter2', requireUser: true })
const signed = minter.mintSync({ command: '/reset', requireSignature: true })

function run(args: readonly string[], stdin?: string): Promise<ProgramResult> {
  return runInProcess(args, { env, ...(stdin !== undefined && { stdin }) })
}

describe('mint', () => {
  const sources: readonly [what: string, args: readonly string[], state: unknown, stdin?: string][] = [
    ['--state @file', ['--state', `@${stateFile}`], 'hunter2'],
    ['--state -', ['--state', '-'], 'hunter2', 'hunter2\n'],
    ['an empty --state -', ['--state', '-'], '', ''],
    ['--json-state @file', ['--json-state', `@${jsonFile}`], ['v1', 7, null]],
    ['--json-state -', ['--json-state', '-'], 7, '7'],
  ]
  for (const [what, args, state, stdin] of sources) {
    test(`binds the URL to the state of ${what}`, async () => {
      const { stdout, exit } = await run(['mint', '--command', '/reset', ...args], stdin)
      expect(exit).toBe(0)
      const verifier = createVerifier({ keys: testKeys, state: () => state as never })
      expect(verifier.verifySync(stdout.trim()).isStateBound).toBe(true)
    })
  }

  for (const command of [
    ['mint', '--command', '/reset'],
    ['verify', bound],
  ]) {
    for (const flag of ['--state', '--json-state']) {
      test(`${command[0]} rejects ${flag} as a plain argument and says why, without repeating it`, async () => {
        const { stdout, stderr, exit } = await run([...command, flag, '"hunter2"'])
        expect(exit).toBe(2)
        expect(stderr).toContain(`${flag} must be @file or -: other users of this machine can read the arguments`)
        expect(stderr).toContain(`${flag} @file`)
        expect(stdout + stderr).not.toContain('hunter2')
      })
    }
  }

  const rejected: readonly [what: string, args: readonly string[], stdin?: string][] = [
    ['a state that is not JSON', ['--json-state', '-'], 'hunter2'],
    ['an object as state', ['--json-state', '-'], '{"hunter2":1}'],
    ['a fraction as state', ['--json-state', '-'], '1.5'],
    ['a state over 4 KiB', ['--state', '-'], 'hunter2'.repeat(1000)],
    ['a file that does not exist', ['--state', '@no-such-file']],
    ['both flags', ['--state', '-', '--json-state', '-'], 'hunter2'],
    ['stdin for content and state', ['--state', '-', '--content', '-'], 'hunter2'],
    ['--require-user without --user-id', ['--require-user']],
    ['--require-user with --allow-get', ['--require-user', '--user-id', '42', '--allow-get']],
  ]
  for (const [what, args, stdin] of rejected) {
    test(`rejects ${what}`, async () => {
      const { stdout, stderr, exit } = await run(['mint', '--command', '/reset', ...args], stdin)
      expect([exit, stdout]).toEqual([2, ''])
      expect(stderr).not.toContain('hunter2')
    })
  }

  test('--require-user mints a URL for its user only', async () => {
    const { stdout } = await run(['mint', '--command', '/reset', '--user-id', '42', '--require-user', '--json'])
    expect(JSON.parse(stdout).claims).toMatchObject({ sub: '42', usr: 1 })
  })
})

describe('verify', () => {
  test('accepts a URL whose state it does not know, and says so', async () => {
    const { stdout, stderr, exit } = await run(['verify', bound])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^valid\n[\s\S]*\n {2}state +bound to a state\n/)
    expect(stderr).toContain('Not checked here, but by the receiver: state.')
  })

  test('compares the state of a file or of stdin, and then has nothing left to check', async () => {
    for (const result of [
      await run(['verify', bound, '--state', `@${stateFile}`]),
      await run(['verify', bound, '--state', '-'], 'hunter2'),
      await run(['verify', boundToArray, '--json-state', `@${jsonFile}`]),
    ]) {
      expect(result.exit).toBe(0)
      expect(result.stderr).not.toContain('Not checked')
    }
  })

  test('rejects another state with exit code 5', async () => {
    const { stdout, exit } = await run(['verify', bound, '--state', '-'], 'hunter3')
    expect(exit).toBe(5)
    expect(stdout).toMatch(/^state_changed: /)
    expect(stdout).not.toContain('hunter')
  })

  test('names every check that it leaves to the receiver', async () => {
    expect((await run(['verify', everything])).stderr).toContain('by the receiver: uses, user, state.')
    expect((await run(['verify', signed])).stderr).toContain('by the receiver: signature.')
    expect((await run(['verify', minter.mintSync({ command: '/x' })])).stderr).not.toContain('Not checked')
  })

  test('names them with --json, and in each line', async () => {
    const { stdout } = await run(['verify', everything, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, notChecked: ['uses', 'user', 'state'] })
    const lines = (await run(['verify', '-'], `${everything}\n${signed}\n`)).stdout.split('\n')
    expect(lines[0]).toContain('bound to a state  only its user')
    expect(lines[0]).toMatch(/not checked: uses, user, state$/)
    expect(lines[1]).toMatch(/requests must be signed .*not checked: signature$/)
  })
})

test('inspect says what a URL requires', async () => {
  expect((await run(['inspect', everything])).stdout).toMatch(/state +bound to a state\n.*users +only its user\n/)
  expect((await run(['inspect', signed])).stdout).toMatch(/requests +must be signed\n/)
})

describe('keys jwk', () => {
  test('--for state prints the key of state hashes', async () => {
    const { stdout, stderr } = await run(['keys', 'jwk', '--for', 'state'])
    const key = Buffer.from(JSON.parse(stdout).k, 'base64url')
    const hash = createHmac('sha256', key).update('["/reset",null,"hunter2"]').digest('base64url').slice(0, 12)
    const claims = JSON.parse(Buffer.from(bound.split('.').at(-2) as string, 'base64url').toString())
    expect(claims.sta).toBe(hash)
    expect(stderr).toContain('anyone who has one can guess the states of URLs')
  })

  test('--for signature prints the key of signing secrets', async () => {
    const { stdout, stderr } = await run(['keys', 'jwk', '--for', 'signature'])
    const key = Buffer.from(JSON.parse(stdout).k, 'base64url')
    const claims = Buffer.from(signed.split('.').at(-2) as string, 'base64url')
    const secret = createHmac('sha256', key).update(claims).digest('base64url')
    expect(secret).toBe(minter.signingSecretSync(signed, { encoding: 'plain' }))
    expect(stderr).toContain('anyone who has one can sign requests')
  })

  test('rejects another use', async () => {
    expect((await run(['keys', 'jwk', '--for', 'encryption'])).exit).toBe(2)
  })
})

test('the three keys of a purpose differ', async () => {
  const keys = [
    await deriveJwk(testKeys),
    await deriveJwk(testKeys, '', { for: 'token' }),
    await deriveJwk(testKeys, '', { for: 'state' }),
    await deriveJwk(testKeys, '', { for: 'signature' }),
  ].map(({ k }) => k)
  expect(keys[0]).toBe(keys[1])
  expect(new Set(keys).size).toBe(3)
})

test('listen rejects a URL with a restriction that it cannot check', async () => {
  const base = 'http://127.0.0.1'
  const local = createMinter({ keys: testKeys, baseUrl: base, expiresIn: '1h' })
  const statuses: string[] = []
  const { stdout } = await listenWhile(['--json'], { HOME: home.path }, async (address) => {
    for (const options of [{ state: 'v1' }, { userId: 42, requireUser: true }]) {
      const url = local.mintSync({ command: '/reset', ...options })
      const response = await fetch(address + new URL(url).pathname, { method: 'POST' })
      statuses.push(`${response.status} ${((await response.json()) as { code: string }).code}`)
    }
  })
  expect(statuses).toEqual(['503 not_configured', '503 not_configured'])
  expect(stdout).not.toContain('"outcome":"handled"')
})
