import type { VerifyRow } from '../format.ts'
import {
  alterFirst,
  derive,
  encode,
  now,
  one,
  plain,
  replaceSegment,
  respell,
  seal,
  sealedHeader,
  sealRaw,
  secretOf,
  sign,
  three,
  two,
} from './craft.ts'
import { bad, good } from './rows.ts'

const withId = '{"alg":"dir","enc":"A256GCM","kid":"k1"}'

/** Sealed tokens: compact JWEs. */
export async function sealed(): Promise<VerifyRow[]> {
  const secretive = { cmd: '/a', sub: 'u', cnt: { pin: '0000' }, rdr: 'https://example.com/', exp: now + 9, get: 1 }
  const hook = {
    command: '/a',
    userId: 'u',
    content: { pin: '0000' },
    redirectTo: 'https://example.com/',
    expiresAt: now + 9,
    allowGet: true,
  }
  return [
    good('sealed', await seal()),
    good('sealed: by hand', sealRaw({ claims: { cmd: 'y' } }), { hook: { command: 'y', expiresAt: undefined } }),
    good('sealed: more claims', await seal({ claims: secretive }), { hook }),
    good('sealed: a key with an id', await seal({ header: withId }), {
      keys: `k1:${one}`,
      hook: { key: { index: 0, id: 'k1' } },
    }),
    good('sealed: an old key, with an id', await seal({ header: withId }), {
      keys: `k2:${two} k1:${one}`,
      hook: { key: { index: 1, id: 'k1' } },
    }),
    good('sealed: an old key, without an id', await seal({ key: two }), {
      keys: `${three},${one},${two}`,
      hook: { key: { index: 2 } },
    }),
    good('sealed: a purpose', await seal({ purpose: 'mail' }), { purpose: 'mail' }),
    ...sealedHeaders(),
    ...(await sealedShapes()),
    ...(await sealedKeys()),
    bad('sealed: no command', await seal({ claims: { exp: plain.exp } }), { code: 'invalid_claims' }),
    bad('sealed: a claim that nobody knows', await seal({ claims: { ...plain, iss: 'x' } }), {
      code: 'invalid_claims',
    }),
    bad('sealed: not JSON', await seal({ claims: 'hello' }), { code: 'invalid_claims' }),
    bad('sealed: not UTF-8', await seal({ claims: new Uint8Array([0x7b, 0xff, 0x7d]) }), { code: 'invalid_claims' }),
    bad('sealed: a byte order mark', await seal({ claims: `\ufeff${JSON.stringify(plain)}` }), {
      code: 'invalid_claims',
    }),
    bad('sealed: a signed token inside', await seal({ claims: await sign() }), { code: 'invalid_claims' }),
    bad('sealed: expired', await seal({ claims: { cmd: 'x', exp: now } }), { code: 'expired' }),
    bad('sealed: not valid yet', await seal({ claims: { cmd: 'x', nbf: now + 1 } }), { code: 'not_yet_valid' }),
    bad('sealed: another command', await seal(), { command: '/other', code: 'wrong_command' }),
  ]
}

function sealedHeaders(): VerifyRow[] {
  const refused = [
    '{"enc":"A256GCM","alg":"dir"}',
    '{"alg":"dir","enc":"A128GCM"}',
    '{"alg":"dir","enc":"A256CBC-HS512"}',
    '{"alg":"A256KW","enc":"A256GCM"}',
    '{"alg":"A256GCMKW","enc":"A256GCM"}',
    '{"alg":"RSA-OAEP","enc":"A256GCM"}',
    '{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAA","p2c":1000000}',
    '{"alg":"dir","enc":"A256GCM","zip":"DEF"}',
    '{"alg":"dir","enc":"A256GCM","cty":"JWT"}',
    '{"alg":"dir","enc":"A256GCM","typ":"JWT"}',
    '{"alg":"dir","enc":"A256GCM","crit":["exp"]}',
    '{"alg":"dir","enc":"A256GCM","apu":"AA"}',
    '{"alg":"dir","enc":"A256GCM","kid":""}',
    '{"kid":"k1","alg":"dir","enc":"A256GCM"}',
    '{"alg":"dir", "enc":"A256GCM"}',
    '{"alg":"none","enc":"A256GCM"}',
    '{"alg":"HS256"}',
    '{"alg":"HS256","kid":"k1"}',
    '{"alg":"HS256","kid":"k9"}',
    '{}',
  ]
  return refused.map((header) =>
    bad(`sealed: the header ${header}`, sealRaw({ header }), { keys: `k1:${one}`, code: 'malformed_token' }),
  )
}

