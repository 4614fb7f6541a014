import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, run, testKeys } from './support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const expiresAt = new Date('2130-01-01T00:00:00Z')
const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
const url = minter.mintSync({
  command: '/onWebhook',
  userId: 42,
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
  expiresAt,
})
const damaged = url.replace(/.$/, url.endsWith('A') ? 'E' : 'A')
const foreign = createMinter({ keys: otherKeys, baseUrl: 'https://a.example', expiresIn: '1d' }).mintSync({
  command: 'a',
})
const counted = minter.mintSync({ command: '/once', maxUses: 1, expiresAt })
const early = minter.mintSync({ command: '/early', notBefore: new Date('2129-01-01T00:00:00Z'), expiresAt })
const told = `  command   /onWebhook
  user      42
  content   "Did you see the cat?"
  redirect  https://cataas.com/cat
  acts on   POST
`

describe('verify', () => {
  test('says valid, with the hook and the time left', async () => {
    const { stdout, stderr, exit } = await run(['verify', '--at', '2129-12-30', url], { env })
    expect(stdout).toBe(`valid\n${told}  expires   2130-01-01 00:00:00 UTC, in 2 days\n  key       1 of 1\n`)
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test('says code, cause and fix of an expired one, and its claims, since the signature held', async () => {
    const { stdout, exit } = await run(['verify', '--at', '2130-01-04', url], { env })
    expect(stdout).toBe(
      `expired: the URL has expired\nfix: Mint a new URL.\n${told}  expires   2130-01-01 00:00:00 UTC, 3 days ago\n  key       1 of 1\n`,
    )
    expect(exit).toBe(4)
  })

  test.each([
    ['nothing like a token', 'https://bot.example.com/', 3, 'no_token'],
    ['a text that is none', 'hello', 3, 'malformed_token'],
    ['a token of another keyring', foreign, 3, 'invalid_signature'],
    ['one character altered', damaged, 3, 'invalid_signature'],
    ['two tokens', `${url}/${foreign.split('/').at(-1)}`, 3, 'ambiguous_token'],
    ['one that is not valid yet', early, 4, 'not_yet_valid'],
    ['another command', [url, '--command', '/other', '--command', '/more'], 5, 'wrong_command'],
    ['another purpose', [url, '--purpose', 'billing'], 3, 'invalid_signature'],
  ])('refuses %s with its code and exit', async (_name, given, exit, code) => {
    const ended = await run(['verify', ...[given].flat()], { env })
    expect(ended.stdout).toMatch(new RegExp(`^${code}: .+\\nfix: .+\\n`))
    expect(ended.stdout.includes('command ')).toBe(exit > 3)
    expect(ended.exit).toBe(exit)
  })

  test('accepts one of several commands', async () => {
    expect((await run(['verify', url, '--command', '/a', '--command', '/onWebhook'], { env })).exit).toBe(0)
  })

  test('verifies a hook with uses, and says that they are not counted here', async () => {
    const { stdout, stderr, exit } = await run(['verify', counted], { env })
    expect(stdout).toMatch(/^valid\n/)
    expect(stderr).toContain('counted by the receiver')
    expect(exit).toBe(0)
  })

  test('opens a sealed one', async () => {
    const sealed = await minter.mint({ command: '/onWebhook', content: 'secret', encrypt: true })
    expect((await run(['verify', sealed], { env })).stdout).toContain('"secret"')
  })

  test('with --json gives one object, also for a refusal', async () => {
    const [good, bad] = await Promise.all([
      run(['verify', '--json', url], { env }),
      run(['verify', '--json', '--at', '2130-01-01', url], { env }),
    ])
    const hook = {
      command: '/onWebhook',
      userId: '42',
      content: 'Did you see the cat?',
      redirectTo: 'https://cataas.com/cat',
      allowGet: false,
      expiresAt: '2130-01-01T00:00:00.000Z',
      key: { index: 0 },
    }
    expect(JSON.parse(good.stdout)).toStrictEqual({ valid: true, hook })
    const error = { code: 'expired', message: 'the URL has expired', fix: 'Mint a new URL.' }
    expect(JSON.parse(bad.stdout)).toStrictEqual({ valid: false, error, hook })
    expect([good.exit, bad.exit]).toStrictEqual([0, 4])
  })

  test('reads many from stdin, one a line; the first that is refused decides the exit code', async () => {
    const stdin = `${url}\n\n  ${early}  \r\n${damaged}\n${counted}`
    const { stdout, exit } = await run(['verify', '-'], { env, stdin })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(/[ :]/)[0])).toStrictEqual([
      'valid',
      'not_yet_valid',
      'invalid_signature',
      'valid',
    ])
    expect(lines[0]).toContain(
      'valid  /onWebhook  user 42  content "Did you see the cat?"  redirect https://cataas.com/cat',
    )
    expect(lines[1]).toContain('/early')
    expect(exit).toBe(4)
    const records = (await run(['verify', '-', '--json'], { env, stdin })).stdout.trimEnd().split('\n')
    expect(records.map((record) => JSON.parse(record).line)).toStrictEqual([1, 3, 4, 5])
  })

  test('verifies what mint prints, through a pipe and without the dash', async () => {
    const minted = await run(['mint', '--command', '/onWebhook'], { env })
    const { stdout, exit } = await run(['verify'], { env, stdin: minted.stdout })
    expect(stdout).toBe('valid  /onWebhook  expires in 30 days\n')
    expect(exit).toBe(0)
  })

  test('refuses an empty stdin: a mint that failed is not a valid URL', async () => {
    const { exit, stderr } = await run(['verify', '-'], { env, stdin: '\n' })
    expect(stderr).toContain('stdin is empty')
    expect(exit).toBe(3)
  })
})
