import { derive, encode, hmac, one, plain } from '../../make/craft.ts'
import type { TokenRow } from '../format.ts'
import { algorithms, algorithmTypes, duplicates, ids, idTypes, members, spellings, types } from './header-texts.ts'
import { control, refused } from './rows.ts'

// Each header is signed, with the right key: what refuses it is the header alone.
const keys = `k1:${one}`
const withHeader = (header: string | Uint8Array): string => {
  const input = `${encode(header)}.${encode(JSON.stringify(plain))}`
  return `${input}.${hmac(derive(one, 'HS256'), input)}`
}
const named = (headers: readonly string[]): [string, string][] =>
  headers.map((header) => [header.replaceAll('\0', '\\0').slice(0, 72), withHeader(header)])

/** Headers: algorithm confusion, keys from the header, critical members, spellings. */
export function headers(): TokenRow[] {
  const group = { keys, code: 'malformed_token' }
  const bytes: [string, Uint8Array][] = [
    ['UTF-16, little end first', Buffer.from('{"alg":"HS256"}', 'utf16le')],
    ['a byte that UTF-8 never has', Buffer.from([...Buffer.from('{"alg":"HS256'), 0xff, 0x22, 0x7d])],
    ['an extra_characters quotation mark', Buffer.from([0x7b, 0xc0, 0xa2, 0x61])],
    ['CBOR', Buffer.from([0xa1, 0x01, 0x05])],
  ]
  return [
    ...refused(
      { ...group, about: 'alg', reason: 'HS256, so spelled, is the only algorithm: none to be confused with' },
      named([
        ...algorithms.map((alg) => `{"alg":"${alg}"}`),
        ...algorithmTypes.map((alg) => `{"alg":${alg}}`),
        ...['{"alg":"none","typ":"JWT"}', '{"typ":"JWT","alg":"none"}', '{"alg":"none","kid":"k1"}'],
      ]),
    ),
    ...refused(
      { ...group, about: 'member', reason: 'a header brings no key, no extension, no compression: no other member' },
      named([
        ...members.map((member) => `{"alg":"HS256",${member}}`),
        '{"alg":"HS256","kid":"k1","crit":[]}',
        '{"jwk":{},"alg":"HS256"}',
      ]),
    ),
    ...refused(
      { ...group, about: 'typ', reason: 'the tokens of other systems bear another typ, and open nothing here' },
      named(types.map((typ) => `{"alg":"HS256","typ":"${typ}"}`)),
    ),
    ...refused(
      { ...group, about: 'kid', reason: 'an id is 1 to 16 characters of its alphabet, never a path, query or pattern' },
      named([
        ...ids.map((kid) => `{"alg":"HS256","kid":"${kid}"}`),
        ...idTypes.map((kid) => `{"alg":"HS256","kid":${kid}}`),
      ]),
    ),
    ...refused(
      {
        ...group,
        about: 'kid',
        code: 'unknown_key',
        reason: 'an id is looked up as it is, not as a property or prefix',
      },
      named(
        ['K1', 'k', 'k11', '__proto__', 'constructor', 'hasOwnProperty', '0', 'null', 'undefined', '-', '_'].map(
          (kid) => `{"alg":"HS256","kid":"${kid}"}`,
        ),
      ),
    ),
    ...refused(
      { ...group, about: 'twice', reason: 'of two members of one name parsers take the first or the last' },
      named(duplicates),
    ),
    ...refused(
      { ...group, about: 'header', reason: 'a header has one spelling, without white space, and is never parsed' },
      [...named(spellings), ...bytes.map(([name, header]): [string, string] => [name, withHeader(header)])],
    ),
    control('a header without an id', withHeader('{"alg":"HS256"}'), {
      keys,
      hook: { key: { index: 0, id: 'k1' } },
      reason: 'every key is a candidate',
    }),
    control('typ first, then the id, then alg', withHeader('{"typ":"JWT","kid":"k1","alg":"HS256"}'), {
      keys,
      hook: { key: { index: 0, id: 'k1' } },
      reason: 'libraries write members in any order',
    }),
    control('an id that is a name of every object', withHeader('{"alg":"HS256","kid":"constructor"}'), {
      keys: `constructor:${one}`,
      hook: { key: { index: 0, id: 'constructor' } },
      reason: 'such a name is an id like any other',
    }),
    ...refused({ ...group, about: 'header', reason: 'a header that is not signed is no excuse for a claim that is' }, [
      ['none, and no signature', `${encode('{"alg":"none"}')}.${encode('{"cmd":"/onWebhook"}')}.`],
      [
        'none, and the signature of another token',
        `${encode('{"alg":"none"}')}.${withHeader('{"alg":"HS256"}').slice(21)}`,
      ],
    ]),
  ]
}