async function sealedShapes(): Promise<VerifyRow[]> {
  const token = await seal()
  const [header = '', , iv = '', text = '', tag = ''] = token.split('.')
  const malformed: [string, string][] = [
    ['an encrypted key', [header, 'AAAA', iv, text, tag].join('.')],
    ['without a tag', [header, '', iv, text].join('.')],
    ['an empty tag', [header, '', iv, text, ''].join('.')],
    ['a tag of 21 characters', token.slice(0, -1)],
    ['a tag of 23 characters', `${token}A`],
    ['a tag of 16 characters', [header, '', iv, text, tag.slice(0, 16)].join('.')],
    ['a padded tag', `${token}==`],
    ['the same tag spelled otherwise', replaceSegment(token, 4, (segment) => respell(segment, 1))],
    ['no text', [header, '', iv, '', tag].join('.')],
    ['no initialization vector', [header, '', '', text, tag].join('.')],
    ['an initialization vector of 11 bytes', sealRaw({ ivLength: 11 })],
    ['an initialization vector of 16 bytes', sealRaw({ ivLength: 16 })],
    ['a sixth segment', `${token}.${tag}`],
    ['a space inside', replaceSegment(token, 3, (segment) => `${segment.slice(0, 4)} ${segment.slice(4)}`)],
    ['8193 characters or more', await seal({ claims: { cmd: 'x', cnt: 'x'.repeat(6144) } })],
  ]
  const altered: [string, string][] = [
    ['an altered tag', replaceSegment(token, 4, alterFirst)],
    ['an altered text', replaceSegment(token, 3, alterFirst)],
    ['an altered initialization vector', replaceSegment(token, 2, alterFirst)],
    ['a cut text', replaceSegment(token, 3, (segment) => segment.slice(0, Math.floor((segment.length - 1) / 4) * 4))],
    ['a tag of zeros', replaceSegment(token, 4, () => 'A'.repeat(22))],
  ]
  return [
    ...malformed.map(([name, text]) => bad(`sealed: ${name}`, text, { code: 'malformed_token' })),
    ...altered.map(([name, text]) => bad(`sealed: ${name}`, text, { code: 'invalid_signature' })),
  ]
}

async function sealedKeys(): Promise<VerifyRow[]> {
  const keys = `k1:${one},k2:${two}`
  const refused = (name: string, token: string): VerifyRow =>
    bad(`sealed: ${name}`, token, { keys, code: 'invalid_signature' })
  return [
    refused('a key that is not in the keyring', await seal({ key: three })),
    refused('the kid of another key', await seal({ key: two, header: withId })),
    refused('another purpose', await seal({ purpose: 'mail' })),
    refused('sealed with the key that signs', sealRaw({ secret: derive(one, 'HS256') })),
    refused('sealed with the key itself, not derived', sealRaw({ secret: secretOf(one) })),
    refused('sealed with a key of 16 bytes', sealRaw({ secret: derive(one, 'A256GCM').slice(0, 16) })),
    refused(
      'a header that was given its id later',
      replaceSegment(await seal(), 0, () => encode(withId)),
    ),
    bad('sealed: a strange kid', await seal({ header: withId.replace('k1', 'k9') }), { keys, code: 'unknown_key' }),
    bad('sealed: a kid in a keyring without ids', await seal({ header: withId }), { code: 'unknown_key' }),
    bad(
      'sealed: a header without its id',
      replaceSegment(await seal({ header: withId }), 0, () => encode(sealedHeader)),
      {
        keys,
        code: 'invalid_signature',
      },
    ),
  ]
}
