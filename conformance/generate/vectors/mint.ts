import type { Json, KeyRow, MintRow } from '../../format.ts'
import { derive, encode, keyA, keyB, keyC, now, shorten, sign } from '../craft.ts'

const baseUrl = 'https://bot.example.com/hooks'
const never = { expiresIn: 'never' }

/** Options and the exact URL that they result in; encrypted URLs have a random part and are not included. */
export async function makeMintRows(): Promise<MintRow[]> {
  return [...(await makeOptionRows()), ...(await makeUrlRows()), ...makeRejectedRows()]
}

async function makeOptionRows(): Promise<MintRow[]> {
  const options: { [name: string]: Json } = {
    allowGet: true,
    id: 'i',
    maxUses: 3,
    issuedAt: true,
    notBefore: now,
    expiresAt: now + 60,
    redirectTo: 'https://Example.com/\u00fc',
    content: { b: [1, 'x', null], a: 0.5 },
    userId: 42,
    command: '/approve',
  }
  const claims = {
    cmd: '/approve',
    sub: '42',
    cnt: { b: [1, 'x', null], a: 0.5 },
    rdr: 'https://example.com/%C3%BC',
    exp: now + 60,
    nbf: now,
    iat: now,
    jti: 'i',
    use: 3,
    get: 1,
  }
  const exp = (expiresIn: Json, seconds: number): Promise<MintRow> =>
    makeMintedRow(
      `expiresIn ${JSON.stringify(expiresIn)}`,
      { command: 'x', expiresIn },
      { cmd: 'x', exp: now + seconds },
    )
  const content = (value: Json): Promise<MintRow> =>
    makeMintedRow(
      `content ${JSON.stringify(value)}`,
      { command: 'x', ...never, content: value },
      { cmd: 'x', cnt: value },
    )
  const emoji = '\u{1f600}'
  return [
    await makeMintedRow('a command that never expires', { command: '/onWebhook', ...never }, { cmd: '/onWebhook' }),
    await makeMintedRow('every option, in the order of the claims', options, claims),
    await exp('30d', 2_592_000),
    await exp('15m', 900),
    await exp('2500ms', 3),
    await exp('1h', 3600),
    await exp(1, 1),
    await exp(0.2, 1),
    await content(null),
    await content(''),
    await content(false),
    await content([]),
    await content(`"\\/<>&\u0000\u007f\u2028 ${emoji}`),
    await content({ '': { '\u00e4': [-0.1, 1e21] } }),
    await makeMintedRow(
      'a command of 256 characters beyond the BMP',
      { command: emoji.repeat(256), ...never },
      { cmd: emoji.repeat(256) },
    ),
    await makeMintedRow('a negative user', { command: 'x', userId: -7, ...never }, { cmd: 'x', sub: '-7' }),
    await makeMintedRow(
      'false is as absent',
      { command: 'x', allowGet: false, issuedAt: false, ...never },
      { cmd: 'x' },
    ),
    await makeMintedRow(
      'a loopback redirect over http',
      { command: 'x', redirectTo: 'http://127.1:3000', ...never },
      { cmd: 'x', rdr: 'http://127.0.0.1:3000/' },
    ),
    await makeMintedRow(
      'an accent in a redirect',
      { command: 'x', redirectTo: 'https://example.com/^?^#^', ...never },
      { cmd: 'x', rdr: 'https://example.com/%5E?%5E#%5E' },
    ),
    await content([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.30000000000000004]),
  ]
}

async function makeUrlRows(): Promise<MintRow[]> {
  const mint = { command: 'x', ...never }
  const claims = { cmd: 'x' }
  const token = await sign({ claims })
  const at = (name: string, url: string, options: Partial<MintRow>): MintRow => ({
    name,
    keys: keyA,
    baseUrl,
    now,
    ...options,
    mint,
    url,
  })
  const withId = await sign({ claims, header: '{"alg":"HS256","kid":"k1"}' })
  return [
    at('the first key mints', `${baseUrl}/${await sign({ claims, key: keyB })}`, { keys: `${keyB} ${keyA},${keyC}` }),
    at('a key with an id', `${baseUrl}/${withId}`, { keys: `k1:${keyA} k2:${keyB}` }),
    at('a purpose', `${baseUrl}/${await sign({ claims, purpose: 'mail' })}`, { purpose: 'mail' }),
    at('short', `${baseUrl}/${shorten(token)}`, { tokenFormat: 'short' }),
    at('short, a key with an id', `${baseUrl}/${shorten(token)}`, { tokenFormat: 'short', keys: `k1:${keyA}` }),
    at('in the query', `${baseUrl}?t=${token}`, { tokenIn: 'query' }),
    at('in the query, short', `${baseUrl}?t=${shorten(token)}`, { tokenIn: 'query', tokenFormat: 'short' }),
    at('in the query, after another parameter', `${baseUrl}?a=b&t=${token}`, {
      tokenIn: 'query',
      baseUrl: `${baseUrl}?a=b`,
    }),
    at('in the path, before a parameter', `${baseUrl}/${token}?a=b`, { baseUrl: `${baseUrl}?a=b` }),
    at('a slash at the end of the base URL', `${baseUrl}/${token}`, { baseUrl: `${baseUrl}/` }),
    at('a bare origin', `http://localhost:3000/${token}`, { baseUrl: 'http://LOCALHOST:3000' }),
    at('as long as it may be', `${baseUrl}/${token}`, { maxUrlLength: baseUrl.length + 1 + token.length }),
  ]
}

