import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { TokenRow } from '../../adversarial/format.ts'
import {
  derive,
  encode,
  getSecret,
  hmac,
  keyA,
  keyB,
  keyC,
  plainClaims,
  plainHeader,
  shorten,
  signRaw,
} from '../craft.ts'
import { controlRow, rejectedRows } from './rows.ts'

const input = `${encode(plainHeader)}.${encode(JSON.stringify(plainClaims))}`
const signingKey = derive(keyA, 'HS256')
const signedWith = (key: Uint8Array | string, message = input, hash = 'sha256'): string =>
  `${input}.${hmac(Buffer.from(key), message, hash)}`
const withSignature = (bytes: Uint8Array): string => `${input}.${encode(bytes)}`
const mac = Buffer.from(hmac(signingKey, input), 'base64url')
const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Signatures with other keys, of other inputs, with other functions. */
export function makeKeyRows(): TokenRow[] {
  const group = { code: 'invalid_signature' }
  const keyring = `k1:${keyA},k2:${keyB}`
  return [
    ...rejectedRows({ ...group, about: 'key', reason: 'only the key derived for this purpose signs' }, [
      ['the 32 bytes of the key, not derived', signedWith(getSecret(keyA))],
      ['the text of the key', signedWith(keyA)],
      ['the text of the key without its prefix', signedWith(keyA.slice(4))],
      ['the key that seals', signedWith(derive(keyA, 'A256GCM'))],
      ['the encoded derived key', signedWith(encode(signingKey))],
      ['the derived key in hexadecimal', signedWith(Buffer.from(signingKey).toString('hex'))],
      ['the derived key, cut to 16 bytes', signedWith(signingKey.subarray(0, 16))],
      ['the derived key backwards', signedWith(Buffer.from(signingKey).reverse())],
      ['the key derived for another version', signedWith(derive(keyA, 'HS256', '/../2'))],
      ['the empty key', signedWith('')],
      ['65 zero bytes, which are hashed first', signedWith(Buffer.alloc(65))],
      ['64 bytes of 255', signedWith(Buffer.alloc(64, 255))],
      ['the word secret', signedWith('secret')],
      ['the word undefined', signedWith('undefined')],
      ['the word null', signedWith('null')],
      ['an object turned to text', signedWith('[object Object]')],
      ['the header, as if it were the key', signedWith(encode(plainHeader))],
      ['a public key in PEM', signedWith('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n')],
      ['a key that was taken out of the keyring', signRaw({ key: keyC })],
    ]),
    ...rejectedRows(
      { ...group, about: 'signed', reason: 'a signature is HMAC-SHA-256 of the header and the claims as written' },
      [
        ['the claims alone', signedWith(signingKey, input.split('.')[1])],
        ['the header alone', signedWith(signingKey, input.split('.')[0])],
        ['the header and the claims without a dot', signedWith(signingKey, input.replace('.', ''))],
        ['the claims before the header', signedWith(signingKey, input.split('.').reverse().join('.'))],
        ['the text of the claims', signedWith(signingKey, `${plainHeader}.${JSON.stringify(plainClaims)}`)],
        ['a line break after it', signedWith(signingKey, `${input}\n`)],
        ['nothing', signedWith(signingKey, '')],
        [
          'SHA-512, cut to 32 bytes',
          withSignature(Buffer.from(hmac(signingKey, input, 'sha512'), 'base64url').subarray(0, 32)),
        ],
        [
          'SHA-384, cut to 32 bytes',
          withSignature(Buffer.from(hmac(signingKey, input, 'sha384'), 'base64url').subarray(0, 32)),
        ],
        ['SHA-256 without a key', withSignature(sha256(input))],
        ['SHA-256 of the key and the text', withSignature(sha256(signingKey, input))],
        ['SHA-256 of the text and the key', withSignature(sha256(input, signingKey))],
        ['signed twice', withSignature(Buffer.from(hmac(signingKey, encode(mac)), 'base64url'))],
        ['its bytes backwards', withSignature(Buffer.from(mac).reverse())],
        ['its first bit turned', withSignature(flipBit(0))],
        ['its last bit turned', withSignature(flipBit(255))],
        ['its second half of zeros', withSignature(Buffer.concat([mac.subarray(0, 16), Buffer.alloc(16)]))],
        ['its first half of zeros', withSignature(Buffer.concat([Buffer.alloc(16), mac.subarray(16)]))],
        ['all zeros', withSignature(Buffer.alloc(32))],
        ['all ones', `${input}.${'_'.repeat(42)}8`],
        ['the claims as its signature', withSignature(Buffer.from('{"cmd":"/onWebhook"}'.padEnd(32)))],
      ],
    ),
    ...rejectedRows(
      { ...group, about: 'purpose', purpose: 'mail', reason: 'a purpose is bound into the key, to the letter' },
      [
        ['none', signRaw()],
        ...['Mail', 'mail ', ' mail', 'mail/', '/mail', 'mai', 'maill', 'mail\u200b', '\u043cail', 'mail/../mail'].map(
          (purpose): [string, string] => [JSON.stringify(purpose), signRaw({ purpose })],
        ),
        ['in the short form', shorten(signRaw())],
      ],
    ),
    ...rejectedRows({ ...group, about: 'id', keys: keyring, reason: 'an id chooses one key, and no other is tried' }, [
      ['of another key of the ring', signRaw({ key: keyB, header: '{"alg":"HS256","kid":"k1"}' })],
      ['of the other key, the other way round', signRaw({ key: keyA, header: '{"alg":"HS256","kid":"k2"}' })],
      ['given to a signed token later', `${encode('{"alg":"HS256","kid":"k1"}')}.${signedWith(signingKey).slice(21)}`],
      [
        'taken from a signed token later',
        `${encode(plainHeader)}.${signRaw({ header: '{"alg":"HS256","kid":"k1"}' }).split('.').slice(1).join('.')}`,
      ],
      [
        'of a known key, signed by a key that is not there',
        signRaw({ key: keyC, header: '{"alg":"HS256","kid":"k1"}' }),
      ],
    ]),
    controlRow('a purpose', signRaw({ purpose: 'mail' }), {
      purpose: 'mail',
      reason: 'the purpose that it was signed for',
    }),
    controlRow('the second key by its id', signRaw({ key: keyB, header: '{"alg":"HS256","kid":"k2"}' }), {
      keys: keyring,
      hook: { key: { index: 1, id: 'k2' } },
      reason: 'during a rotation both keys verify',
    }),
  ]
}

function flipBit(bit: number): Buffer {
  const bytes = Buffer.from(mac)
  const at = bit >> 3
  bytes[at] = (bytes[at] as number) ^ (0x80 >> (bit & 7))
  return bytes
}
