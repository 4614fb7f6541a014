import { createMinter, findToken, generateKey } from '@hookurl/core'
import { toHook } from '@hookurl/core/internal'
import { describe, expect, test } from 'vitest'
import {
  baseUrl,
  catchError,
  getClaims,
  getToken,
  keyA,
  keyB,
  minter,
  minterOptions,
  now,
  open,
  seconds,
} from './helpers.ts'

test('each option becomes its claim, in a fixed order', async () => {
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
  expect(await getClaims(url)).toBe(
    '{"cmd":"/approve","sub":"42","cnt":{"b":1,"a":[null]},"rdr":"https://example.com/%C3%BC",' +
      '"exp":1800000060,"nbf":1800000001,"iat":1800000000,"jti":"i","use":1,"get":1}',
  )
})

test('a minted URL opens as a hook', async () => {
  const opened = await open(getToken(await minter.mint({ command: 'x', userId: 7, content: null })))
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
])('the user ID %s is minted as %j', async (userId, expected) => {
  expect(await getClaims(await minter.mint({ command: 'x', userId, expiresIn: 'never' }))).toBe(
    `{"cmd":"x","sub":"${expected}"}`,
  )
})

test('maxUses generates an id of 12 random bytes, a new one for each URL', async () => {
  const ids = new Set<unknown>()
  for (let count = 0; count < 20; count++) {
    const claims = JSON.parse(await getClaims(await minter.mint({ command: 'x', maxUses: 1 })))
    expect(claims).toMatchObject({ use: 1, jti: expect.stringMatching(/^[\w-]{16}$/) })
    ids.add(claims.jti)
  }
  expect(ids.size).toBe(20)
})

test('without maxUses no id is generated', async () => {
  expect(await getClaims(await minter.mint({ command: 'x', expiresIn: 'never' }))).toBe('{"cmd":"x"}')
})

test('an id is minted without maxUses too', async () => {
  expect(await getClaims(await minter.mint({ command: 'x', expiresIn: 'never', id: 'a' }))).toBe(
    '{"cmd":"x","jti":"a"}',
  )
})

test('the lifetime of a URL overrides the default of its minter', async () => {
  const exp = async (options: object): Promise<unknown> =>
    JSON.parse(await getClaims(await minter.mint({ command: 'x', ...options }))).exp
  expect(await exp({})).toBe(seconds + 2_592_000)
  expect(await exp({ expiresIn: '1h' })).toBe(seconds + 3600)
  expect(await exp({ expiresIn: 'never' })).toBeUndefined()
  expect(await exp({ expiresAt: new Date((seconds + 5) * 1000) })).toBe(seconds + 5)
  expect(await exp({ expiresIn: '1ms' })).toBe(seconds + 1)
})

test('encrypted tokens hide their claims and differ each time', async () => {
  const mint = (): Promise<string> => minter.mint({ command: 'x', content: 'hunter2', encrypt: true })
  const [first, second] = [await mint(), await mint()]
  expect(first).not.toBe(second)
  for (const url of [first, second]) {
    expect(getToken(url)).toMatch(/^eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/)
    expect(await open(getToken(url))).toMatchObject({ ok: true, claims: { cnt: 'hunter2' } })
  }
})

test('the first key mints, with its id; every key verifies', async () => {
  const rotatedMinter = createMinter({ ...minterOptions, keys: `k2:${keyB} k1:${keyA}` })
  const token = getToken(await rotatedMinter.mint({ command: 'x' }))
  expect(atob(token.split('.')[0] as string)).toBe('{"alg":"HS256","kid":"k2"}')
  expect(await open(token, `${keyA} k2:${keyB}`)).toMatchObject({ ok: true, key: { index: 1, id: 'k2' } })
  expect(await open(token, keyA)).toMatchObject({ ok: false, code: 'unknown_key' })
})

test('a rotation in three steps breaks no URL', async () => {
  const keyrings = [keyA, `${keyA} ${keyB}`, `${keyB} ${keyA}`, keyB]
  const tokens = await Promise.all(
    keyrings.map(async (keys) => getToken(await createMinter({ ...minterOptions, keys }).mint({ command: 'x' }))),
  )
  for (const [minted, token] of tokens.entries()) {
    for (const verifier of [minted - 1, minted, minted + 1]) {
      const keys = keyrings[verifier]
      if (keys !== undefined) expect(await open(token, keys), `${minted} at ${verifier}`).toMatchObject({ ok: true })
    }
  }
  expect(await open(tokens[0] as string, keyB)).toMatchObject({ ok: false, code: 'invalid_signature' })
})

