import type { VerifyRow } from '../../format.ts'
import {
  alterFirst,
  changeSpareBits,
  claimsOfLength,
  encode,
  encrypt,
  keyA,
  keyB,
  keyC,
  now,
  plainClaims,
  replaceSegment,
  shorten,
  sign,
  signRaw,
} from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

/** Short tokens: signed tokens without their header. */
export async function makeShortRows(): Promise<VerifyRow[]> {
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
    validRow('short', token),
    validRow('short: every claim', shorten(await sign({ claims: full })), { hook }),
    validRow('short: an old key', shorten(await sign({ key: keyB })), {
      keys: `${keyA} ${keyB}`,
      hook: { key: { index: 1 } },
    }),
    validRow('short: a key with an id', shorten(await sign({ key: keyB })), {
      keys: `k1:${keyA} k2:${keyB}`,
      hook: { key: { index: 1, id: 'k2' } },
    }),
    validRow('short: a purpose', shorten(await sign({ purpose: 'p' })), { purpose: 'p' }),
    validRow('short: 8192 characters', shorten(await sign({ claims: longest })), {
      hook: { content: JSON.parse(longest).cnt },
    }),
    validRow('short: the plain header in front gives the JWT back', `${encode('{"alg":"HS256"}')}.${token}`),
    ...makeMalformedRows(token),
    rejectedRow('short: 8194 characters', shorten(await sign({ claims: claimsOfLength(8194, 44) })), {
      code: 'malformed_token',
    }),
    rejectedRow('short: a strange key', shorten(await sign({ key: keyC })), { code: 'invalid_signature' }),
    rejectedRow('short: another purpose', shorten(await sign()), { purpose: 'p', code: 'invalid_signature' }),
    rejectedRow(
      'short: signed under a header with an id',
      shorten(await sign({ header: '{"alg":"HS256","kid":"k1"}' })),
      {
        keys: `k1:${keyA}`,
        code: 'invalid_signature',
      },
    ),
    rejectedRow(
      'short: signed under a header with typ',
      shorten(await sign({ header: '{"alg":"HS256","typ":"JWT"}' })),
      {
        code: 'invalid_signature',
      },
    ),
    rejectedRow('short: signed under alg none', shorten(signRaw({ header: '{"alg":"none"}' })), {
      code: 'invalid_signature',
    }),
    rejectedRow('short: altered claims', replaceSegment(token, 0, alterFirst), { code: 'invalid_signature' }),
    rejectedRow('short: an altered signature', replaceSegment(token, 1, alterFirst), { code: 'invalid_signature' }),
    rejectedRow('short: no command', shorten(await sign({ claims: { exp: plainClaims.exp } })), {
      code: 'invalid_claims',
    }),
    rejectedRow('short: a claim that nobody knows', shorten(await sign({ claims: { ...plainClaims, aud: 'x' } })), {
      code: 'invalid_claims',
    }),
    rejectedRow('short: expired', shorten(await sign({ claims: { cmd: 'x', exp: now } })), { code: 'expired' }),
    rejectedRow('short: a sealed token without its header', shorten(await encrypt()), { code: 'malformed_token' }),
  ]
}

function makeMalformedRows(token: string): VerifyRow[] {
  const signature = token.split('.')[1] as string
  const rows: [string, string][] = [
    ['a dot in front', `.${token}`],
    ['a dot behind', `${token}.`],
    ['the signature alone', signature],
    ['no claims', `.${signature}`],
    ['a signature of 42 characters', token.slice(0, -1)],
    ['a signature of 44 characters', `${token}A`],
    ['padded', `${token}=`],
    ['the same signature spelled otherwise', replaceSegment(token, 1, (segment) => changeSpareBits(segment, 1))],
    ['the plain header twice in front', `${encode('{"alg":"HS256"}')}.${encode('{"alg":"HS256"}')}.${token}`],
  ]
  return rows.map(([name, token]) => rejectedRow(`short: ${name}`, token, { code: 'malformed_token' }))
}
