import { Buffer } from 'node:buffer'
import {
  alterFirst,
  derive,
  encode,
  now,
  one,
  plain,
  replaceSegment,
  respell,
  sealedHeader,
  sealRaw,
  secretOf,
  signRaw,
  three,
  two,
} from '../../make/craft.ts'
import type { TokenRow } from '../format.ts'
import { control, refused } from './rows.ts'
import { sealedAlgorithms, sealedEncryptions, sealedMembers, sealedSpellings } from './sealed-texts.ts'

const keys = `k1:${one},k2:${two}`
const token = sealRaw()
const [header = '', , iv = '', text = '', tag = ''] = token.split('.')
const change = (at: number, edit: (segment: string) => string): string => replaceSegment(token, at, edit)

/** Sealed tokens: headers, lengths, tags, keys, what was sealed. */
export function sealed(): TokenRow[] {
  const named = (headers: readonly string[]): [string, string][] =>
    headers.map((each) => [each.slice(0, 72), sealRaw({ header: each })])
  return [
    ...refused(
      {
        about: 'sealed header',
        keys,
        code: 'malformed_token',
        reason: 'dir with A256GCM, so spelled, is the only one',
      },
      named([
        ...sealedAlgorithms.map((alg) => `{"alg":"${alg}","enc":"A256GCM"}`),
        ...sealedEncryptions.map((enc) => `{"alg":"dir","enc":"${enc}"}`),
        ...sealedSpellings,
      ]),
    ),
    ...refused(
      {
        about: 'sealed member',
        keys,
        code: 'malformed_token',
        reason: 'no compression, no keys and nothing critical in a header',
      },
      named(sealedMembers.map((member) => `{"alg":"dir","enc":"A256GCM",${member}}`)),
    ),
    ...refused(
      { about: 'sealed kid', keys, code: 'unknown_key', reason: 'a key that is not there is not looked for elsewhere' },
      named(['k9', '__proto__', 'constructor', 'K1'].map((kid) => `{"alg":"dir","enc":"A256GCM","kid":"${kid}"}`)),
    ),
    ...refused(
      { about: 'sealed shape', code: 'malformed_token', reason: 'each segment has its length and one spelling' },
      shapes(),
    ),
    ...refused(
      { about: 'sealed', code: 'invalid_signature', reason: 'the tag is over every byte, the header too' },
      altered(),
    ),
    ...refused(
      { about: 'sealed key', keys, code: 'invalid_signature', reason: 'only the key derived for sealing opens' },
      wrongKeys(),
    ),
    ...refused(
      { about: 'sealed claims', code: 'invalid_claims', reason: 'what is inside is judged as that of a signed token' },
      [
        [
          'compressed, without saying so',
          sealRaw({ claims: Buffer.from('q1ZKzk1RslLSz88LT03KyM/PVtJRSq0oULIytDAwMDAwNjMwqAUA', 'base64') }),
        ],
        ['a token inside', sealRaw({ claims: signRaw() })],
        ['a claim that nobody knows', sealRaw({ claims: { ...plain, aud: 'x' } })],
        ['an expiry of 1e400', sealRaw({ claims: '{"cmd":"x","exp":1e400}' })],
        ['__proto__', sealRaw({ claims: '{"cmd":"x","__proto__":{"get":1}}' })],
        ['a lone surrogate', sealRaw({ claims: '{"cmd":"x","cnt":"\\ud800"}' })],
        ['a byte order mark', sealRaw({ claims: `\ufeff${JSON.stringify(plain)}` })],
        ['no UTF-8', sealRaw({ claims: new Uint8Array([0x7b, 0xc0, 0x80, 0x7d]) })],
        ['an array', sealRaw({ claims: [plain] })],
        ['nothing but a space', sealRaw({ claims: ' ' })],
      ],
    ),
    ...refused({ about: 'sealed', code: 'expired', reason: 'time is judged inside too' }, [
      ['expired now', sealRaw({ claims: { cmd: 'x', exp: now } })],
    ]),
    control('sealed', token, { reason: 'nothing is wrong with it' }),
    control('sealed with the second key', sealRaw({ key: two, header: '{"alg":"dir","enc":"A256GCM","kid":"k2"}' }), {
      keys,
      hook: { key: { index: 1, id: 'k2' } },
      reason: 'during a rotation both keys open',
    }),
  ]
}

