import { Buffer } from 'node:buffer'
import type { TokenRow } from '../../adversarial/format.ts'
import {
  changeSpareBits,
  claimsOfLength,
  derive,
  encode,
  encrypt,
  hmac,
  keyA,
  plainHeader,
  replaceSegment,
  shorten,
  signRaw,
} from '../craft.ts'
import { controlRow, rejectedRows } from './rows.ts'

const token = signRaw()
const [header = '', claims = '', signature = ''] = token.split('.')
const change = (at: number, edit: (segment: string) => string): string => replaceSegment(token, at, edit)
const insert = (at: number, characters: string): string =>
  change(at, (segment) => `${segment.slice(0, 8)}${characters}${segment.slice(8)}`)
// The last group of the encoded claims has two and three characters.
const two = signRaw({ claims: '{"cmd":"xx"}'.padEnd(13) })
const three = signRaw({ claims: '{"cmd":"xx"}'.padEnd(14) })

const insertions: [string, string][] = [
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

/** Malformed tokens: segments, alphabet, encoding, length, and mixed formats. */
export async function makeShapeRows(): Promise<TokenRow[]> {
  const malformed = { code: 'malformed_token' }
  const encrypted = await encrypt()
  return [
    ...rejectedRows(
      { ...malformed, about: 'inside', reason: 'decoders skip what is not in their alphabet; here nothing is skipped' },
      insertions.flatMap(([name, text]): [string, string][] => [
        [`${name} in the claims`, insert(1, text)],
        [`${name} in the signature`, insert(2, text)],
      ]),
    ),
    ...rejectedRows(
      { ...malformed, about: 'look-alike', reason: 'letters that look or fold like those of the alphabet are not it' },
      lookalikes.map(([name, text]) => [name, change(2, (segment) => `${text}${segment.slice(1)}`)]),
    ),
    ...rejectedRows(
      { ...malformed, about: 'dots', reason: 'segments are divided by one full stop, in one spelling' },
      dots.map((dot): [string, string] => [JSON.stringify(dot), [header, claims, signature].join(dot)]),
    ),
    ...rejectedRows(
      { ...malformed, about: 'segments', reason: 'a token has 2, 3 or 5 segments, each where it belongs' },
      makeSegmentTokens(),
    ),
    ...rejectedRows(
      {
        ...malformed,
        about: 'spelling',
        reason: 'what encodes the same bytes otherwise is another text, and no token',
      },
      makeOtherEncodings(),
    ),
    ...rejectedRows({ ...malformed, about: 'length', reason: 'length is judged first, whatever else holds' }, [
      ['a short token of 8194 characters', shorten(signRaw({ claims: claimsOfLength(8194, 44) }))],
      ['twenty thousand dots', '.'.repeat(20_000)],
      ['twenty thousand letters', 'e'.repeat(20_000)],
      ['nine thousand letters and a signature', `${'e'.repeat(9000)}.${signature}`],
      ['a header of nine thousand letters', `${'e'.repeat(9000)}.${claims}.${signature}`],
    ]),
    ...rejectedRows(
      { ...malformed, about: 'forms', reason: 'a form is told by its shape, and no part of one serves in another' },
      [
        ['a sealed header before signed segments', `${encrypted.split('.')[0]}.${claims}.${signature}`],
        ['a signed header before sealed segments', replaceSegment(encrypted, 0, () => header)],
        ['a sealed token without its header', encrypted.slice(encrypted.indexOf('.') + 1)],
        [
          'a sealed token with three segments',
          [encrypted.split('.')[0], encrypted.split('.')[3], encrypted.split('.')[4]].join('.'),
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
    ...rejectedRows(
      { about: 'forms', code: 'invalid_signature', reason: 'the header is signed too, also where it is left out' },
      [
        ['a short token whose claims are a header', `${header}.${signature}`],
        ['a short token signed without its header', `${claims}.${hmac(derive(keyA, 'HS256'), claims)}`],
        [
          'a short token signed with another accepted header',
          shorten(signRaw({ header: '{"alg":"HS256","typ":"JWT"}' })),
        ],
      ],
    ),
    controlRow('the short form', shorten(token), { reason: 'its header is the constant one' }),
    controlRow('8192 characters in the short form', shorten(signRaw({ claims: claimsOfLength(8192, 44) })), {
      hook: { content: JSON.parse(claimsOfLength(8192, 44)).cnt },
      reason: 'the limit is what counts, to the character',
    }),
  ]
}

function makeSegmentTokens(): [string, string][] {
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
    ['a signature of 64 bytes', change(2, () => hmac(derive(keyA, 'HS256'), `${header}.${claims}`, 'sha512'))],
    ['a signature in hexadecimal', change(2, () => Buffer.from(signature, 'base64url').toString('hex'))],
    ['a signature of quotation', change(2, () => `"${signature.slice(2)}"`)],
  ]
}

// Signs the changed encoding where possible, so that only the encoding is wrong.
function makeOtherEncodings(): [string, string][] {
  const resign = (token: string): string => {
    const input = token.slice(0, token.lastIndexOf('.'))
    return `${input}.${hmac(derive(keyA, 'HS256'), input)}`
  }
  const withSpareBits = (token: string, at: number, step: number): string =>
    replaceSegment(token, at, (segment) => changeSpareBits(segment, step))
  const steps = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)
  return [
    ...steps(3).map((step): [string, string] => [`spare bits ${step} in the signature`, withSpareBits(token, 2, step)]),
    ...steps(15).map((step): [string, string] => [
      `spare bits ${step} in the claims`,
      resign(withSpareBits(two, 1, step)),
    ]),
    ...steps(3).map((step): [string, string] => [
      `spare bits ${step} of two in the claims`,
      resign(withSpareBits(three, 1, step)),
    ]),
    ['a padded signature', `${token}=`],
    ['a signature padded twice', `${token}==`],
    ['claims with the padding that they want', resign(replaceSegment(three, 1, (segment) => `${segment}=`))],
    ['claims with padding that nothing wants', resign(change(1, (segment) => `${segment}====`))],
    ['claims with padding in the middle', resign(insert(1, '=='))],
    [
      'claims in base64',
      resign(change(1, () => Buffer.from('{"cmd":"x","cnt":"??>>"}').toString('base64').replaceAll('/', '+'))),
    ],
    ['claims of a length that no bytes have', resign(change(1, (segment) => `${segment.slice(0, 4)}A`))],
    ['claims of one letter', resign(`${header}.e.${signature}`)],
    ['claims not encoded', resign(`${header}.{"cmd":"x"}.${signature}`)],
    ['the header in other case', resign(change(0, (segment) => segment.toLowerCase()))],
    ['the header encoded twice', resign(change(0, () => encode(encode(plainHeader))))],
    ['the whole in lower case', token.toLowerCase()],
    ['the whole in upper case', token.toUpperCase()],
    ['the whole encoded again', encode(token)],
    ['the whole in a cookie', `token=${token}`],
    ['the whole backwards', [...token].reverse().join('')],
  ]
}
