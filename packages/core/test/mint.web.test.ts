import { createMinter, findToken, generateKey } from '@hookurl/core'
import { toHook } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import { baseUrl, claimsOf, minter, minterOptions, now, one, open, refusal, seconds, tokenOf, two } from './helpers.ts'

test('each option becomes its claim, in one order', async () => {
  const url = await minter.mint({
    allowGet: true,
    id: 'i',
    maxUses: 1,
    issuedAt: true,
    notBefore: new Date(1_800_000_000_001),
    expiresAt: new Date(1_800_000_060_999),
    redirectTo: 'https://Example.com/\u00fc',
    content: { b: 1, a: [null] },
    userId: 42n,
    command: '/approve',
  })
  expect(await claimsOf(url)).toBe(
    '{"cmd":"/approve","sub":"42","cnt":{"b":1,"a":[null]},"rdr":"https://example.com/%C3%BC",' +
      '"exp":1800000060,"nbf":1800000001,"iat":1800000000,"jti":"i","use":1,"get":1}',
  )
})

test('what was minted comes back as a hook', async () => {
  const opened = await open(tokenOf(await minter.mint({ command: 'x', userId: 7, content: null })))
  if (!opened.ok) throw new Error(opened.code)
  expect(toHook(opened.claims, opened.key)).toEqual({
    command: 'x',
    userId: '7',
    content: null,
    allowGet: false,
    expiresAt: new Date((seconds + 2_592_000) * 1000),
    key: { index: 0 },
  })
})

