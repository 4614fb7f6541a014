import type { VerifyRow } from '../../format.ts'
import {
  claimsOfLength,
  derive,
  encode,
  getSecret,
  hmac,
  keyA,
  keyB,
  keyC,
  now,
  plainClaims,
  sign,
  signRaw,
} from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

const alg = '"alg":"HS256"'
const typ = '"typ":"JWT"'

/** Valid signed tokens: keys, headers, purposes, lengths. */
export async function makeSignedRows(): Promise<VerifyRow[]> {
  const everything = {
    cmd: '/approve',
    sub: '829384712',
    cnt: { order: 'A1', lines: [1, 2.5, null, true] },
    rdr: 'https://cataas.com/cat',
    exp: now + 60,
    nbf: now - 60,
    iat: now - 120,
    jti: 'aZ09_-',
    get: 1,
  }
  const all = {
    command: '/approve',
    userId: '829384712',
    content: everything.cnt,
    redirectTo: everything.rdr,
    allowGet: true,
    expiresAt: everything.exp,
    notBefore: everything.nbf,
    issuedAt: everything.iat,
    id: everything.jti,
  }
  const reversed = Object.fromEntries(Object.entries(everything).reverse())
  const rotated = `${keyB}\n${keyC}, k1:${keyA}`
  const withId = '{"alg":"HS256","kid":"k1"}'
  return [
    validRow('the plain header, the claims that are needed', await sign()),
    validRow('every claim', await sign({ claims: everything }), { hook: all }),
    validRow('every claim in another order', await sign({ claims: reversed }), { hook: all }),
    validRow('no expiry', await sign({ claims: { cmd: 'x' } }), { hook: { command: 'x', expiresAt: undefined } }),
    ...(await makeAcceptedHeaderRows()),
    validRow('a key with an id opens a token without one', await sign(), {
      keys: `k1:${keyA}`,
      hook: { key: { index: 0, id: 'k1' } },
    }),
    validRow('an old key, without an id', await sign({ key: keyB }), {
      keys: `${keyA} ${keyC},${keyB}`,
      hook: { key: { index: 2 } },
    }),
    validRow('an old key, with an id', await sign({ header: withId }), {
      keys: rotated,
      hook: { key: { index: 2, id: 'k1' } },
    }),
    validRow('an id of 16 characters', await sign({ header: '{"alg":"HS256","kid":"abcdefgh-_ABC019"}' }), {
      keys: `abcdefgh-_ABC019:${keyA}`,
      hook: { key: { index: 0, id: 'abcdefgh-_ABC019' } },
    }),
    validRow('an id that is a name of Object.prototype', await sign({ header: '{"alg":"HS256","kid":"__proto__"}' }), {
      keys: `__proto__:${keyA}`,
      hook: { key: { index: 0, id: '__proto__' } },
    }),
    validRow('a purpose', await sign({ purpose: 'mail' }), { purpose: 'mail' }),
    validRow('a purpose that is not ASCII', await sign({ purpose: 'Größe 😀' }), { purpose: 'Größe 😀' }),
    validRow('a purpose with a slash', await sign({ purpose: 'a/b' }), { purpose: 'a/b' }),
    validRow('8192 characters', await sign({ claims: claimsOfLength(8192, 65) }), {
      hook: { content: JSON.parse(claimsOfLength(8192, 65)).cnt },
    }),
    validRow('white space at both ends of a bare token', ` \t\r\n${await sign()}\n `),
    validRow(
      'white space between the claims',
      signRaw({ claims: ` {\r\n\t"cmd" : "x" , "exp" : ${plainClaims.exp} } ` }),
      {
        hook: { command: 'x' },
      },
    ),
  ]
}