function shapes(): [string, string][] {
  const join = (...segments: string[]): string => segments.join('.')
  const lengths = [1, 4, 8, 11, 13, 16, 32].map((ivLength): [string, string] => [
    `an initialization vector of ${ivLength} bytes`,
    sealRaw({ ivLength }),
  ])
  const tags = [4, 8, 12, 13, 14, 15].map((length): [string, string] => [
    `a tag cut to ${length} bytes`,
    change(4, (segment) => encode(Buffer.from(segment, 'base64url').subarray(0, length))),
  ])
  return [
    ...lengths,
    ...tags,
    [
      'a tag of 17 bytes',
      change(4, (segment) => encode(Buffer.concat([Buffer.from(segment, 'base64url'), Buffer.from([0])]))),
    ],
    ['no tag', join(header, '', iv, text, '')],
    ['no initialization vector', join(header, '', '', text, tag)],
    ['no text', join(header, '', iv, '', tag)],
    ['no header', join('', '', iv, text, tag)],
    ['an encrypted key', join(header, 'AAAA', iv, text, tag)],
    ['an encrypted key of 32 bytes', join(header, encode(Buffer.alloc(32)), iv, text, tag)],
    ['four segments', join(header, iv, text, tag)],
    ['six segments', join(header, '', '', iv, text, tag)],
    ['a padded tag', `${token}==`],
    ['a padded initialization vector', change(2, (segment) => `${segment}=`)],
    ...[1, 2, 3, 15].map((step): [string, string] => [
      `spare bits ${step} in the tag`,
      change(4, (segment) => respell(segment, step)),
    ]),
    ['a space in the text', change(3, (segment) => `${segment.slice(0, 4)} ${segment.slice(4)}`)],
    ['a NUL in the initialization vector', change(2, (segment) => `\0${segment.slice(1)}`)],
    ['a plus in the tag', change(4, (segment) => `+${segment.slice(1)}`)],
    ['more than 8192 characters', sealRaw({ claims: { cmd: 'x', cnt: 'x'.repeat(6144) } })],
    ['the JSON serialization', JSON.stringify({ protected: header, iv, ciphertext: text, tag })],
  ]
}

function altered(): [string, string][] {
  const other = sealRaw({ claims: { cmd: '/onOther' } })
  const from = (at: number): string => change(at, () => other.split('.')[at] as string)
  return [
    ['another initialization vector', change(2, alterFirst)],
    ['an initialization vector of zeros', change(2, () => 'A'.repeat(16))],
    ['the initialization vector of another token', from(2)],
    ['the text of another token', from(3)],
    ['the tag of another token', from(4)],
    ['its first bit turned', change(3, alterFirst)],
    ['a byte less', change(3, (segment) => encode(Buffer.from(segment, 'base64url').subarray(0, -1)))],
    [
      'a byte more',
      change(3, (segment) => encode(Buffer.concat([Buffer.from(segment, 'base64url'), Buffer.from([0])]))),
    ],
    ['a tag of zeros', change(4, () => 'A'.repeat(22))],
    ['the tag backwards', change(4, (segment) => encode(Buffer.from(segment, 'base64url').reverse()))],
    ['text and tag exchanged', [header, '', iv, tag, encode(Buffer.from(text, 'base64url').subarray(0, 16))].join('.')],
  ]
}

function wrongKeys(): [string, string][] {
  const withId = '{"alg":"dir","enc":"A256GCM","kid":"k1"}'
  return [
    ['the key that signs', sealRaw({ secret: derive(one, 'HS256') })],
    ['the key itself, not derived', sealRaw({ secret: secretOf(one) })],
    ['its first half, for A128GCM', sealRaw({ secret: derive(one, 'A256GCM').subarray(0, 16) })],
    ['32 zero bytes', sealRaw({ secret: new Uint8Array(32) })],
    ['a key that was taken out', sealRaw({ key: three })],
    ['another purpose', sealRaw({ purpose: 'mail' })],
    ['the id of another key', sealRaw({ key: two, header: withId })],
    ['an id given later', change(0, () => encode(withId))],
    ['an id taken away', replaceSegment(sealRaw({ header: withId }), 0, () => encode(sealedHeader))],
  ]
}