test('an option that is undefined has its default', async () => {
  const minterNames = [
    'purpose',
    'commands',
    'redirectHosts',
    'tokenIn',
    'tokenFormat',
    'maxUrlLength',
    'allowInsecure',
  ]
  const mintNames = ['userId', 'content', 'redirectTo', 'allowGet', 'expiresIn', 'expiresAt', 'notBefore', 'issuedAt']
  const more = ['maxUses', 'id', 'encrypt', 'requireSignature', 'requireUser']
  const toUndefined = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]))
  const undefinedMinter = createMinter({ ...minterOptions, ...toUndefined(minterNames), keys: keyA })
  expect(await undefinedMinter.mint({ command: 'x', ...toUndefined([...mintNames, ...more]) })).toBe(
    await createMinter({ ...minterOptions, keys: keyA }).mint({ command: 'x' }),
  )
})

test('a keys function is called once, for the first URL', async () => {
  let calls = 0
  const keys = (): string => {
    calls++
    return keyA
  }
  const lazyMinter = createMinter({ ...minterOptions, keys })
  expect(calls).toBe(0)
  await lazyMinter.mint({ command: 'x' })
  await lazyMinter.mint({ command: 'x' })
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
  ])('%s gets the token in the %s', async (base, tokenIn, expected) => {
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
  ])('%j is rejected', async (base) => {
    const error = await catchError(() => mint({ baseUrl: base }))
    expect(error).toMatchObject({ code: 'invalid_option', exit: 2 })
    expect(error.message).toContain('baseUrl')
    expect(error.fix).not.toBe('')
  })

  test('is rejected if it contains a token', async () => {
    const url = await minter.mint({ command: 'x' })
    expect(await catchError(() => mint({ baseUrl: url }))).toMatchObject({
      message: 'baseUrl already contains a token',
    })
  })

  test('is rejected if it has a parameter t that the token needs', async () => {
    expect(await catchError(() => mint({ baseUrl: `${baseUrl}?t=1`, tokenIn: 'query' }))).toMatchObject({
      code: 'invalid_option',
    })
  })
})

describe('createMinter rejects', () => {
  const rows: [string, object | undefined, string][] = [
    ['no options', undefined, 'invalid_option'],
    ['no keys', { keys: undefined }, 'invalid_key'],
    ['a short key', { keys: 'hks_abc' }, 'invalid_key'],
    ['no lifetime', { expiresIn: undefined }, 'invalid_option'],
    ['a lifetime of zero', { expiresIn: 0 }, 'invalid_option'],
    ['a lifetime without its unit', { expiresIn: '30' }, 'invalid_option'],
    ['a purpose of 65 characters', { purpose: 'x'.repeat(65) }, 'invalid_option'],
    ['an unknown tokenIn', { tokenIn: 'header' }, 'invalid_option'],
    ['an unknown tokenFormat', { tokenFormat: 'encrypted' }, 'invalid_option'],
    ['maxUrlLength 0', { maxUrlLength: 0 }, 'invalid_option'],
    ['maxUrlLength as a string', { maxUrlLength: '255' }, 'invalid_option'],
    ['redirectHosts as a string', { redirectHosts: 'example.com' }, 'invalid_option'],
    ['a clock that is not a function', { now: 5 }, 'invalid_option'],
    ['an unknown option', { expiry: '1d' }, 'invalid_option'],
    ['commands as an array', { commands: [] }, 'invalid_option'],
  ]
  test.each(rows)('%s', async (_, options, code) => {
    const error = await catchError(() => createMinter((options && { ...minterOptions, ...options }) as never))
    expect(error).toMatchObject({ code, message: expect.stringMatching(/./), fix: expect.stringMatching(/./) })
  })
})