function makeRejectedRows(): MintRow[] {
  const valid = { command: 'x', ...never }
  const rejected: [string, string, { [name: string]: Json }, Partial<MintRow>?][] = [
    ['no command', 'invalid_option', never],
    ['an empty command', 'invalid_option', { ...valid, command: '' }],
    ['a command of 257 characters', 'invalid_option', { ...valid, command: 'x'.repeat(257) }],
    ['a control character in the command', 'invalid_option', { ...valid, command: 'a\u0085' }],
    ['an option that nobody knows', 'invalid_option', { ...valid, expires: '1d' }],
    ['a user that is null', 'invalid_option', { ...valid, userId: null }],
    ['a user that is no safe integer', 'invalid_option', { ...valid, userId: 2 ** 53 }],
    ['a user that is a fraction', 'invalid_option', { ...valid, userId: 0.5 }],
    ['a lone surrogate in the content', 'invalid_option', { ...valid, content: ['\ud83d'] }],
    ['a lifetime without its unit', 'invalid_option', { command: 'x', expiresIn: '30' }],
    ['a lifetime of zero', 'invalid_option', { command: 'x', expiresIn: 0 }],
    ['a negative lifetime', 'invalid_option', { command: 'x', expiresIn: -1 }],
    ['a lifetime beyond the year 9999', 'invalid_option', { command: 'x', expiresIn: 253402300800 - now }],
    ['two expiries', 'invalid_option', { command: 'x', expiresIn: '1d', expiresAt: now + 1 }],
    ['expired before it is valid', 'invalid_option', { command: 'x', expiresAt: now, notBefore: now }],
    ['uses without an expiry', 'invalid_option', { ...valid, maxUses: 1 }],
    ['0 uses', 'invalid_option', { command: 'x', expiresIn: '1d', maxUses: 0 }],
    ['1001 uses', 'invalid_option', { command: 'x', expiresIn: '1d', maxUses: 1001 }],
    ['an id of 65 characters', 'invalid_option', { ...valid, id: 'i'.repeat(65) }],
    ['an id with a dot', 'invalid_option', { ...valid, id: 'a.b' }],
    ['allowGet that is no boolean', 'invalid_option', { ...valid, allowGet: 1 }],
    ['a redirect to a script', 'redirect_forbidden', { ...valid, redirectTo: 'javascript:alert(1)' }],
    ['a redirect over http', 'redirect_forbidden', { ...valid, redirectTo: 'http://example.com/' }],
    [
      'a redirect to a host that is not listed',
      'redirect_forbidden',
      { ...valid, redirectTo: 'https://evil.example/' },
      { redirectHosts: ['example.com'] },
    ],
    ['a URL that is too long', 'url_too_long', { ...valid, content: 'x'.repeat(200) }, { maxUrlLength: 255 }],
    ['a token that is too long', 'url_too_long', { ...valid, content: 'x'.repeat(8192) }, { maxUrlLength: 99_999 }],
    ['an integer of 2^53 in the content', 'invalid_option', { ...valid, content: 2 ** 53 }],
    ['an integer of -2^53 deep in the content', 'invalid_option', { ...valid, content: { a: [{ b: -(2 ** 53) }] } }],
  ]
  return rejected.map(([name, code, mint, options]) => ({ name, keys: keyA, baseUrl, now, ...options, mint, code }))
}

async function makeMintedRow(name: string, mint: { [name: string]: Json }, claims: object): Promise<MintRow> {
  return { name, keys: keyA, baseUrl, now, mint, url: `${baseUrl}/${await sign({ claims })}` }
}

/** The keys that HKDF derives. */
export function makeDerivedKeyRows(): KeyRow[] {
  const purposes = ['', 'mail', 'Gr\u00f6\u00dfe', 'x'.repeat(64)]
  return [keyA, keyB].flatMap((key, index) =>
    purposes.map((purpose) => ({
      name: `key ${index + 1}, the purpose ${JSON.stringify(purpose)}`,
      key,
      purpose,
      signing: encode(derive(key, 'HS256', purpose)),
      encryption: encode(derive(key, 'A256GCM', purpose)),
    })),
  )
}
