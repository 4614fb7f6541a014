import { createMinter } from '@hookurl/core'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHome, otherKeys, run, testKeys } from './support/run.ts'

const home = makeHome()
const env = { HOME: home.path, HOOKURL_KEYS: testKeys }
afterAll(home.remove)

const minter = createMinter({ keys: testKeys, baseUrl: 'https://bot.example.com/hooks', expiresIn: 'never' })
const url = minter.mintSync({ command: '/a', userId: 42, expiresAt: new Date('2130-01-01T00:00:00Z') })
const unsigned = (claims: object): string => {
  const encode = (text: string): string => Buffer.from(text).toString('base64url')
  return `${encode('{"alg":"HS256"}')}.${encode(JSON.stringify(claims))}.${'A'.repeat(43)}`
}

describe('inspect', () => {
  test('shows the anatomy, the claims in words, the lengths, and whether it verifies', async () => {
    const { stdout, exit } = await run(['inspect', '--at', '2129-12-30', url], { env })
    expect(stdout).toBe(`A hook token (full form), read without trusting it.
  ├── base 30 ───┼─ header 20 ──┼───── claims 54 ─────┼──── signature 43 ────┤
  header    {"alg":"HS256"}
  command   /a
  user      42
  acts on   POST
  expires   2130-01-01 00:00:00 UTC, in 2 days
  length    149 characters: fits where URLs are cut at 255 and at 2,048
  verifies  yes, with key 1 of 1
`)
    expect(exit).toBe(0)
  })

  test('says why it does not verify, and is readable all the same', async () => {
    const { stdout, exit } = await run(['inspect', url], { env: { ...env, HOOKURL_KEYS: otherKeys } })
    expect(stdout).toContain(
      'verifies  no: signed with another key or for another purpose, or altered (invalid_signature)',
    )
    expect(exit).toBe(0)
  })

  test('reads without keys that could be used', async () => {
    const { stdout, exit } = await run(['inspect', url], { env: { ...env, HOOKURL_KEYS: '' } })
    expect(stdout).toContain('verifies  not checked: HOOKURL_KEYS is empty')
    expect(exit).toBe(0)
  })

  test.each([
    ['cut off', url.slice(0, -12), 'a signature of 31 characters where 43 belong', 'truncated'],
    ['turned to lower case', url.toLowerCase(), 'lower case', 'lowercased'],
    ['padded', `${url}==`, 'padded', 'padded'],
    ['no token', 'https://bot.example.com/hooks', 'nothing like a token', 'no_token'],
    ['a word', 'hello', 'it is not a token', 'not_a_token'],
  ])('says what is wrong with one that is damaged (%s), and exits with 3', async (_name, text, message, code) => {
    const [plain, json] = await Promise.all([
      run(['inspect', text], { env }),
      run(['inspect', '--json', text], { env }),
    ])
    expect(plain.stdout).toMatch(/^Not readable as a hook token/)
    expect(plain.stdout).toContain(message)
    expect(JSON.parse(json.stdout)).toMatchObject({ readable: false, problems: [{ code }] })
    expect([plain.exit, json.exit]).toStrictEqual([3, 3])
  })

  test('tells what is remarkable about one that can be read', async () => {
    const never = await run(['inspect', minter.mintSync({ command: '/a' })], { env })
    expect(never.stdout).toContain('it never expires (never_expires)')
    const long = await run(['inspect', minter.mintSync({ command: '/a', content: 'x'.repeat(300) })], { env })
    expect(long.stdout).toContain('over 255, where some services cut')
    expect(long.stdout).toContain('one path segment of')
    const strange = await run(['inspect', unsigned({ cmd: '/a', admin: true })], { env })
    expect(strange.stdout).toContain('  admin     true\n')
    expect(strange.stdout).toContain('a claim that is not in version 1: "admin"')
    expect(strange.exit).toBe(0)
  })

  test('shows no claims of a sealed one', async () => {
    const sealed = await minter.mint({ command: '/a', content: 'secret', encrypt: true })
    const { stdout, exit } = await run(['inspect', sealed], { env })
    expect(stdout).toMatch(/^A sealed token/)
    expect(stdout).not.toContain('secret')
    expect(exit).toBe(0)
  })

  test('reads a URL that was wrapped over lines from stdin', async () => {
    const { stdout } = await run(['inspect', '-', '--json'], { env, stdin: `${url.slice(0, 70)}\n${url.slice(70)}\n` })
    expect(JSON.parse(stdout)).toMatchObject({ readable: true, claims: { cmd: '/a' }, verifies: { valid: true } })
  })

  test('escapes whatever a terminal would act on, in names, content and claims nobody knows', async () => {
    const evil = '\u001b[2J\u009b31m\u202e\u2028\u0007'
    const claims = { cmd: `/a${evil}`, sub: evil, cnt: { [evil]: evil }, rdr: evil, [evil]: evil, exp: evil, get: evil }
    for (const args of [[], ['--json']]) {
      const { stdout, stderr } = await run(['inspect', unsigned(claims), ...args], { env })
      expect(stdout).toContain('\\u001b[2J\\u009b31m\\u202e\\u2028\\u0007')
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u)
    }
  })
})