async function makeAcceptedHeaderRows(): Promise<VerifyRow[]> {
  const kid = '"kid":"k1"'
  const withoutId = [[alg], [alg, typ], [typ, alg]]
  const withIds = [
    [alg, kid],
    [kid, alg],
    [alg, typ, kid],
    [alg, kid, typ],
    [typ, alg, kid],
    [typ, kid, alg],
    [kid, alg, typ],
    [kid, typ, alg],
  ]
  const rows: VerifyRow[] = []
  for (const members of [...withoutId, ...withIds]) {
    const header = `{${members.join(',')}}`
    const hook = { key: { index: 1, id: 'k1' } }
    rows.push(validRow(`the header ${header}`, await sign({ header }), { keys: `k2:${keyB},k1:${keyA}`, hook }))
  }
  return rows
}

/** Signed tokens with a valid signature and a header that is not accepted. */
export function makeRejectedHeaderRows(): VerifyRow[] {
  const rejected: [string, string | Uint8Array][] = [
    ['alg none', '{"alg":"none"}'],
    ['alg None', '{"alg":"None"}'],
    ['alg HS384', '{"alg":"HS384"}'],
    ['alg HS512', '{"alg":"HS512"}'],
    ['alg RS256', '{"alg":"RS256"}'],
    ['alg ES256', '{"alg":"ES256"}'],
    ['alg EdDSA', '{"alg":"EdDSA"}'],
    ['alg in lower case', '{"alg":"hs256"}'],
    ['alg in an array', '{"alg":["HS256"]}'],
    ['no alg', '{"typ":"JWT"}'],
    ['no member', '{}'],
    ['alg twice', '{"alg":"none","alg":"HS256"}'],
    ['typ in lower case', '{"alg":"HS256","typ":"jwt"}'],
    ['typ at+jwt', '{"alg":"HS256","typ":"at+jwt"}'],
    ['cty', '{"alg":"HS256","cty":"JWT"}'],
    ['crit', '{"alg":"HS256","crit":["exp"]}'],
    ['crit, empty', '{"alg":"HS256","crit":[]}'],
    ['b64', '{"alg":"HS256","b64":false,"crit":["b64"]}'],
    ['zip', '{"alg":"HS256","zip":"DEF"}'],
    ['jwk', '{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}'],
    ['jku', '{"alg":"HS256","jku":"https://keys.example/jwks.json"}'],
    ['x5u', '{"alg":"HS256","x5u":"https://keys.example/x5u"}'],
    ['x5c', '{"alg":"HS256","x5c":["AAAA"]}'],
    ['kid, empty', '{"alg":"HS256","kid":""}'],
    ['kid of 17 characters', '{"alg":"HS256","kid":"abcdefghijklmnopq"}'],
    ['kid, a number', '{"alg":"HS256","kid":1}'],
    ['kid, null', '{"alg":"HS256","kid":null}'],
    ['kid, a path', '{"alg":"HS256","kid":"../../dev/null"}'],
    ['kid, a query', '{"alg":"HS256","kid":"\' OR 1=1"}'],
    ['kid twice', '{"alg":"HS256","kid":"k1","kid":"k1"}'],
    ['white space after a colon', '{"alg": "HS256"}'],
    ['white space at the end', '{"alg":"HS256"} '],
    ['a line break', '{"alg":"HS256",\r\n "typ":"JWT"}'],
    ['an escape', '{"\\u0061lg":"HS256"}'],
    ['a byte order mark', '\ufeff{"alg":"HS256"}'],
    ['an array', '["HS256"]'],
    ['a string', '"HS256"'],
    ['not JSON', '{"alg":"HS256"'],
    ['a NUL at the end', '{"alg":"HS256"}\0'],
    ['not UTF-8', new Uint8Array([0xff, 0xfe])],
    ['the header of a sealed token', '{"alg":"dir","enc":"A256GCM"}'],
    ['the header of a sealed token, with a known kid', '{"alg":"dir","enc":"A256GCM","kid":"k1"}'],
    ['the header of a sealed token, with a strange kid', '{"alg":"dir","enc":"A256GCM","kid":"k9"}'],
  ]
  return rejected.map(([name, header]) =>
    rejectedRow(`header: ${name}`, signHeader(header), { keys: `k1:${keyA}`, code: 'malformed_token' }),
  )
}

