import { Buffer } from 'node:buffer'
import type { TokenRow } from '../../adversarial/format.ts'
import { nonShortestLabel, now, plainClaims, shorten, signRaw } from '../craft.ts'
import { invalidClaims, invalidTimestamps, unknownMembers } from './claim-values.ts'
import { controlRow, rejectedRows } from './rows.ts'

const exp = plainClaims.exp
const signed = (claims: string | Uint8Array): string => signRaw({ claims })
/** Signs claims with a valid command and expiry, and the given members. */
const having = (member: string): string => signed(`{"cmd":"/onWebhook","exp":${exp},${member}}`)
const named = (members: readonly string[]): [string, string][] =>
  members.map((member) => [member.slice(0, 72), having(member)])
/** Signs claims whose command has the given bytes. */
const bytes = (...values: number[]): string =>
  signed(Buffer.concat([Buffer.from('{"cmd":"'), Buffer.from(values), Buffer.from('"}')]))

/** Claims with a valid signature: types, numbers, strings, names, and JSON that parsers disagree on. */
export function makeClaimRows(): TokenRow[] {
  const group = { code: 'invalid_claims' }
  return [
    ...rejectedRows(
      { ...group, about: 'exp', reason: 'an expiry that is no whole second of four-digit years is none' },
      invalidTimestamps.map((value): [string, string] => [value, signed(`{"cmd":"/onWebhook","exp":${value}}`)]),
    ),
    ...rejectedRows(
      { ...group, about: 'nbf', reason: 'a beginning that cannot be compared would be no restriction' },
      named(
        ['""', '"0"', 'null', 'false', '[]', '{}', '-1', '0.5', '1e400', '1e21', `${exp}`, `${exp}.0`].map(
          (value) => `"nbf":${value}`,
        ),
      ),
    ),
    ...rejectedRows(
      { ...group, about: 'iat', reason: 'whatever is said is judged, also what nothing depends on' },
      named(['"0"', 'null', '-1', '0.1', '1e400', '[1]', 'true'].map((value) => `"iat":${value}`)),
    ),
    ...rejectedRows(
      {
        ...group,
        about: 'use',
        ignore: ['uses'],
        reason: 'a count that is no whole number from 1 to 1000 would never be used up',
      },
      named(
        ['0', '-1', '-0', '0.5', '1.5', '1001', '1e400', '1e3000', '"1"', 'null', 'true', '[1]', '{}', '""'].map(
          (value) => `"jti":"i","use":${value}`,
        ),
      ),
    ),
    ...rejectedRows(
      { ...group, about: 'use', ignore: ['uses'], reason: 'a count needs something to count by, and an end' },
      [
        ['without an id', having('"use":1')],
        ['with an empty id', having('"jti":"","use":1')],
        ['without an expiry', signed('{"cmd":"x","jti":"i","use":1}')],
      ],
    ),
    ...rejectedRows(
      { ...group, about: 'get', reason: 'only the number 1 lets a GET act; nothing that is merely true' },
      named(
        ['true', 'false', '0', '-1', '2', '1.1', '"1"', '"true"', 'null', '[1]', '{}', '1e400'].map(
          (value) => `"get":${value}`,
        ),
      ),
    ),
    ...rejectedRows(
      {
        ...group,
        about: 'jti',
        reason: 'ids become keys of a store: their alphabet holds no separator, wildcard or control',
      },
      named(
        [
          '""',
          '" "',
          '"a b"',
          '"a:b"',
          '"a*"',
          '"{a}"',
          '"a\\u0000"',
          '"a\\r\\nDEL b"',
          '"../a"',
          '"\u0430"',
          '"a\u200b"',
          'null',
          '1',
          '[]',
          '["a"]',
          `"${'i'.repeat(65)}"`,
        ].map((value) => `"jti":${value}`),
      ),
    ),
    ...rejectedRows(
      { ...group, about: 'sub', reason: 'a user is a text of 1 to 256 characters without control characters' },
      named(
        [
          '""',
          '0',
          '42',
          '-1',
          '1e400',
          'null',
          'true',
          '[]',
          '["1"]',
          '{"id":1}',
          '{"$ne":null}',
          '"a\\u0000"',
          '"a\\u001b[2J"',
          '"a\\r\\nb"',
          '"a\\u0085"',
          '"\\ud800"',
          `"${'x'.repeat(257)}"`,
        ].map((value) => `"sub":${value}`),
      ),
    ),
    ...rejectedRows(
      { ...group, about: 'cmd', reason: 'a command is a text of 1 to 256 characters without control characters' },
      [
        '""',
        '0',
        'null',
        'true',
        '[]',
        '["/onWebhook"]',
        '{}',
        '{"toString":"/onWebhook"}',
        '"\\u0000"',
        '"/onWebhook\\u0000"',
        '"/onWebhook\\n"',
        '"\\u007f"',
        '"\\udc00"',
        '"\\ud83d"',
        '"\\ude00\\ud83d"',
        `"${'x'.repeat(257)}"`,
      ].map((value): [string, string] => [value.slice(0, 72), signed(`{"cmd":${value}}`)]),
    ),
    ...rejectedRows(
      { ...group, about: 'rdr', reason: 'a redirect is a text; what it may say is judged after' },
      named(
        ['null', 'false', '0', '[]', '["https://example.com/"]', '{}', '{"href":"https://example.com/"}'].map(
          (value) => `"rdr":${value}`,
        ),
      ),
    ),
    ...rejectedRows(
      { ...group, about: 'cnt', reason: 'a lone surrogate is no text, and no store or log would give it back' },
      named(
        [
          '"\\ud800"',
          '"\\udfff"',
          '"a\\uD83Da"',
          '["\\udc00"]',
          '{"\\ud800":1}',
          '{"a":[{"b":"\\ude00\\ud83d"}]}',
          `${'['.repeat(900)}"\\udc00"${']'.repeat(900)}`,
        ].map((value) => `"cnt":${value}`),
      ),
    ),
    ...rejectedRows(
      { ...group, about: 'name', reason: 'a restriction that a verifier does not know must not be ignored' },
      named(unknownMembers),
    ),
    ...rejectedRows(
      { ...group, about: 'twice', reason: 'of two members of one name the last counts, whatever the first one said' },
      [
        ['exp, good then bad', signed(`{"cmd":"x","exp":${exp},"exp":null}`)],
        ['exp, escaped the second time', signed(`{"cmd":"x","exp":${exp},"\\u0065xp":"x"}`)],
        ['cmd, good then empty', signed('{"cmd":"x","cmd":""}')],
        ['nbf, good then after the expiry', having(`"nbf":0,"nbf":${exp}`)],
        ['get, 1 then true', having('"get":1,"get":true')],
      ],
    ),
    ...rejectedRows({ about: 'twice', code: 'expired', reason: 'of two members of one name the last counts' }, [
      ['exp, good then past', signed(`{"cmd":"x","exp":${exp},"exp":1}`)],
      ['exp, good then past, escaped', signed(`{"cmd":"x","exp":${exp},"ex\\u0070":1}`)],
    ]),
    ...rejectedRows({ ...group, about: 'json', reason: 'claims are one JSON object, by the letter of RFC 8259' }, [
      ['a signed token', signed(signRaw())],
      ...invalidClaims.map(([name, json]): [string, string] => [name, signed(json)]),
    ]),
    ...rejectedRows({ ...group, about: 'utf-8', reason: 'claims are UTF-8, and no decoder may mend them' }, [
      ['a byte that never stands alone', bytes(0x80)],
      ['a byte that UTF-8 never has', bytes(0xff)],
      ['Latin-1', bytes(0x61, 0xe9, 0x61)],
      [`an ${nonShortestLabel} slash`, bytes(0xc0, 0xaf)],
      [`an ${nonShortestLabel} slash in three bytes`, bytes(0xe0, 0x80, 0xaf)],
      [`an ${nonShortestLabel} NUL`, bytes(0xc0, 0x80)],
      ['a surrogate', bytes(0xed, 0xa0, 0x80)],
      ['two surrogates (CESU-8)', bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
      ['beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
      ['five bytes', bytes(0xf8, 0x88, 0x80, 0x80, 0x80)],
      ['a cut character', bytes(0xe2, 0x82)],
      ['a byte order mark', signed(`\ufeff${JSON.stringify(plainClaims)}`)],
      ['UTF-16, little end first', signed(Buffer.from(JSON.stringify(plainClaims), 'utf16le'))],
      ['UTF-16 with its mark', signed(Buffer.from(`\ufeff${JSON.stringify(plainClaims)}`, 'utf16le'))],
    ]),
    ...rejectedRows({ ...group, about: 'short form', reason: 'the short form spares nothing but its header' }, [
      ['a claim that nobody knows', shorten(having('"aud":"x"'))],
      ['an expiry of 1e400', shorten(signed('{"cmd":"x","exp":1e400}'))],
    ]),
    ...rejectedRows({ about: 'time', code: 'expired', reason: 'the second of the expiry is past' }, [
      ['now', signed(`{"cmd":"x","exp":${now}}`)],
      ['1970', signed('{"cmd":"x","exp":1}')],
      ['in another spelling', signed('{"cmd":"x","exp":18e8}')],
    ]),
    controlRow('a moment in another spelling', signed('{"cmd":"/onWebhook","exp":18000036e2}'), {
      reason: 'JSON has one kind of number',
    }),
    controlRow('a hostile content', having('"cnt":{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'), {
      hook: { content: JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}') },
      reason: 'content is what the minter signed: it comes back as it is, as members of its own',
    }),
    controlRow('content nested 900 deep', having(`"cnt":${'['.repeat(900)}${']'.repeat(900)}`), {
      hook: { content: JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`) },
      reason: 'depth is bounded by the length of a token',
    }),
    controlRow('a command of __proto__', signed('{"cmd":"__proto__"}'), {
      hook: { command: '__proto__', expiresAt: undefined },
      reason: 'a command is looked up, never a property',
    }),
  ]
}
