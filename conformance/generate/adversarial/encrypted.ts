import { Buffer } from 'node:buffer'
import type { TokenRow } from '../../adversarial/format.ts'
import {
  alterFirst,
  changeSpareBits,
  derive,
  encode,
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
  signRaw,
} from '../craft.ts'
import { algorithms, encryptions, members, otherEncodings } from './encrypted-values.ts'
import { controlRow, rejectedRows } from './rows.ts'

const keys = `k1:${keyA},k2:${keyB}`
const token = encryptRaw()
const [header = '', , iv = '', ciphertext = '', tag = ''] = token.split('.')
const change = (at: number, edit: (segment: string) => string): string => replaceSegment(token, at, edit)

/** Encrypted tokens: headers, lengths, tags, keys, claims. */
export function makeEncryptedRows(): TokenRow[] {
  const named = (headers: readonly string[]): [string, string][] =>
    headers.map((header) => [header.slice(0, 72), encryptRaw({ header })])
  return [
    ...rejectedRows(
      {
        about: `${encryptedLabel} header`,
        keys,
        code: 'malformed_token',
        reason: 'dir with A256GCM, so spelled, is the only one',
      },
      named([
        ...algorithms.map((alg) => `{"alg":"${alg}","enc":"A256GCM"}`),
        ...encryptions.map((enc) => `{"alg":"dir","enc":"${enc}"}`),
        ...otherEncodings,
      ]),
    ),
    ...rejectedRows(
      {
        about: `${encryptedLabel} member`,
        keys,
        code: 'malformed_token',
        reason: 'no compression, no keys and nothing critical in a header',
      },
      named(members.map((member) => `{"alg":"dir","enc":"A256GCM",${member}}`)),
    ),
    ...rejectedRows(
      {
        about: `${encryptedLabel} kid`,
        keys,
        code: 'unknown_key',
        reason: 'a key that is not there is not looked for elsewhere',
      },
      named(['k9', '__proto__', 'constructor', 'K1'].map((kid) => `{"alg":"dir","enc":"A256GCM","kid":"${kid}"}`)),
    ),
    ...rejectedRows(
      {
        about: `${encryptedLabel} shape`,
        code: 'malformed_token',
        reason: 'each segment has its length and one spelling',
      },
      makeMalformedTokens(),
    ),
    ...rejectedRows(
      { about: encryptedLabel, code: 'invalid_signature', reason: 'the tag is over every byte, the header too' },
      makeAlteredTokens(),
    ),
    ...rejectedRows(
      {
        about: `${encryptedLabel} key`,
        keys,
        code: 'invalid_signature',
        reason: 'only the key derived for sealing opens',
      },
      makeWrongKeyTokens(),
    ),
    ...rejectedRows(
      {
        about: `${encryptedLabel} claims`,
        code: 'invalid_claims',
        reason: 'what is inside is judged as that of a signed token',
      },
      [
        [
          'compressed, without saying so',
          encryptRaw({ claims: Buffer.from('q1ZKzk1RslLSz88LT03KyM/PVtJRSq0oULIytDAwMDAwNjMwqAUA', 'base64') }),
        ],
        ['a token inside', encryptRaw({ claims: signRaw() })],
        ['a claim that nobody knows', encryptRaw({ claims: { ...plainClaims, aud: 'x' } })],
        ['an expiry of 1e400', encryptRaw({ claims: '{"cmd":"x","exp":1e400}' })],
        ['__proto__', encryptRaw({ claims: '{"cmd":"x","__proto__":{"get":1}}' })],
        ['a lone surrogate', encryptRaw({ claims: '{"cmd":"x","cnt":"\\ud800"}' })],
        ['a byte order mark', encryptRaw({ claims: `\ufeff${JSON.stringify(plainClaims)}` })],
        ['no UTF-8', encryptRaw({ claims: new Uint8Array([0x7b, 0xc0, 0x80, 0x7d]) })],
        ['an array', encryptRaw({ claims: [plainClaims] })],
        ['nothing but a space', encryptRaw({ claims: ' ' })],
      ],
    ),
    ...rejectedRows({ about: encryptedLabel, code: 'expired', reason: 'time is judged inside too' }, [
      ['expired now', encryptRaw({ claims: { cmd: 'x', exp: now } })],
    ]),
    controlRow(encryptedLabel, token, { reason: 'nothing is wrong with it' }),
    controlRow(
      `${encryptedLabel} with the second key`,
      encryptRaw({ key: keyB, header: '{"alg":"dir","enc":"A256GCM","kid":"k2"}' }),
      {
        keys,
        hook: { key: { index: 1, id: 'k2' } },
        reason: 'during a rotation both keys open',
      },
    ),
  ]
}