describe('mint rejects', () => {
  const rows: [string, unknown, string, string?][] = [
    ['no options', undefined, 'invalid_option'],
    ['a string', '/onWebhook', 'invalid_option'],
    ['an array', ['/onWebhook'], 'invalid_option'],
    ['no command', {}, 'invalid_option', 'command'],
    ['the command *', { command: '*' }, 'invalid_option', "command must not be '*'"],
    ['a misspelled option', { command: 'x', expires: '1d' }, 'invalid_option', 'expires'],
    ['a user that is an object', { command: 'x', userId: {} }, 'invalid_option', 'userId'],
    ['a user that is NaN', { command: 'x', userId: Number.NaN }, 'invalid_option', 'userId'],
    ['a user beyond the safe integers', { command: 'x', userId: 2 ** 53 }, 'invalid_option', 'userId'],
    ['an empty user', { command: 'x', userId: '' }, 'invalid_option', 'userId'],
    ['a line break in the command', { command: 'a\nb' }, 'invalid_option', 'command'],
    ['content that is a function', { command: 'x', content: () => 1 }, 'invalid_option', 'content'],
    ['a redirect that is not a string', { command: 'x', redirectTo: {} }, 'redirect_forbidden', 'redirectTo'],
    ['a redirect to a script', { command: 'x', redirectTo: 'javascript:alert(1)' }, 'redirect_forbidden'],
    ['allowGet 1', { command: 'x', allowGet: 1 }, 'invalid_option', 'allowGet'],
    ['encrypt as a string', { command: 'x', encrypt: 'yes' }, 'invalid_option', 'encrypt'],
    ['a number as expiresAt', { command: 'x', expiresAt: 1_800_000_000 }, 'invalid_option', 'expiresAt'],
    ['an invalid date', { command: 'x', notBefore: new Date(Number.NaN) }, 'invalid_option', 'notBefore'],
    ['two expiries', { command: 'x', expiresIn: '1d', expiresAt: new Date() }, 'invalid_option', 'expiresAt'],
    ['the year 10000', { command: 'x', expiresAt: new Date(253402300800000) }, 'invalid_option', 'expiresAt'],
    ['an expiry before 1970', { command: 'x', expiresAt: new Date(0) }, 'invalid_option', 'expiresAt'],
    [
      'maxUses without an expiration time',
      { command: 'x', maxUses: 1, expiresIn: 'never' },
      'invalid_option',
      'expiration time',
    ],
    ['half a use', { command: 'x', maxUses: 0.5 }, 'invalid_option', 'maxUses'],
    ['1001 uses', { command: 'x', maxUses: 1001 }, 'invalid_option', 'maxUses'],
    ['an id with a space', { command: 'x', id: 'a b' }, 'invalid_option', 'id'],
  ]
  test.each(rows)('%s', async (_, options, code, text = '') => {
    const error = await catchError(() => minter.mint(options as never))
    expect(error).toMatchObject({ code, exit: 2, fix: expect.stringMatching(/./) })
    expect(error.message).toContain(text)
  })

  test('encryption in the short format', async () => {
    const short = createMinter({ ...minterOptions, tokenFormat: 'short' })
    expect(await catchError(() => short.mint({ command: 'x', encrypt: true }))).toMatchObject({
      code: 'invalid_option',
    })
  })

  test('a URL longer than maxUrlLength, with the length of each part', async () => {
    const narrow = createMinter({ ...minterOptions, maxUrlLength: 255, expiresIn: 'never' })
    const error = await catchError(() => narrow.mint({ command: 'x', content: 'hunter2'.repeat(30) }))
    expect(error).toMatchObject({ code: 'url_too_long', exit: 2 })
    expect(error.message).toMatch(
      /has \d+ characters, maxUrlLength is 255: base URL 28, header 20, claims \d+, signature 43$/,
    )
    expect(error.message + error.fix).not.toContain('hunter2')
  })

  test('a token that no verifier would accept', async () => {
    const wide = createMinter({ ...minterOptions, maxUrlLength: 100_000 })
    expect(await catchError(() => wide.mint({ command: 'x', content: 'x'.repeat(7000) }))).toMatchObject({
      code: 'url_too_long',
      message: expect.stringContaining('at most 8192'),
    })
  })
})

describe('the default limit of 2048 characters', () => {
  async function getRoom(): Promise<number> {
    const empty = await minter.mint({ command: 'x', content: '' })
    return Math.floor(((2048 - empty.length) * 3) / 4)
  }

  test('allows a URL that just fits', async () => {
    const url = await minter.mint({ command: 'x', content: 'x'.repeat(await getRoom()) })
    expect(url.length).toBeLessThanOrEqual(2048)
  })

  test('rejects a URL that is slightly longer', async () => {
    const content = 'x'.repeat((await getRoom()) + 3)
    expect(await catchError(() => minter.mint({ command: 'x', content }))).toMatchObject({ code: 'url_too_long' })
  })
})

test('no error contains a key or content', async () => {
  const keys = generateKey()
  const minter = createMinter({ ...minterOptions, keys })
  for (const options of [
    { content: ['hunter2', 1n] },
    { id: 'hunter2 ' },
    { userId: 'hunter2\0' },
    { redirectTo: 'hunter2' },
  ]) {
    const error = await catchError(() => minter.mint({ command: 'x', ...options } as never))
    expect(`${error.message} ${error.fix}`).not.toContain('hunter2')
    expect(`${error.message} ${error.fix}`).not.toContain(keys)
  }
})

test('the clock is read for each URL', async () => {
  let time = now()
  const minter = createMinter({ ...minterOptions, expiresIn: 1, now: () => time })
  const first = await getClaims(await minter.mint({ command: 'x' }))
  time += 5000
  expect(JSON.parse(await getClaims(await minter.mint({ command: 'x' }))).exp).toBe(JSON.parse(first).exp + 5)
})

const lossy = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  { deep: [1, Number.NaN] },
  new Map([[1, 2]]),
  { deep: new Set([1]) },
  { deep: [undefined] },
]
test.each(lossy)('content that JSON would drop is rejected: %j', async (content) => {
  await expect(minter.mint({ command: '/x', content })).rejects.toMatchObject({ code: 'invalid_option' })
})

test('content may contain null, empty objects and undefined members', async () => {
  const content = { none: null, empty: {}, absent: undefined }
  await expect(minter.mint({ command: '/x', content })).resolves.toBeTypeOf('string')
})