test.each([
  [0, '0'],
  [-0, '0'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [Number.MIN_SAFE_INTEGER, '-9007199254740991'],
  [2n ** 70n, '1180591620717411303424'],
  ['007', '007'],
])('the user %s comes back as %j', async (userId, text) => {
  expect(await claimsOf(await minter.mint({ command: 'x', userId, expiresIn: 'never' }))).toBe(
    `{"cmd":"x","sub":"${text}"}`,
  )
})

test('uses get an id of 12 random bytes, another one each time', async () => {
  const ids = new Set<unknown>()
  for (let count = 0; count < 20; count++) {
    const claims = JSON.parse(await claimsOf(await minter.mint({ command: 'x', maxUses: 1 })))
    expect(claims).toMatchObject({ use: 1, jti: expect.stringMatching(/^[\w-]{16}$/) })
    ids.add(claims.jti)
  }
  expect(ids.size).toBe(20)
})

test('without uses there is no id, unless one is given', async () => {
  expect(await claimsOf(await minter.mint({ command: 'x', expiresIn: 'never' }))).toBe('{"cmd":"x"}')
  expect(await claimsOf(await minter.mint({ command: 'x', expiresIn: 'never', id: 'a' }))).toBe('{"cmd":"x","jti":"a"}')
})

test('the lifetime of one URL goes before that of its minter', async () => {
  const exp = async (options: object): Promise<unknown> =>
    JSON.parse(await claimsOf(await minter.mint({ command: 'x', ...options }))).exp
  expect(await exp({})).toBe(seconds + 2_592_000)
  expect(await exp({ expiresIn: '1h' })).toBe(seconds + 3600)
  expect(await exp({ expiresIn: 'never' })).toBeUndefined()
  expect(await exp({ expiresAt: new Date((seconds + 5) * 1000) })).toBe(seconds + 5)
  expect(await exp({ expiresIn: '1ms' })).toBe(seconds + 1)
})

test('sealed tokens hide what they say, and differ each time', async () => {
  const mint = (): Promise<string> => minter.mint({ command: 'x', content: 'hunter2', encrypt: true })
  const [first, second] = [await mint(), await mint()]
  expect(first).not.toBe(second)
  for (const url of [first, second]) {
    expect(tokenOf(url)).toMatch(/^eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/)
    expect(await open(tokenOf(url))).toMatchObject({ ok: true, claims: { cnt: 'hunter2' } })
  }
})

test('the first key mints, with its id; every key opens', async () => {
  const rotated = createMinter({ ...minterOptions, keys: `k2:${two} k1:${one}` })
  const token = tokenOf(await rotated.mint({ command: 'x' }))
  expect(atob(token.split('.')[0] as string)).toBe('{"alg":"HS256","kid":"k2"}')
  expect(await open(token, `${one} k2:${two}`)).toMatchObject({ ok: true, key: { index: 1, id: 'k2' } })
  expect(await open(token, one)).toMatchObject({ ok: false, code: 'unknown_key' })
})

test('rotation in three steps breaks no URL', async () => {
  const keyrings = [one, `${one} ${two}`, `${two} ${one}`, two]
  const tokens = await Promise.all(
    keyrings.map(async (keys) => tokenOf(await createMinter({ ...minterOptions, keys }).mint({ command: 'x' }))),
  )
  for (const [minted, token] of tokens.entries()) {
    for (const verifier of [minted - 1, minted, minted + 1]) {
      const keys = keyrings[verifier]
      if (keys !== undefined) expect(await open(token, keys), `${minted} at ${verifier}`).toMatchObject({ ok: true })
    }
  }
  expect(await open(tokens[0] as string, two)).toMatchObject({ ok: false, code: 'invalid_signature' })
})

test('keys that come from a function are asked for at the first URL', async () => {
  let calls = 0
  const keys = (): string => {
    calls++
    return one
  }
  const late = createMinter({ ...minterOptions, keys })
  expect(calls).toBe(0)
  await late.mint({ command: 'x' })
  await late.mint({ command: 'x' })
  expect(calls).toBe(1)
})

describe('the base URL', () => {
  const mint = (options: object): Promise<string> =>
    createMinter({ ...minterOptions, expiresIn: 'never', ...options }).mint({ command: 'x' })

  test.each([
    ['https://bot.example.com', 'path', 'https://bot.example.com/TOKEN'],
    ['https://bot.example.com/', 'path', 'https://bot.example.com/TOKEN'],
    ['https://bot.example.com/a//', 'path', 'https://bot.example.com/a/TOKEN'],
    ['https://bot.example.com/a?b=c', 'path', 'https://bot.example.com/a/TOKEN?b=c'],
    ['HTTPS://Bot.Example.com:443/A', 'path', 'https://bot.example.com/A/TOKEN'],
    ['http://[::1]:3000/', 'path', 'http://[::1]:3000/TOKEN'],
    ['https://m\u00fcnchen.example/', 'path', 'https://xn--mnchen-3ya.example/TOKEN'],
    ['https://bot.example.com', 'query', 'https://bot.example.com/?t=TOKEN'],
    ['https://bot.example.com/a/', 'query', 'https://bot.example.com/a/?t=TOKEN'],
    ['https://bot.example.com/a?b=c', 'query', 'https://bot.example.com/a?b=c&t=TOKEN'],
  ])('%s takes the token in the %s', async (base, tokenIn, expected) => {
    const url = await mint({ baseUrl: base, tokenIn })
    expect(url.replace(findToken(url), 'TOKEN')).toBe(expected)
  })

  test.each([
    undefined,
    '',
    'bot.example.com',
    '/hooks',
    '//bot.example.com',
    'ftp://bot.example.com/',
    'javascript:alert(1)',
    'https://user@bot.example.com/',
    'https://:secret@bot.example.com/',
    'https://bot.example.com/#a',
    'https://bot.example.com/#',
    'https://bot.example.com/a b',
    ' https://bot.example.com/',
    'https://bot.example.com\\a',
    'https://bot.example.com/\n',
    'https://',
    5,
  ])('%j is refused', async (base) => {
    const error = await refusal(() => mint({ baseUrl: base }))
    expect(error).toMatchObject({ code: 'invalid_option', exit: 2 })
    expect(error.message).toContain('baseUrl')
    expect(error.fix).not.toBe('')
  })

  test('that bears a token, or a parameter t where the token goes, is refused', async () => {
    const url = await minter.mint({ command: 'x' })
    expect(await refusal(() => mint({ baseUrl: url }))).toMatchObject({ message: 'baseUrl holds a token already' })
    expect(await refusal(() => mint({ baseUrl: `${baseUrl}?t=1`, tokenIn: 'query' }))).toMatchObject({
      code: 'invalid_option',
    })
  })
})

describe('createMinter refuses', () => {
  const rows: [string, object | undefined, string][] = [
    ['no options', undefined, 'invalid_option'],
    ['no keys', { keys: undefined }, 'invalid_key'],
    ['a short key', { keys: 'hks_abc' }, 'invalid_key'],
    ['no lifetime', { expiresIn: undefined }, 'invalid_option'],
    ['a lifetime of zero', { expiresIn: 0 }, 'invalid_option'],
    ['a lifetime without its unit', { expiresIn: '30' }, 'invalid_option'],
    ['a purpose of 65 characters', { purpose: 'x'.repeat(65) }, 'invalid_option'],
    ['a place that is none', { tokenIn: 'header' }, 'invalid_option'],
    ['a form that is none', { tokenFormat: 'encrypted' }, 'invalid_option'],
    ['maxUrlLength 0', { maxUrlLength: 0 }, 'invalid_option'],
    ['maxUrlLength as a text', { maxUrlLength: '255' }, 'invalid_option'],
    ['redirectHosts as a text', { redirectHosts: 'example.com' }, 'invalid_option'],
    ['a clock that is none', { now: 5 }, 'invalid_option'],
    ['an option that nobody knows', { expiry: '1d' }, 'invalid_option'],
    ['commands that are none', { commands: [] }, 'invalid_option'],
  ]
  test.each(rows)('%s', async (_, options, code) => {
    const error = await refusal(() => createMinter((options && { ...minterOptions, ...options }) as never))
    expect(error).toMatchObject({ code, message: expect.stringMatching(/./), fix: expect.stringMatching(/./) })
  })
})

describe('mint refuses', () => {
  const rows: [string, unknown, string, string?][] = [
    ['no options', undefined, 'invalid_option'],
    ['a text', '/onWebhook', 'invalid_option'],
    ['an array', ['/onWebhook'], 'invalid_option'],
    ['no command', {}, 'invalid_option', 'command'],
    ['a misspelt restriction', { command: 'x', expires: '1d' }, 'invalid_option', 'expires'],
    ['a user that is an object', { command: 'x', userId: {} }, 'invalid_option', 'userId'],
    ['a user that is NaN', { command: 'x', userId: Number.NaN }, 'invalid_option', 'userId'],
    ['a user beyond the safe integers', { command: 'x', userId: 2 ** 53 }, 'invalid_option', 'userId'],
    ['an empty user', { command: 'x', userId: '' }, 'invalid_option', 'userId'],
    ['a line break in the command', { command: 'a\nb' }, 'invalid_option', 'command'],
    ['content that is a function', { command: 'x', content: () => 1 }, 'invalid_option', 'content'],
    ['a redirect that is no text', { command: 'x', redirectTo: {} }, 'redirect_forbidden', 'redirectTo'],
    ['a redirect to a script', { command: 'x', redirectTo: 'javascript:alert(1)' }, 'redirect_forbidden'],
    ['allowGet 1', { command: 'x', allowGet: 1 }, 'invalid_option', 'allowGet'],
    ['seal as a text', { command: 'x', encrypt: 'yes' }, 'invalid_option', 'seal'],
    ['a number as expiresAt', { command: 'x', expiresAt: 1_800_000_000 }, 'invalid_option', 'expiresAt'],
    ['an invalid date', { command: 'x', notBefore: new Date(Number.NaN) }, 'invalid_option', 'notBefore'],
    ['two expiries', { command: 'x', expiresIn: '1d', expiresAt: new Date() }, 'invalid_option', 'expiresAt'],
    ['the year 10000', { command: 'x', expiresAt: new Date(253402300800000) }, 'invalid_option', 'expiresIn'],
    ['an expiry before 1970', { command: 'x', expiresAt: new Date(0) }, 'invalid_option'],
    ['uses without an expiry', { command: 'x', maxUses: 1, expiresIn: 'never' }, 'invalid_option', 'expiry'],
    ['half a use', { command: 'x', maxUses: 0.5 }, 'invalid_option', 'uses'],
    ['1001 uses', { command: 'x', maxUses: 1001 }, 'invalid_option', 'uses'],
    ['an id with a space', { command: 'x', id: 'a b' }, 'invalid_option', 'id'],
  ]
  test.each(rows)('%s', async (_, options, code, named = '') => {
    const error = await refusal(() => minter.mint(options as never))
    expect(error).toMatchObject({ code, exit: 2, fix: expect.stringMatching(/./) })
    expect(error.message).toContain(named)
  })

  test('the short form for a sealed token', async () => {
    const short = createMinter({ ...minterOptions, tokenFormat: 'short' })
    expect(await refusal(() => short.mint({ command: 'x', encrypt: true }))).toMatchObject({ code: 'invalid_option' })
  })

  test('a URL over maxUrlLength, naming the length of each part', async () => {
    const narrow = createMinter({ ...minterOptions, maxUrlLength: 255, expiresIn: 'never' })
    const error = await refusal(() => narrow.mint({ command: 'x', content: 'hunter2'.repeat(30) }))
    expect(error).toMatchObject({ code: 'url_too_long', exit: 2 })
    expect(error.message).toMatch(
      /has \d+ characters, maxUrlLength is 255: base URL 28, header 20, claims \d+, signature 43$/,
    )
    expect(error.message + error.fix).not.toContain('hunter2')
  })

  test('a token that no verifier would read', async () => {
    const wide = createMinter({ ...minterOptions, maxUrlLength: 100_000 })
    expect(await refusal(() => wide.mint({ command: 'x', content: 'x'.repeat(7000) }))).toMatchObject({
      code: 'url_too_long',
      message: expect.stringContaining('at most 8192'),
    })
  })
})

test('the default limit is 2048 characters, to the letter', async () => {
  const empty = await minter.mint({ command: 'x', content: '' })
  const room = Math.floor(((2048 - empty.length) * 3) / 4)
  expect((await minter.mint({ command: 'x', content: 'x'.repeat(room) })).length).toBeLessThanOrEqual(2048)
  expect(await refusal(() => minter.mint({ command: 'x', content: 'x'.repeat(room + 3) }))).toMatchObject({
    code: 'url_too_long',
  })
})

test('no refusal shows a key or content', async () => {
  const keys = generateKey()
  const secretive = createMinter({ ...minterOptions, keys })
  for (const options of [
    { content: ['hunter2', 1n] },
    { id: 'hunter2 ' },
    { userId: 'hunter2\0' },
    { redirectTo: 'hunter2' },
  ]) {
    const error = await refusal(() => secretive.mint({ command: 'x', ...options } as never))
    expect(`${error.message} ${error.fix}`).not.toContain('hunter2')
    expect(`${error.message} ${error.fix}`).not.toContain(keys)
  }
})

test('the clock is asked at each URL', async () => {
  let time = now()
  const ticking = createMinter({ ...minterOptions, expiresIn: 1, now: () => time })
  const first = await claimsOf(await ticking.mint({ command: 'x' }))
  time += 5000
  expect(JSON.parse(await claimsOf(await ticking.mint({ command: 'x' }))).exp).toBe(JSON.parse(first).exp + 5)
})

const lossy = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  { deep: [1, Number.NaN] },
  new Map([[1, 2]]),
  { deep: new Set([1]) },
  { deep: [undefined] },
]
test.each(lossy)('refuses content that JSON would lose: %j', async (content) => {
  const minter = createMinter({ keys: generateKey(), baseUrl: 'https://bot.example.com', expiresIn: '1h' })
  await expect(minter.mint({ command: '/x', content })).rejects.toMatchObject({ code: 'invalid_option' })
  await expect(
    minter.mint({ command: '/x', content: { none: null, empty: {}, absent: undefined } }),
  ).resolves.toBeTypeOf('string')
})
