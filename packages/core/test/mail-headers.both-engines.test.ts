import { type CommandDefinitions, createMinter } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { catchError, keyA, keyB } from './helpers.ts'

const options = { keys: keyA, expiresIn: '365d', maxUrlLength: 4096 } as const
const minter = createMinter<CommandDefinitions>({
  ...options,
  baseUrl: 'https://cats.example.com/unsubscribe',
  commands: { '/unsubscribe': {}, '/deploy': { choices: { approve: 'Approve', reject: 'Reject' } }, a: {} },
})
const plainMinter = createMinter({ ...options, baseUrl: 'http://localhost:8787/unsubscribe' })

test('mailHeaders returns the URL between angle brackets, and the form of RFC 8058', async () => {
  const url = await minter.mint({ command: '/unsubscribe', userId: 42 })
  expect(await minter.mailHeaders(url)).toEqual({
    'List-Unsubscribe': `<${url}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  })
})

test('an encrypted URL, and one with maxUses, is accepted', async () => {
  const url = await minter.mint({ command: '/unsubscribe', encrypt: true, maxUses: 1 })
  expect((await minter.mailHeaders(url))['List-Unsubscribe']).toBe(`<${url}>`)
})

describe('mailHeaders rejects', () => {
  const rejected: readonly [what: string, mint: () => Promise<string>, code: string, message: RegExp][] = [
    ['an http URL', () => plainMinter.mint({ command: 'a' }), 'invalid_option', /https/],
    ['allowGet', () => minter.mint({ command: 'a', allowGet: true }), 'invalid_option', /allowGet/],
    ['requireSignature', () => minter.mint({ command: 'a', requireSignature: true }), 'invalid_option', /requireSig/],
    ['requireUser', () => minter.mint({ command: 'a', userId: 1, requireUser: true }), 'invalid_option', /requireUser/],
    [
      'requireUser in an encrypted token',
      () => minter.mint({ command: 'a', userId: 1, requireUser: true, encrypt: true }),
      'invalid_option',
      /requireUser/,
    ],
    ['a command with choices', () => minter.mint({ command: '/deploy' }), 'invalid_option', /choices/],
    [
      'a URL for a longer line',
      () => minter.mint({ command: 'a', content: 'a'.repeat(800) }),
      'url_too_long',
      /998 characters/,
    ],
    [
      'a URL of another keyring',
      () => createMinter({ ...options, keys: keyB, baseUrl: 'https://a.example' }).mint({ command: 'a' }),
      'invalid_signature',
      /another key/,
    ],
    ['a URL without a token', async () => 'https://cats.example.com/', 'no_token', /token/],
    [
      'a bare token',
      async () => (await minter.mint({ command: 'a' })).split('/').at(-1) ?? '',
      'invalid_option',
      /URL/,
    ],
  ]
  test.each(rejected)('%s', async (_what, mint, code, message) => {
    const url = await mint()
    const error = await catchError(() => minter.mailHeaders(url))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })
})

test.each([
  [998, true],
  [999, false],
])('a header line of %i characters is accepted: %s', async (length, isAccepted) => {
  const empty = await minter.mint({ command: '/unsubscribe' })
  const url = empty.padEnd(length - 'List-Unsubscribe: <>'.length, '?'.padEnd(length, 'a'))
  const accepting = minter.mailHeaders(url)
  if (isAccepted) expect(`List-Unsubscribe: ${(await accepting)['List-Unsubscribe']}`).toHaveLength(length)
  else await expect(accepting).rejects.toMatchObject({ code: 'url_too_long' })
})

test.each(['>', '\r\nBcc: eve@example.com', ', <https://evil.example>', ' '])(
  'a URL cannot add %j to the header',
  async (added) => {
    const url = await minter.mint({ command: '/unsubscribe' })
    const { 'List-Unsubscribe': value } = await minter.mailHeaders(`${url}?a=${added}&b`)
    expect(value).toMatch(/^<https:\/\/[!-;=?-~]+>$/)
  },
)
