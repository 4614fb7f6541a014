import type { TokenRow } from '../../adversarial/format.ts'
import { derive, encode, hmac, keyA, nonShortestLabel, plainClaims } from '../craft.ts'
import {
  algorithms,
  algorithmTypes,
  duplicates,
  keyIds,
  keyIdTypes,
  members,
  otherEncodings,
  typValues,
} from './header-values.ts'
import { controlRow, rejectedRows } from './rows.ts'

// Every header is signed with the right key, so that only the header is wrong.
const keys = `k1:${keyA}`
const withHeader = (header: string | Uint8Array): string => {
  const input = `${encode(header)}.${encode(JSON.stringify(plainClaims))}`
  return `${input}.${hmac(derive(keyA, 'HS256'), input)}`
}
const named = (headers: readonly string[]): [string, string][] =>
  headers.map((header) => [header.replaceAll('\0', '\\0').slice(0, 72), withHeader(header)])

/** Headers: algorithm confusion, keys in the header, critical members, other encodings. */
export function makeHeaderRows(): TokenRow[] {
  const group = { keys, code: 'malformed_token' }
  const bytes: [string, Uint8Array][] = [
    ['UTF-16, little end first', Buffer.from('{"alg":"HS256"}', 'utf16le')],
    ['a byte that UTF-8 never has', Buffer.from([...Buffer.from('{"alg":"HS256'), 0xff, 0x22, 0x7d])],
    [`an ${nonShortestLabel} quotation mark`, Buffer.from([0x7b, 0xc0, 0xa2, 0x61])],
    ['CBOR', Buffer.from([0xa1, 0x01, 0x05])],
  ]
  return [
    ...rejectedRows(
      { ...group, about: 'alg', reason: 'HS256, so spelled, is the only algorithm: none to be confused with' },
      named([
        ...algorithms.map((alg) => `{"alg":"${alg}"}`),
        ...algorithmTypes.map((alg) => `{"alg":${alg}}`),
        ...['{"alg":"none","typ":"JWT"}', '{"typ":"JWT","alg":"none"}', '{"alg":"none","kid":"k1"}'],
      ]),
    ),
    ...rejectedRows(
      { ...group, about: 'member', reason: 'a header brings no key, no extension, no compression: no other member' },
      named([
        ...members.map((member) => `{"alg":"HS256",${member}}`),
        '{"alg":"HS256","kid":"k1","crit":[]}',
        '{"jwk":{},"alg":"HS256"}',
      ]),
    ),
    ...rejectedRows(
      { ...group, about: 'typ', reason: 'the tokens of other systems bear another typ, and open nothing here' },
      named(typValues.map((typ) => `{"alg":"HS256","typ":"${typ}"}`)),
    ),
    ...rejectedRows(
      { ...group, about: 'kid', reason: 'an id is 1 to 16 characters of its alphabet, never a path, query or pattern' },
      named([
        ...keyIds.map((kid) => `{"alg":"HS256","kid":"${kid}"}`),
        ...keyIdTypes.map((kid) => `{"alg":"HS256","kid":${kid}}`),
      ]),
    ),
    ...rejectedRows(
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
    ...rejectedRows(
      { ...group, about: 'twice', reason: 'of two members of one name parsers take the first or the last' },
      named(duplicates),
    ),
    ...rejectedRows(
      { ...group, about: 'header', reason: 'a header has one spelling, without white space, and is never parsed' },
      [...named(otherEncodings), ...bytes.map(([name, header]): [string, string] => [name, withHeader(header)])],
    ),
    controlRow('a header without an id', withHeader('{"alg":"HS256"}'), {
      keys,
      hook: { key: { index: 0, id: 'k1' } },
      reason: 'every key is a candidate',
    }),
    controlRow('typ first, then the id, then alg', withHeader('{"typ":"JWT","kid":"k1","alg":"HS256"}'), {
      keys,
      hook: { key: { index: 0, id: 'k1' } },
      reason: 'libraries write members in any order',
    }),
    controlRow('an id that is a name of every object', withHeader('{"alg":"HS256","kid":"constructor"}'), {
      keys: `constructor:${keyA}`,
      hook: { key: { index: 0, id: 'constructor' } },
      reason: 'such a name is an id like any other',
    }),
    ...rejectedRows(
      { ...group, about: 'header', reason: 'a header that is not signed is no excuse for a claim that is' },
      [
        ['none, and no signature', `${encode('{"alg":"none"}')}.${encode('{"cmd":"/onWebhook"}')}.`],
        [
          'none, and the signature of another token',
          `${encode('{"alg":"none"}')}.${withHeader('{"alg":"HS256"}').slice(21)}`,
        ],
      ],
    ),
  ]
}
