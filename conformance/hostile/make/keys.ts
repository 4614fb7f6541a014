import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import {
  derive,
  encode,
  hmac,
  one,
  plain,
  plainHeader,
  secretOf,
  shorten,
  signRaw,
  three,
  two,
} from '../../make/craft.ts'
import type { TokenRow } from '../format.ts'
import { control, refused } from './rows.ts'

const input = `${encode(plainHeader)}.${encode(JSON.stringify(plain))}`
const signing = derive(one, 'HS256')
const by = (key: Uint8Array | string, text = input, hash = 'sha256'): string =>
  `${input}.${hmac(Buffer.from(key), text, hash)}`
const endingIn = (bytes: Uint8Array): string => `${input}.${encode(bytes)}`
const mac = Buffer.from(hmac(signing, input), 'base64url')
const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Signatures by other keys, over other texts, with other functions. */
export function keys(): TokenRow[] {
  const group = { code: 'invalid_signature' }
  const ring = `k1:${one},k2:${two}`
  return [
    ...refused({ ...group, about: 'key', reason: 'only the key derived for this purpose signs' }, [
      ['the 32 bytes of the key, not derived', by(secretOf(one))],
      ['the text of the key', by(one)],
      ['the text of the key without its prefix', by(one.slice(4))],
      ['the key that seals', by(derive(one, 'A256GCM'))],
      ['the encoded derived key', by(encode(signing))],
      ['the derived key in hexadecimal', by(Buffer.from(signing).toString('hex'))],
      ['the derived key, cut to 16 bytes', by(signing.subarray(0, 16))],
      ['the derived key backwards', by(Buffer.from(signing).reverse())],
      ['the key derived for another version', by(derive(one, 'HS256', '/../2'))],
      ['the empty key', by('')],
      ['65 zero bytes, which are hashed first', by(Buffer.alloc(65))],
      ['64 bytes of 255', by(Buffer.alloc(64, 255))],
      ['the word secret', by('secret')],
      ['the word undefined', by('undefined')],
      ['the word null', by('null')],
      ['an object turned to text', by('[object Object]')],
      ['the header, as if it were the key', by(encode(plainHeader))],
      ['a public key in PEM', by('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n')],
      ['a key that was taken out of the keyring', signRaw({ key: three })],
    ]),
    ...refused(
      { ...group, about: 'signed', reason: 'a signature is HMAC-SHA-256 of the header and the claims as written' },
      [
        ['the claims alone', by(signing, input.split('.')[1])],
        ['the header alone', by(signing, input.split('.')[0])],
        ['the header and the claims without a dot', by(signing, input.replace('.', ''))],
        ['the claims before the header', by(signing, input.split('.').reverse().join('.'))],
        ['the text of the claims', by(signing, `${plainHeader}.${JSON.stringify(plain)}`)],
        ['a line break after it', by(signing, `${input}\n`)],
        ['nothing', by(signing, '')],
        [
          'SHA-512, cut to 32 bytes',
          endingIn(Buffer.from(hmac(signing, input, 'sha512'), 'base64url').subarray(0, 32)),
        ],
        [
          'SHA-384, cut to 32 bytes',
          endingIn(Buffer.from(hmac(signing, input, 'sha384'), 'base64url').subarray(0, 32)),
        ],
        ['SHA-256 without a key', endingIn(sha256(input))],
        ['SHA-256 of the key and the text', endingIn(sha256(signing, input))],
        ['SHA-256 of the text and the key', endingIn(sha256(input, signing))],
        ['signed twice', endingIn(Buffer.from(hmac(signing, encode(mac)), 'base64url'))],
        ['its bytes backwards', endingIn(Buffer.from(mac).reverse())],
        ['its first bit turned', endingIn(turn(0))],
        ['its last bit turned', endingIn(turn(255))],
        ['its second half of zeros', endingIn(Buffer.concat([mac.subarray(0, 16), Buffer.alloc(16)]))],
        ['its first half of zeros', endingIn(Buffer.concat([Buffer.alloc(16), mac.subarray(16)]))],
        ['all zeros', endingIn(Buffer.alloc(32))],
        ['all ones', `${input}.${'_'.repeat(42)}8`],
        ['the claims as its signature', endingIn(Buffer.from('{"cmd":"/onWebhook"}'.padEnd(32)))],
      ],
    ),
    ...refused(
      { ...group, about: 'purpose', purpose: 'mail', reason: 'a purpose is bound into the key, to the letter' },
      [
        ['none', signRaw()],
        ...['Mail', 'mail ', ' mail', 'mail/', '/mail', 'mai', 'maill', 'mail\u200b', '\u043cail', 'mail/../mail'].map(
          (purpose): [string, string] => [JSON.stringify(purpose), signRaw({ purpose })],
        ),
        ['in the short form', shorten(signRaw())],
      ],
    ),
    ...refused({ ...group, about: 'id', keys: ring, reason: 'an id chooses one key, and no other is tried' }, [
      ['of another key of the ring', signRaw({ key: two, header: '{"alg":"HS256","kid":"k1"}' })],
      ['of the other key, the other way round', signRaw({ key: one, header: '{"alg":"HS256","kid":"k2"}' })],
      ['given to a signed token later', `${encode('{"alg":"HS256","kid":"k1"}')}.${by(signing).slice(21)}`],
      [
        'taken from a signed token later',
        `${encode(plainHeader)}.${signRaw({ header: '{"alg":"HS256","kid":"k1"}' }).split('.').slice(1).join('.')}`,
      ],
      [
        'of a known key, signed by a key that is not there',
        signRaw({ key: three, header: '{"alg":"HS256","kid":"k1"}' }),
      ],
    ]),
    control('a purpose', signRaw({ purpose: 'mail' }), {
      purpose: 'mail',
      reason: 'the purpose that it was signed for',
    }),
    control('the second key by its id', signRaw({ key: two, header: '{"alg":"HS256","kid":"k2"}' }), {
      keys: ring,
      hook: { key: { index: 1, id: 'k2' } },
      reason: 'during a rotation both keys verify',
    }),
  ]
}

function turn(bit: number): Buffer {
  const bytes = Buffer.from(mac)
  const at = bit >> 3
  bytes[at] = (bytes[at] as number) ^ (0x80 >> (bit & 7))
  return bytes
}
