import type { VerifyRow } from '../../format.ts'
import {
  alterFirst,
  changeSpareBits,
  derive,
  encode,
  encrypt,
  encryptedHeader,
  encryptedLabel,
  encryptRaw,
  getSecret,
  keyA,
  keyB,
  keyC,
  now,
  plainClaims,
  replaceSegment,
  sign,
} from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

const withId = '{"alg":"dir","enc":"A256GCM","kid":"k1"}'

/** Encrypted tokens: compact JWEs. */
export async function makeEncryptedRows(): Promise<VerifyRow[]> {
  const claims = { cmd: '/a', sub: 'u', cnt: { pin: '0000' }, rdr: 'https://example.com/', exp: now + 9, get: 1 }
  const hook = {
    command: '/a',
    userId: 'u',
    content: { pin: '0000' },
    redirectTo: 'https://example.com/',
    expiresAt: now + 9,
    allowGet: true,
  }
  return [
    validRow(encryptedLabel, await encrypt()),
    validRow('sealed: by hand', encryptRaw({ claims: { cmd: 'y' } }), { hook: { command: 'y', expiresAt: undefined } }),
    validRow('sealed: more claims', await encrypt({ claims }), { hook }),
    validRow('sealed: a key with an id', await encrypt({ header: withId }), {
      keys: `k1:${keyA}`,
      hook: { key: { index: 0, id: 'k1' } },
    }),
    validRow('sealed: an old key, with an id', await encrypt({ header: withId }), {
      keys: `k2:${keyB} k1:${keyA}`,
      hook: { key: { index: 1, id: 'k1' } },
    }),
    validRow('sealed: an old key, without an id', await encrypt({ key: keyB }), {
      keys: `${keyC},${keyA},${keyB}`,
      hook: { key: { index: 2 } },
    }),
    validRow('sealed: a purpose', await encrypt({ purpose: 'mail' }), { purpose: 'mail' }),
    ...makeHeaderRows(),
    ...(await makeShapeRows()),
    ...(await makeKeyRows()),
    rejectedRow('sealed: no command', await encrypt({ claims: { exp: plainClaims.exp } }), { code: 'invalid_claims' }),
    rejectedRow('sealed: a claim that nobody knows', await encrypt({ claims: { ...plainClaims, iss: 'x' } }), {
      code: 'invalid_claims',
    }),
    rejectedRow('sealed: not JSON', await encrypt({ claims: 'hello' }), { code: 'invalid_claims' }),
    rejectedRow('sealed: not UTF-8', await encrypt({ claims: new Uint8Array([0x7b, 0xff, 0x7d]) }), {
      code: 'invalid_claims',
    }),
    rejectedRow('sealed: a byte order mark', await encrypt({ claims: `\ufeff${JSON.stringify(plainClaims)}` }), {
      code: 'invalid_claims',
    }),
    rejectedRow('sealed: a signed token inside', await encrypt({ claims: await sign() }), { code: 'invalid_claims' }),
    rejectedRow('sealed: expired', await encrypt({ claims: { cmd: 'x', exp: now } }), { code: 'expired' }),
    rejectedRow('sealed: not valid yet', await encrypt({ claims: { cmd: 'x', nbf: now + 1 } }), {
      code: 'not_yet_valid',
    }),
    rejectedRow('sealed: another command', await encrypt(), { command: '/other', code: 'wrong_command' }),
  ]
}

function makeHeaderRows(): VerifyRow[] {
  const headers = [
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
  return headers.map((header) =>
    rejectedRow(`sealed: the header ${header}`, encryptRaw({ header }), {
      keys: `k1:${keyA}`,
      code: 'malformed_token',
    }),
  )
}

async function makeShapeRows(): Promise<VerifyRow[]> {
  const token = await encrypt()
  const [header = '', , iv = '', ciphertext = '', tag = ''] = token.split('.')
  const malformed: [string, string][] = [
    ['an encrypted key', [header, 'AAAA', iv, ciphertext, tag].join('.')],
    ['without a tag', [header, '', iv, ciphertext].join('.')],
    ['an empty tag', [header, '', iv, ciphertext, ''].join('.')],
    ['a tag of 21 characters', token.slice(0, -1)],
    ['a tag of 23 characters', `${token}A`],
    ['a tag of 16 characters', [header, '', iv, ciphertext, tag.slice(0, 16)].join('.')],
    ['a padded tag', `${token}==`],
    ['the same tag spelled otherwise', replaceSegment(token, 4, (segment) => changeSpareBits(segment, 1))],
    ['no text', [header, '', iv, '', tag].join('.')],
    ['no initialization vector', [header, '', '', ciphertext, tag].join('.')],
    ['an initialization vector of 11 bytes', encryptRaw({ ivLength: 11 })],
    ['an initialization vector of 16 bytes', encryptRaw({ ivLength: 16 })],
    ['a sixth segment', `${token}.${tag}`],
    ['a space inside', replaceSegment(token, 3, (segment) => `${segment.slice(0, 4)} ${segment.slice(4)}`)],
    ['8193 characters or more', await encrypt({ claims: { cmd: 'x', cnt: 'x'.repeat(6144) } })],
  ]
  const altered: [string, string][] = [
    ['an altered tag', replaceSegment(token, 4, alterFirst)],
    ['an altered text', replaceSegment(token, 3, alterFirst)],
    ['an altered initialization vector', replaceSegment(token, 2, alterFirst)],
    ['a cut text', replaceSegment(token, 3, (segment) => segment.slice(0, Math.floor((segment.length - 1) / 4) * 4))],
    ['a tag of zeros', replaceSegment(token, 4, () => 'A'.repeat(22))],
  ]
  return [
    ...malformed.map(([name, token]) => rejectedRow(`sealed: ${name}`, token, { code: 'malformed_token' })),
    ...altered.map(([name, token]) => rejectedRow(`sealed: ${name}`, token, { code: 'invalid_signature' })),
  ]
}

async function makeKeyRows(): Promise<VerifyRow[]> {
  const keys = `k1:${keyA},k2:${keyB}`
  const forged = (name: string, token: string): VerifyRow =>
    rejectedRow(`sealed: ${name}`, token, { keys, code: 'invalid_signature' })
  return [
    forged('a key that is not in the keyring', await encrypt({ key: keyC })),
    forged('the kid of another key', await encrypt({ key: keyB, header: withId })),
    forged('another purpose', await encrypt({ purpose: 'mail' })),
    forged(`${encryptedLabel} with the key that signs`, encryptRaw({ secret: derive(keyA, 'HS256') })),
    forged(`${encryptedLabel} with the key itself, not derived`, encryptRaw({ secret: getSecret(keyA) })),
    forged(`${encryptedLabel} with a key of 16 bytes`, encryptRaw({ secret: derive(keyA, 'A256GCM').slice(0, 16) })),
    forged(
      'a header that was given its id later',
      replaceSegment(await encrypt(), 0, () => encode(withId)),
    ),
    rejectedRow('sealed: a strange kid', await encrypt({ header: withId.replace('k1', 'k9') }), {
      keys,
      code: 'unknown_key',
    }),
    rejectedRow('sealed: a kid in a keyring without ids', await encrypt({ header: withId }), { code: 'unknown_key' }),
    rejectedRow(
      'sealed: a header without its id',
      replaceSegment(await encrypt({ header: withId }), 0, () => encode(encryptedHeader)),
      {
        keys,
        code: 'invalid_signature',
      },
    ),
  ]
}