/** Signed tokens with an unknown or a wrong key. */
export async function makeSigningKeyRows(): Promise<VerifyRow[]> {
  const keys = `k1:${keyA},k2:${keyB}`
  const rows: VerifyRow[] = []
  const kid = '"kid":"k9"'
  const unknown = [
    [alg, kid],
    [kid, alg],
    [alg, typ, kid],
    [alg, kid, typ],
    [typ, alg, kid],
  ]
  for (const members of [...unknown, [typ, kid, alg], [kid, alg, typ], [kid, typ, alg]]) {
    const header = `{${members.join(',')}}`
    rows.push(rejectedRow(`a strange kid: ${header}`, await sign({ header }), { keys, code: 'unknown_key' }))
  }
  const input = (await sign()).slice(0, -44)
  const signedBy = (name: string, key: Uint8Array): VerifyRow =>
    rejectedRow(name, `${input}.${hmac(key, input)}`, { code: 'invalid_signature' })
  return [
    ...rows,
    rejectedRow('a strange kid in a keyring without ids', await sign({ header: '{"alg":"HS256","kid":"k1"}' }), {
      code: 'unknown_key',
    }),
    rejectedRow('a kid in other case', await sign({ header: '{"alg":"HS256","kid":"K1"}' }), {
      keys,
      code: 'unknown_key',
    }),
    rejectedRow(
      'a kid that is a name of Object.prototype',
      await sign({ header: '{"alg":"HS256","kid":"constructor"}' }),
      {
        keys,
        code: 'unknown_key',
      },
    ),
    rejectedRow(
      'the kid of another key of the keyring',
      await sign({ key: keyB, header: '{"alg":"HS256","kid":"k1"}' }),
      {
        keys,
        code: 'invalid_signature',
      },
    ),
    rejectedRow('a key that is not in the keyring', await sign({ key: keyC }), { keys, code: 'invalid_signature' }),
    rejectedRow('another purpose', await sign({ purpose: 'mail' }), { purpose: 'chat', code: 'invalid_signature' }),
    rejectedRow('a purpose where there should be none', await sign({ purpose: 'mail' }), { code: 'invalid_signature' }),
    rejectedRow('no purpose where there should be one', await sign(), { purpose: 'mail', code: 'invalid_signature' }),
    rejectedRow('a purpose in other case', await sign({ purpose: 'Mail' }), {
      purpose: 'mail',
      code: 'invalid_signature',
    }),
    rejectedRow('a purpose in another Unicode form', await sign({ purpose: 'o\u0308' }), {
      purpose: '\u00f6',
      code: 'invalid_signature',
    }),
    signedBy('signed with the key itself, not derived', getSecret(keyA)),
    signedBy('signed with the text of the key', Buffer.from(keyA)),
    signedBy('signed with the key that seals', derive(keyA, 'A256GCM')),
    signedBy('signed with an empty key', new Uint8Array()),
    signedBy('signed with 32 zero bytes', new Uint8Array(32)),
    rejectedRow(
      'HMAC-SHA-512, cut to 32 bytes',
      `${input}.${truncateMac(hmac(derive(keyA, 'HS256'), input, 'sha512'))}`,
      {
        code: 'invalid_signature',
      },
    ),
    rejectedRow(
      'a signature over the claims alone',
      `${input}.${hmac(derive(keyA, 'HS256'), input.split('.')[1] as string)}`,
      {
        code: 'invalid_signature',
      },
    ),
    rejectedRow(
      'a signature over the text of the claims',
      `${input}.${hmac(derive(keyA, 'HS256'), JSON.stringify(plainClaims))}`,
      {
        code: 'invalid_signature',
      },
    ),
    rejectedRow('a signature of zeros', `${input}.${'A'.repeat(43)}`, { code: 'invalid_signature' }),
  ]
}

function signHeader(header: string | Uint8Array): string {
  if (typeof header === 'string') return signRaw({ header })
  const input = `${encode(header)}.${encode(JSON.stringify(plainClaims))}`
  return `${input}.${hmac(derive(keyA, 'HS256'), input)}`
}

function truncateMac(mac: string): string {
  return encode(Buffer.from(mac, 'base64url').subarray(0, 32))
}
