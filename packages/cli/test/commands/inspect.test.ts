import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, type ProgramResult, type RunOptions, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: 'never' })
const url = minter.mintSync({ command: '/a', userId: 42, expiresAt: new Date('2130-01-01T00:00:00Z') })

function unsignedToken(claims: object): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64url')
  return `${encode('{"alg":"HS256"}')}.${encode(JSON.stringify(claims))}.${'A'.repeat(43)}`
}

function inspect(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return runInProcess(['inspect', ...args], { ...options, env: { ...env, ...options.env } })
}

describe('inspect', () => {
  test('prints a diagram, the claims, the lengths and the verification', async () => {
    const { stdout, exit } = await inspect(['--at', '2129-12-30', url])
    expect(stdout).toBe(`Hook token (full format)
  ├── base 30 ───┼─ header 20 ──┼───── claims 54 ─────┼──── signature 43 ────┤
  header        {"alg":"HS256"}
  command       /a
  user          42
  methods       POST
  expires       2130-01-01 00:00:00 UTC, in 2 days
  length        149 characters: within the common limits of 255 and 2,048
  verification  valid, with key 1 of 1
`)
    expect(exit).toBe(0)
  })

  test.each([
    { maxUses: 1 },
    { state: 'hunter2' },
    { requireSignature: true },
    { userId: 42, requireUser: true },
  ] as const)('reports a URL with the restriction %j as valid', async (restriction) => {
    const { stdout } = await inspect([minter.mintSync({ command: '/a', expiresIn: '1d', ...restriction })])
    expect(stdout).toMatch(/^ {2}verification {2}valid, with key 1 of 1$/m)
  })

  test('decodes a token of another keyring, and prints why verification failed', async () => {
    const { stdout, exit } = await inspect([url], { env: { HOOKURL_KEYS: otherKeys } })
    expect(stdout).toMatch(/^ {2}verification {2}failed: \S.* \(invalid_signature\)$/m)
    expect(exit).toBe(0)
  })

  test('decodes a token if the keys are not valid', async () => {
    const { stdout, exit } = await inspect([url], { env: { HOOKURL_KEYS: '' } })
    expect(stdout).toContain('verification  not checked: HOOKURL_KEYS is empty')
    expect(exit).toBe(0)
  })

  const damaged = [
    ['a truncated URL', url.slice(0, -12), /31 characters.* 43/, 'truncated'],
    ['a lowercased URL', url.toLowerCase(), /lower ?case/, 'lowercased'],
    ['a padded token', `${url}==`, /padded/, 'padded'],
    ['a URL without a token', 'https://bot.example.com/hooks', /token/, 'no_token'],
    ['a word', 'hello', /not a token/, 'not_a_token'],
  ] as const

  test.each(damaged)('prints what is wrong with %s, and exits with 3', async (_name, text, message, code) => {
    const { stdout, exit } = await inspect([text])
    expect(stdout).toMatch(/^Not a readable hook token/)
    expect(stdout).toMatch(message)
    expect(stdout).toContain(`(${code})`)
    expect(exit).toBe(3)
  })

  test('prints only the length of a truncated URL, not how it compares with limits', async () => {
    const truncated = url.slice(0, -12)
    const { stdout } = await inspect([truncated])
    expect(stdout).toMatch(new RegExp(`^ {2}length {8}${truncated.length} characters$`, 'm'))
    expect(stdout).not.toContain('limits')
  })

  test('prints only the length of a long URL that was truncated', async () => {
    const long = minter.mintSync({ command: '/a', content: 'x'.repeat(300) }).slice(0, -12)
    const { stdout } = await inspect([long])
    expect(stdout).toMatch(new RegExp(`^ {2}length {8}${long.length} characters$`, 'm'))
    expect(stdout).not.toContain('path segment of')
  })

  test.each([[['--help']], [['inspect', '--help']]])('%j does not say that nothing is verified', async (args) => {
    const { stdout } = await runInProcess(args, { env })
    expect(stdout).toContain('decode a URL or token, valid or not')
    expect(stdout).not.toContain('without verifying')
  })

  test.each(damaged)('with --json prints the problem of %s, and exits with 3', async (_name, text, _message, code) => {
    const { stdout, exit } = await inspect(['--json', text])
    expect(JSON.parse(stdout)).toMatchObject({ readable: false, problems: [{ code }] })
    expect(exit).toBe(3)
  })

  test('reads the URL inside a wrapper, and prints who wrapped it', async () => {
    const wrapped = `https://l.facebook.com/l.php?u=${encodeURIComponent(url)}&h=AT0`
    const { stdout, exit } = await inspect([wrapped])
    expect(stdout).toMatch(/^ {2}wrapped by {4}Facebook$/m)
    expect(stdout).toMatch(/^ {2}verification {2}valid, with key 1 of 1$/m)
    expect(exit).toBe(0)
  })

  test('with --json prints who wrapped the URL as a list', async () => {
    const { stdout } = await inspect(['--json', `https://www.google.com/url?q=${encodeURIComponent(url)}`])
    expect(JSON.parse(stdout)).toMatchObject({ wrappedBy: ['Google'], verification: { valid: true } })
  })

  test('reports that a wrapper does not contain the URL', async () => {
    const { stdout, exit } = await inspect(['https://url.uk.m.mimecastprotect.com/s/abc?domain=bot.example.com'])
    expect(stdout).toMatch(/wrapped by +Mimecast/)
    expect(stdout).toContain('left the original URL out (no_token)')
    expect(exit).toBe(3)
  })

  test('warns about a token that never expires', async () => {
    const { stdout } = await inspect([minter.mintSync({ command: '/a' })])
    expect(stdout).toContain('(never_expires)')
  })

  test('warns about a URL that is longer than some services accept', async () => {
    const { stdout } = await inspect([minter.mintSync({ command: '/a', content: 'x'.repeat(300) })])
    expect(stdout).toContain('over 255, where some services truncate')
    expect(stdout).toContain('one path segment of')
  })

  test('prints unknown claims, and warns about them', async () => {
    const { stdout, exit } = await inspect([unsignedToken({ cmd: '/a', admin: true })])
    expect(stdout).toContain('  admin         true\n')
    expect(stdout).toMatch(/^ {2}problem {7}.*version 1.*"admin" \(invalid_claims\)$/m)
    expect(exit).toBe(0)
  })

  test('prints no claims of an encrypted token', async () => {
    const encrypted = await minter.mint({ command: '/a', content: 'secret', encrypt: true })
    const { stdout, exit } = await inspect([encrypted])
    expect(stdout).toMatch(/^Encrypted hook token/)
    expect(stdout).not.toContain('secret')
    expect(exit).toBe(0)
  })

  test('reads a URL from stdin that is wrapped over two lines', async () => {
    const { stdout } = await inspect(['-', '--json'], { stdin: `${url.slice(0, 70)}\n${url.slice(70)}\n` })
    expect(JSON.parse(stdout)).toMatchObject({ readable: true, claims: { cmd: '/a' }, verification: { valid: true } })
  })

  test.each([[[]], [['--json']]])(
    'escapes control characters in the names and values of claims (flags: %j)',
    async (flags: string[]) => {
      const evil = '\u001b[2J\u009b31m\u202e\u2028\u0007'
      const values = { cmd: `/a${evil}`, sub: evil, cnt: { [evil]: evil }, rdr: evil, [evil]: evil }
      const { stdout, stderr } = await inspect([unsignedToken({ ...values, exp: evil, get: evil }), ...flags])
      expect(stdout).toContain('\\u001b[2J\\u009b31m\\u202e\\u2028\\u0007')
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u)
    },
  )
})