function makeMalformedTokens(): [string, string][] {
  const join = (...segments: string[]): string => segments.join('.')
  const lengths = [1, 4, 8, 11, 13, 16, 32].map((ivLength): [string, string] => [
    `an initialization vector of ${ivLength} bytes`,
    encryptRaw({ ivLength }),
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
    ['no tag', join(header, '', iv, ciphertext, '')],
    ['no initialization vector', join(header, '', '', ciphertext, tag)],
    ['no text', join(header, '', iv, '', tag)],
    ['no header', join('', '', iv, ciphertext, tag)],
    ['an encrypted key', join(header, 'AAAA', iv, ciphertext, tag)],
    ['an encrypted key of 32 bytes', join(header, encode(Buffer.alloc(32)), iv, ciphertext, tag)],
    ['four segments', join(header, iv, ciphertext, tag)],
    ['six segments', join(header, '', '', iv, ciphertext, tag)],
    ['a padded tag', `${token}==`],
    ['a padded initialization vector', change(2, (segment) => `${segment}=`)],
    ...[1, 2, 3, 15].map((step): [string, string] => [
      `spare bits ${step} in the tag`,
      change(4, (segment) => changeSpareBits(segment, step)),
    ]),
    ['a space in the text', change(3, (segment) => `${segment.slice(0, 4)} ${segment.slice(4)}`)],
    ['a NUL in the initialization vector', change(2, (segment) => `\0${segment.slice(1)}`)],
    ['a plus in the tag', change(4, (segment) => `+${segment.slice(1)}`)],
    ['more than 8192 characters', encryptRaw({ claims: { cmd: 'x', cnt: 'x'.repeat(6144) } })],
    ['the JSON serialization', JSON.stringify({ protected: header, iv, ciphertext, tag })],
  ]
}

function makeAlteredTokens(): [string, string][] {
  const other = encryptRaw({ claims: { cmd: '/onOther' } })
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
    [
      'text and tag exchanged',
      [header, '', iv, tag, encode(Buffer.from(ciphertext, 'base64url').subarray(0, 16))].join('.'),
    ],
  ]
}

function makeWrongKeyTokens(): [string, string][] {
  const withId = '{"alg":"dir","enc":"A256GCM","kid":"k1"}'
  return [
    ['the key that signs', encryptRaw({ secret: derive(keyA, 'HS256') })],
    ['the key itself, not derived', encryptRaw({ secret: getSecret(keyA) })],
    ['its first half, for A128GCM', encryptRaw({ secret: derive(keyA, 'A256GCM').subarray(0, 16) })],
    ['32 zero bytes', encryptRaw({ secret: new Uint8Array(32) })],
    ['a key that was taken out', encryptRaw({ key: keyC })],
    ['another purpose', encryptRaw({ purpose: 'mail' })],
    ['the id of another key', encryptRaw({ key: keyB, header: withId })],
    ['an id given later', change(0, () => encode(withId))],
    ['an id taken away', replaceSegment(encryptRaw({ header: withId }), 0, () => encode(encryptedHeader))],
  ]
}
