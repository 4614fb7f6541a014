import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from '../support/parse-json-lines.ts'
import { makeHome, otherKeys, type ProgramResult, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

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
const altered = url.replace(/.$/, url.endsWith('A') ? 'E' : 'A')
const otherUrl = createMinter({ keys: otherKeys, baseUrl: 'https://a.example', expiresIn: '1d' }).mintSync({
  command: 'a',
})
const singleUse = minter.mintSync({ command: '/once', maxUses: 1, expiresAt })
const notYetValid = minter.mintSync({ command: '/early', notBefore: new Date('2129-01-01T00:00:00Z'), expiresAt })
const claims = `  command   /onWebhook
  user      42
  content   "Did you see the cat?"
  redirect  https://cataas.com/cat
  methods   POST
`

const safeLink = (inner: string): string =>
  `https://nam02.safelinks.protection.outlook.com/?url=${encodeURIComponent(inner)}&data=05%7C02`

function verify(args: readonly string[], stdin?: string): Promise<ProgramResult> {
  return runInProcess(['verify', ...args], { env, stdin })
}

describe('verify', () => {
  test('prints valid, with the hook and the time left', async () => {
    const { stdout, stderr, exit } = await verify(['--at', '2129-12-30', url])
    expect(stdout).toBe(`valid\n${claims}  expires   2130-01-01 00:00:00 UTC, in 2 days\n  key       1 of 1\n`)
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test('prints code, reason, fix and claims of an expired URL, whose signature is valid', async () => {
    const { stdout, exit } = await verify(['--at', '2130-01-04', url])
    expect(stdout).toBe(
      `expired: the URL has expired\nfix: Mint a new URL.\n${claims}  expires   2130-01-01 00:00:00 UTC, 3 days ago\n  key       1 of 1\n`,
    )
    expect(exit).toBe(4)
  })

  test.each([
    ['a URL without a token', 'https://bot.example.com/', 3, 'no_token'],
    ['a word', 'hello', 3, 'malformed_token'],
    ['a token of another keyring', otherUrl, 3, 'invalid_signature'],
    ['a token with one altered character', altered, 3, 'invalid_signature'],
    ['two tokens', `${url}/${otherUrl.split('/').at(-1)}`, 3, 'ambiguous_token'],
    ['a URL that is not valid yet', notYetValid, 4, 'not_yet_valid'],
    ['another command', [url, '--command', '/other', '--command', '/more'], 5, 'wrong_command'],
    ['another purpose', [url, '--purpose', 'billing'], 3, 'invalid_signature'],
  ])('rejects %s with its code and exit', async (_name, given, exit, code) => {
    const result = await verify([given].flat())
    expect(result.stdout).toMatch(new RegExp(`^${code}: .+\\nfix: .+\\n`))
    expect(result.stdout.includes('command ')).toBe(exit > 3)
    expect(result.exit).toBe(exit)
  })

  test('accepts one of several commands', async () => {
    expect((await verify([url, '--command', '/a', '--command', '/onWebhook'])).exit).toBe(0)
  })

  test('accepts a single-use URL, and notes that uses are not checked here', async () => {
    const { stdout, stderr, exit } = await verify([singleUse])
    expect(stdout).toMatch(/^valid\n/)
    expect(stderr).toContain('Not checked here, but by the receiver: uses.')
    expect(exit).toBe(0)
  })

  test('decrypts an encrypted token', async () => {
    const encrypted = await minter.mint({ command: '/onWebhook', content: 'secret', encrypt: true })
    expect((await verify([encrypted])).stdout).toContain('"secret"')
  })
})

describe('verify, of a wrapped URL,', () => {
  test('verifies the URL inside, and prints who wrapped it', async () => {
    const { stdout, exit } = await verify([safeLink(url)])
    expect(stdout).toMatch(/^valid\n {2}wrapped by {2}Outlook Safe Links\n {2}command {5}\/onWebhook\n/)
    expect(exit).toBe(0)
  })

  test('prints who wrapped a URL that is rejected', async () => {
    const { stdout, exit } = await verify([safeLink(otherUrl)])
    expect(stdout).toMatch(/^invalid_signature: .+\nfix: .+\n {2}wrapped by {2}Outlook Safe Links\n$/)
    expect(exit).toBe(3)
  })

  test('prints who wrapped it at the end of its line', async () => {
    const { stdout } = await verify(['-'], `${url}\n${safeLink(url)}`)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.endsWith('  wrapped by Outlook Safe Links')),
    ).toStrictEqual([false, true])
  })

  test('with --json prints who wrapped it as a list', async () => {
    const { stdout } = await verify(['--json', safeLink(url)])
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, wrappedBy: ['Outlook Safe Links'] })
  })
})

describe('verify --json', () => {
  const hook = {
    command: '/onWebhook',
    userId: '42',
    content: 'Did you see the cat?',
    redirectTo: 'https://cataas.com/cat',
    allowGet: false,
    expiresAt: '2130-01-01T00:00:00.000Z',
    key: { index: 0 },
  }

  test('prints a valid URL as one object', async () => {
    const { stdout, exit } = await verify(['--json', url])
    expect(JSON.parse(stdout)).toStrictEqual({ valid: true, hook })
    expect(exit).toBe(0)
  })

  test('prints a rejected URL as one object, with the hook of a valid signature', async () => {
    const { stdout, exit } = await verify(['--json', '--at', '2130-01-01', url])
    const error = { code: 'expired', message: 'the URL has expired', fix: 'Mint a new URL.' }
    expect(JSON.parse(stdout)).toStrictEqual({ valid: false, error, hook })
    expect(exit).toBe(4)
  })

  test('prints one object per line of stdin, with the number of the line', async () => {
    const { stdout } = await verify(['-', '--json'], `${url}\n\n  ${notYetValid}  \r\n${altered}\n${singleUse}`)
    expect(parseJsonLines(stdout).map(({ line }) => line)).toStrictEqual([1, 3, 4, 5])
  })
})

describe('verify -', () => {
  test('prints one line per line of stdin', async () => {
    const { stdout } = await verify(['-'], `${url}\n\n  ${notYetValid}  \r\n${altered}\n${singleUse}`)
    const lines = stdout.trimEnd().split('\n')
    const results = ['valid', 'not_yet_valid', 'invalid_signature', 'valid']
    expect(lines.map((line) => line.split(/[ :]/)[0])).toStrictEqual(results)
  })

  test('prints a summary of the claims if the signature is valid', async () => {
    const { stdout } = await verify(['-'], `${url}\n${notYetValid}`)
    const [first, second] = stdout.split('\n')
    expect(first).toContain(
      'valid  /onWebhook  user 42  content "Did you see the cat?"  redirect https://cataas.com/cat',
    )
    expect(second).toContain('/early')
  })

  test('exits with the code of the first rejected URL', async () => {
    expect((await verify(['-'], `${url}\n${notYetValid}\n${altered}`)).exit).toBe(4)
  })

  test('verifies what mint prints; without an argument it reads stdin', async () => {
    const minted = await runInProcess(['mint', '--command', '/onWebhook'], { env })
    const { stdout, exit } = await verify([], minted.stdout)
    expect(stdout).toBe('valid  /onWebhook  expires in 30 days\n')
    expect(exit).toBe(0)
  })

  test('rejects an empty stdin, such as that of a mint that failed', async () => {
    const { exit, stderr } = await verify(['-'], '\n')
    expect(stderr).toContain('stdin is empty')
    expect(exit).toBe(3)
  })
})
