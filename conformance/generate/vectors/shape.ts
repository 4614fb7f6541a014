import type { VerifyRow } from '../../format.ts'
import {
  alterFirst,
  changeSpareBits,
  claimsOfLength,
  derive,
  encode,
  hmac,
  keyA,
  plainHeader,
  replaceSegment,
  sign,
  signRaw,
} from '../craft.ts'
import { rejectedRow } from './rows.ts'

/** Malformed signed tokens, and well-formed ones that were altered. */
export async function makeShapeRows(): Promise<VerifyRow[]> {
  const token = await sign()
  const [header = '', claims = '', signature = ''] = token.split('.')
  // The last group of the encoded claims has two and three characters.
  const two = await sign({ claims: '{"cmd":"xx"}'.padEnd(13) })
  const three = await sign({ claims: '{"cmd":"xx"}'.padEnd(14) })
  const malformed: [string, string][] = [
    ['a single character', 'e'],
    ['the header alone', header],
    ['without a signature', `${header}.${claims}`],
    ['an empty signature', `${header}.${claims}.`],
    ['no claims', `${header}..${signature}`],
    ['no header', `.${claims}.${signature}`],
    ['a fourth segment', `${token}.${signature}`],
    ['a dot at the end', `${token}.`],
    ['a dot at the beginning', `.${token}`],
    ['only dots', '..'],
    ['alg none without a signature', `${encode('{"alg":"none"}')}.${claims}.`],
    ['a signature of 42 characters', token.slice(0, -1)],
    ['a signature of 44 characters', `${token}A`],
    ['a signature of 86 characters', `${token}${signature}`],
    ['a signature in hexadecimal', `${header}.${claims}.${Buffer.from(signature, 'base64url').toString('hex')}`],
    ['a padded signature', `${token}=`],
    ['padded claims', replaceSegment(two, 1, (segment) => `${segment}==`)],
    ['a padded header', `${header}=.${claims}.${signature}`],
    ['base64 instead of base64url', replaceSegment(token, 2, (segment) => `+${segment.slice(1)}`)],
    ['a space inside', replaceSegment(token, 1, (segment) => `${segment.slice(0, 8)} ${segment.slice(8)}`)],
    ['a line break inside', replaceSegment(token, 1, (segment) => `${segment.slice(0, 8)}\n${segment.slice(8)}`)],
    ['a NUL inside', replaceSegment(token, 1, (segment) => `${segment.slice(0, 8)}\0${segment.slice(8)}`)],
    ['a letter that is not ASCII', replaceSegment(token, 2, (segment) => `\u0430${segment.slice(1)}`)],
    ['a full-width full stop', token.replace('.', '\uff0e')],
    ['a percent-encoded dot in a bare token', token.replace('.', '%2E')],
    ['a comma after a bare token', `${token},`],
    ['a quote before a bare token', `"${token}`],
    [
      'claims whose length no bytes have',
      `${header}.${claims.slice(0, Math.floor(claims.length / 4) * 4)}A.${signature}`,
    ],
    ['the JSON serialization', JSON.stringify({ payload: claims, protected: header, signature })],
    ['8193 characters', await sign({ claims: claimsOfLength(8193, 65) })],
    ['in upper case', token.toUpperCase()],
    ['in lower case', token.toLowerCase()],
  ]
  const rows = malformed.map(([name, token]) => rejectedRow(`shape: ${name}`, token, { code: 'malformed_token' }))
  for (const step of [1, 2, 3]) {
    const changed = replaceSegment(token, 2, (segment) => changeSpareBits(segment, step))
    rows.push(rejectedRow(`the same signature spelled otherwise, ${step}`, changed, { code: 'malformed_token' }))
  }
  for (const step of [1, 8, 15]) {
    rows.push(
      rejectedRow(`claims spelled otherwise, two characters, ${step}`, signWithSpareBits(two, step), {
        code: 'malformed_token',
      }),
    )
  }
  for (const step of [1, 2, 3]) {
    rows.push(
      rejectedRow(`claims spelled otherwise, three characters, ${step}`, signWithSpareBits(three, step), {
        code: 'malformed_token',
      }),
    )
  }
  return [...rows, ...(await makeAlteredRows())]
}

// Signs the changed encoding, so that only the encoding is wrong.
function signWithSpareBits(token: string, step: number): string {
  const input = replaceSegment(token, 1, (segment) => changeSpareBits(segment, step)).slice(0, -44)
  return `${input}.${hmac(derive(keyA, 'HS256'), input)}`
}

async function makeAlteredRows(): Promise<VerifyRow[]> {
  const token = await sign()
  const other = await sign({ claims: { cmd: '/onOther' } })
  const typed = signRaw({ header: '{"alg":"HS256","typ":"JWT"}' })
  const rows: [string, string][] = [
    ['altered claims', replaceSegment(token, 1, alterFirst)],
    ['an altered signature', replaceSegment(token, 2, alterFirst)],
    ['the signature of other claims', replaceSegment(token, 2, () => other.split('.')[2] as string)],
    ['claims of another token', replaceSegment(token, 1, () => other.split('.')[1] as string)],
    ['the signature of another header', replaceSegment(typed, 0, () => encode(plainHeader))],
    ['another accepted header', replaceSegment(token, 0, () => encode('{"alg":"HS256","typ":"JWT"}'))],
    ['not JSON, and altered', replaceSegment(token, 1, () => encode('not json'))],
  ]
  return [
    rejectedRow('nothing', '', { code: 'no_token' }),
    rejectedRow('nothing but white space', ' \n', { code: 'no_token' }),
    ...rows.map(([name, token]) => rejectedRow(name, token, { code: 'invalid_signature' })),
  ]
}
