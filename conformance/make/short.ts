import type { VerifyRow } from '../format.ts'
import {
  alterFirst,
  claimsOfLength,
  encode,
  now,
  one,
  plain,
  replaceSegment,
  respell,
  seal,
  shorten,
  sign,
  signRaw,
  three,
  two,
} from './craft.ts'
import { bad, good } from './rows.ts'

/** The short form: a signed token without its header. */
export async function short(): Promise<VerifyRow[]> {
  const token = shorten(await sign())
  const full = { cmd: '/a', sub: '7', cnt: [1], rdr: 'https://example.com/', exp: now + 9, nbf: now, iat: 0, jti: 'i' }
  const hook = {
    command: '/a',
    userId: '7',
    content: [1],
    redirectTo: 'https://example.com/',
    expiresAt: now + 9,
    notBefore: now,
    issuedAt: 0,
    id: 'i',
  }
  const longest = claimsOfLength(8192, 44)
  return [
    good('short', token),
    good('short: every claim', shorten(await sign({ claims: full })), { hook }),
    good('short: an old key', shorten(await sign({ key: two })), {
      keys: `${one} ${two}`,
      hook: { key: { index: 1 } },
    }),
    good('short: a key with an id', shorten(await sign({ key: two })), {
      keys: `k1:${one} k2:${two}`,
      hook: { key: { index: 1, id: 'k2' } },
    }),
    good('short: a purpose', shorten(await sign({ purpose: 'p' })), { purpose: 'p' }),
    good('short: 8192 characters', shorten(await sign({ claims: longest })), {
      hook: { content: JSON.parse(longest).cnt },
    }),
    good('short: the plain header in front gives the JWT back', `${encode('{"alg":"HS256"}')}.${token}`),
    ...refusedShapes(token),
    bad('short: 8194 characters', shorten(await sign({ claims: claimsOfLength(8194, 44) })), {
      code: 'malformed_token',
    }),
    bad('short: a strange key', shorten(await sign({ key: three })), { code: 'invalid_signature' }),
    bad('short: another purpose', shorten(await sign()), { purpose: 'p', code: 'invalid_signature' }),
    bad('short: signed under a header with an id', shorten(await sign({ header: '{"alg":"HS256","kid":"k1"}' })), {
      keys: `k1:${one}`,
      code: 'invalid_signature',
    }),
    bad('short: signed under a header with typ', shorten(await sign({ header: '{"alg":"HS256","typ":"JWT"}' })), {
      code: 'invalid_signature',
    }),
    bad('short: signed under alg none', shorten(signRaw({ header: '{"alg":"none"}' })), { code: 'invalid_signature' }),
    bad('short: altered claims', replaceSegment(token, 0, alterFirst), { code: 'invalid_signature' }),
    bad('short: an altered signature', replaceSegment(token, 1, alterFirst), { code: 'invalid_signature' }),
    bad('short: no command', shorten(await sign({ claims: { exp: plain.exp } })), { code: 'invalid_claims' }),
    bad('short: a claim that nobody knows', shorten(await sign({ claims: { ...plain, aud: 'x' } })), {
      code: 'invalid_claims',
    }),
    bad('short: expired', shorten(await sign({ claims: { cmd: 'x', exp: now } })), { code: 'expired' }),
    bad('short: a sealed token without its header', shorten(await seal()), { code: 'malformed_token' }),
  ]
}

function refusedShapes(token: string): VerifyRow[] {
  const signature = token.split('.')[1] as string
  const rows: [string, string][] = [
    ['a dot in front', `.${token}`],
    ['a dot behind', `${token}.`],
    ['the signature alone', signature],
    ['no claims', `.${signature}`],
    ['a signature of 42 characters', token.slice(0, -1)],
    ['a signature of 44 characters', `${token}A`],
    ['padded', `${token}=`],
    ['the same signature spelled otherwise', replaceSegment(token, 1, (segment) => respell(segment, 1))],
    ['the plain header twice in front', `${encode('{"alg":"HS256"}')}.${encode('{"alg":"HS256"}')}.${token}`],
  ]
  return rows.map(([name, text]) => bad(`short: ${name}`, text, { code: 'malformed_token' }))
}
