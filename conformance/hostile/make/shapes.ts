import { Buffer } from 'node:buffer'
import {
  claimsOfLength,
  derive,
  encode,
  hmac,
  one,
  plainHeader,
  replaceSegment,
  respell,
  seal,
  shorten,
  signRaw,
} from '../../make/craft.ts'
import type { TokenRow } from '../format.ts'
import { control, refused } from './rows.ts'

const token = signRaw()
const [header = '', claims = '', signature = ''] = token.split('.')
const change = (at: number, edit: (segment: string) => string): string => replaceSegment(token, at, edit)
const insert = (at: number, text: string): string =>
  change(at, (segment) => `${segment.slice(0, 8)}${text}${segment.slice(8)}`)
// Claims whose encoding ends in two, and in three, characters of its last group.
const two = signRaw({ claims: '{"cmd":"xx"}'.padEnd(13) })
const three = signRaw({ claims: '{"cmd":"xx"}'.padEnd(14) })

const insideOf: [string, string][] = [
  ['a NUL', '\0'],
  ['a tab', '\t'],
  ['a carriage return', '\r'],
  ['a line break', '\r\n'],
  ['a no-break space', '\u00a0'],
  ['a zero-width space', '\u200b'],
  ['a zero-width joiner', '\u200d'],
  ['a byte order mark', '\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['a right-to-left override', '\u202e'],
  ['a combining accent', '\u0301'],
  ['a lone surrogate', '\ud800'],
  ['an emoji', '\u{1f600}'],
  ['a plus', '+'],
  ['an equals sign', '='],
  ['a tilde', '~'],
  ['an asterisk', '*'],
  ['a percent sign', '%'],
  ['a percent-encoded letter', '%41'],
  ['a backslash', '\\'],
  ['a comma', ','],
  ['a colon', ':'],
  ['a semicolon', ';'],
  ['a quotation mark', '"'],
  ['an angle bracket', '<'],
]
const lookalikes: [string, string][] = [
  ['a Cyrillic a', '\u0430'],
  ['a Cyrillic e', '\u0435'],
  ['a Greek omicron', '\u03bf'],
  ['a full-width a', '\uff41'],
  ['a full-width low line', '\uff3f'],
  ['a hyphen that is not a hyphen-minus', '\u2010'],
  ['an en dash', '\u2013'],
  ['a minus sign', '\u2212'],
  ['an Arabic digit', '\u0661'],
  ['a dotless i', '\u0131'],
  ['a long s', '\u017f'],
  ['a Kelvin sign', '\u212a'],
  ['a mathematical letter', '\u{1d41a}'],
]
const dots = [
  '\uff0e',
  '\u3002',
  '\uff61',
  '\u2024',
  '\u00b7',
  '\u066b',
  ',',
  ':',
  ';',
  '%2E',
  '%252E',
  '..',
  '. ',
  ' .',
]

/** Shapes: segments, alphabet, spelling, length, and the forms mixed up. */
export async function shapes(): Promise<TokenRow[]> {
  const malformed = { code: 'malformed_token' }
  const sealed = await seal()
  return [
    ...refused(
      { ...malformed, about: 'inside', reason: 'decoders skip what is not in their alphabet; here nothing is skipped' },
      insideOf.flatMap(([name, text]): [string, string][] => [
        [`${name} in the claims`, insert(1, text)],
        [`${name} in the signature`, insert(2, text)],
      ]),
    ),
    ...refused(
      { ...malformed, about: 'look-alike', reason: 'letters that look or fold like those of the alphabet are not it' },
      lookalikes.map(([name, text]) => [name, change(2, (segment) => `${text}${segment.slice(1)}`)]),
    ),
    ...refused(
      { ...malformed, about: 'dots', reason: 'segments are divided by one full stop, in one spelling' },
      dots.map((dot): [string, string] => [JSON.stringify(dot), [header, claims, signature].join(dot)]),
    ),
    ...refused(
      { ...malformed, about: 'segments', reason: 'a token has 2, 3 or 5 segments, each where it belongs' },
      segments(),
    ),
    ...refused(
      {
        ...malformed,
        about: 'spelling',
        reason: 'what encodes the same bytes otherwise is another text, and no token',
      },
      spelled(),
    ),
    ...refused({ ...malformed, about: 'length', reason: 'length is judged first, whatever else holds' }, [
      ['a short token of 8194 characters', shorten(signRaw({ claims: claimsOfLength(8194, 44) }))],
      ['twenty thousand dots', '.'.repeat(20_000)],
      ['twenty thousand letters', 'e'.repeat(20_000)],
      ['nine thousand letters and a signature', `${'e'.repeat(9000)}.${signature}`],
      ['a header of nine thousand letters', `${'e'.repeat(9000)}.${claims}.${signature}`],
    ]),
    ...refused(
      { ...malformed, about: 'forms', reason: 'a form is told by its shape, and no part of one serves in another' },
      [
        ['a sealed header before signed segments', `${sealed.split('.')[0]}.${claims}.${signature}`],
        ['a signed header before sealed segments', replaceSegment(sealed, 0, () => header)],
        ['a sealed token without its header', sealed.slice(sealed.indexOf('.') + 1)],
        [
          'a sealed token with three segments',
          [sealed.split('.')[0], sealed.split('.')[3], sealed.split('.')[4]].join('.'),
        ],
        ['the payload detached (RFC 7515, appendix F)', `${header}..${signature}`],
        ['the header twice', `${header}.${token}`],
        ['two tokens in one', `${token}.${token}`],
        ['two tokens after each other', `${token}${token}`],
        ['two tokens with a comma', `${token},${token}`],
        ['the flattened JSON serialization', JSON.stringify({ protected: header, payload: claims, signature })],
        [
          'the general JSON serialization',
          JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] }),
        ],
        ['a PASETO', 'v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
        ['a Fernet token', 'gAAAAABhAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ],
    ),
    ...refused(
      { about: 'forms', code: 'invalid_signature', reason: 'the header is signed too, also where it is left out' },
      [
        ['a short token whose claims are a header', `${header}.${signature}`],
        ['a short token signed without its header', `${claims}.${hmac(derive(one, 'HS256'), claims)}`],
        [
          'a short token signed with another accepted header',
          shorten(signRaw({ header: '{"alg":"HS256","typ":"JWT"}' })),
        ],
      ],
    ),
    control('the short form', shorten(token), { reason: 'its header is the constant one' }),
    control('8192 characters in the short form', shorten(signRaw({ claims: claimsOfLength(8192, 44) })), {
      hook: { content: JSON.parse(claimsOfLength(8192, 44)).cnt },
      reason: 'the limit is what counts, to the character',
    }),
  ]
}

function segments(): [string, string][] {
  return [
    ['one dot', '.'],
    ['two dots', '..'],
    ['four dots', '....'],
    ['forty-three letters', 'A'.repeat(43)],
    ['a dot and a signature', `.${signature}`],
    ['claims, a dot and nothing', `${claims}.`],
    ['the header empty', `.${claims}.${signature}`],
    ['a signature before the claims', `${header}.${signature}.${claims}`],
    ['four segments', `${header}.${claims}.${claims}.${signature}`],
    ['five segments of a signed token', `${header}..${claims}.${claims}.${signature}`],
    ['an empty segment at the end', `${token}.`],
    ['an empty segment at the beginning', `.${token}`],
    ['a signature of 42 characters', token.slice(0, -1)],
    ['a signature of 44 characters', `${token}A`],
    ['a signature twice', `${token}${signature}`],
    ['a signature of 16 bytes', change(2, () => signature.slice(0, 22).replace(/.$/, 'A'))],
    ['a signature of 31 bytes', change(2, () => encode(Buffer.from(signature, 'base64url').subarray(1)))],
    ['a signature of 64 bytes', change(2, () => hmac(derive(one, 'HS256'), `${header}.${claims}`, 'sha512'))],
    ['a signature in hexadecimal', change(2, () => Buffer.from(signature, 'base64url').toString('hex'))],
    ['a signature of quotation', change(2, () => `"${signature.slice(2)}"`)],
  ]
}

// Signed anew over its spelling where that can be, so that nothing but the spelling refuses it.
function spelled(): [string, string][] {
  const anew = (text: string): string => {
    const input = text.slice(0, text.lastIndexOf('.'))
    return `${input}.${hmac(derive(one, 'HS256'), input)}`
  }
  const respelled = (text: string, at: number, step: number): string =>
    replaceSegment(text, at, (segment) => respell(segment, step))
  const steps = (most: number): number[] => Array.from({ length: most }, (_, at) => at + 1)
  return [
    ...steps(3).map((step): [string, string] => [`spare bits ${step} in the signature`, respelled(token, 2, step)]),
    ...steps(15).map((step): [string, string] => [`spare bits ${step} in the claims`, anew(respelled(two, 1, step))]),
    ...steps(3).map((step): [string, string] => [
      `spare bits ${step} of two in the claims`,
      anew(respelled(three, 1, step)),
    ]),
    ['a padded signature', `${token}=`],
    ['a signature padded twice', `${token}==`],
    ['claims with the padding that they want', anew(replaceSegment(three, 1, (segment) => `${segment}=`))],
    ['claims with padding that nothing wants', anew(change(1, (segment) => `${segment}====`))],
    ['claims with padding in the middle', anew(insert(1, '=='))],
    [
      'claims in base64',
      anew(change(1, () => Buffer.from('{"cmd":"x","cnt":"??>>"}').toString('base64').replaceAll('/', '+'))),
    ],
    ['claims of a length that no bytes have', anew(change(1, (segment) => `${segment.slice(0, 4)}A`))],
    ['claims of one letter', anew(`${header}.e.${signature}`)],
    ['claims not encoded', anew(`${header}.{"cmd":"x"}.${signature}`)],
    ['the header in other case', anew(change(0, (segment) => segment.toLowerCase()))],
    ['the header encoded twice', anew(change(0, () => encode(encode(plainHeader))))],
    ['the whole in lower case', token.toLowerCase()],
    ['the whole in upper case', token.toUpperCase()],
    ['the whole encoded again', encode(token)],
    ['the whole in quotation marks', `"${token}"`],
    ['the whole after Bearer', `Bearer ${token}`],
    ['the whole in a cookie', `token=${token}`],
    ['the whole backwards', [...token].reverse().join('')],
  ]
}
