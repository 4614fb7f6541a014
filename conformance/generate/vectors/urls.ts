import type { VerifyRow } from '../../format.ts'
import { encode, encrypt, encryptedLabel, keyB, plainClaims, shorten, sign } from '../craft.ts'
import { ambiguousManglings, manglings, rejectedManglings } from './mangled-urls.ts'
import { rejectedRow, validRow } from './rows.ts'

const base = 'https://bot.example.com/hooks'

// What mail programs, chats and proxies do to a URL.
const inPath: [string, (token: string) => string][] = [
  ['as minted', (token) => `${base}/${token}`],
  ['another host, scheme, port and prefix', (token) => `http://10.0.0.7:3000/proxy/a/${token}`],
  ['at the root', (token) => `https://bot.example.com/${token}`],
  ['a parameter', (token) => `${base}/${token}?status=ok`],
  ['a second question mark', (token) => `${base}/${token}?a=1?status=ok`],
  ['a blindly appended parameter', (token) => `${base}/${token}&status=ok`],
  ['an HTML entity', (token) => `${base}/${token}?a=1&amp;b=2`],
  ['added segments', (token) => `${base}/${token}/events/push`],
  ['a slash at the end', (token) => `${base}/${token}/`],
  ['a fragment', (token) => `${base}/${token}#/top`],
  ['a full stop at the end', (token) => `${base}/${token}.`],
  ['a comma at the end', (token) => `${base}/${token},`],
  ['a parenthesis at the end', (token) => `${base}/${token})`],
  ['an angle bracket at the end', (token) => `${base}/${token}>`],
  ['quotes at the end', (token) => `${base}/${token}"'`],
  ['several of them', (token) => `${base}/${token}>).`],
  ['in angle brackets', (token) => `<${base}/${token}>`],
  ['dots percent-encoded', (token) => `${base}/${token.replaceAll('.', '%2E')}`],
  ['dots percent-encoded twice', (token) => `${base}/${token.replaceAll('.', '%252E')}`],
  ['dots percent-encoded in lower case', (token) => `${base}/${token.replaceAll('.', '%2e')}`],
  ['every character percent-encoded', (token) => `${base}/${encodeAll(token)}`],
  ['the slash before it percent-encoded', (token) => `${base}%2F${token}`],
  ['the question mark after it percent-encoded', (token) => `${base}/${token}%3Fstatus=ok`],
  ['a line break inside', (token) => `${base}/${token.slice(0, 30)}\r\n ${token.slice(30)}`],
  ['a percent-encoded space at the end', (token) => `${base}/${token}%20`],
  ['wrapped after every 20 characters', (token) => wrap(`${base}/${token}`)],
  ['the same token in t as well', (token) => `${base}/${token}?t=${token}`],
  ['something else in t', (token) => `${base}/${token}?t=1700000000`],
  ['a version segment with dots', (token) => `https://api.v1.2.example/v1.2/${token}`],
  ['without a scheme', (token) => `bot.example.com/hooks/${token}`],
  ['a path alone', (token) => `/hooks/${token}`],
]

const inQuery: [string, (token: string) => string][] = [
  ['as minted', (token) => `${base}?t=${token}`],
  ['after another parameter', (token) => `${base}?a=1&t=${token}`],
  ['before another parameter', (token) => `${base}?t=${token}&a=1`],
  ['a second question mark before it', (token) => `${base}?a=1?t=${token}`],
  ['a second question mark after it', (token) => `${base}?t=${token}?status=ok`],
  ['HTML entities', (token) => `${base}?a=1&amp;t=${token}&amp;b=2`],
  ['a slash at the end', (token) => `${base}?t=${token}/`],
  ['a full stop at the end', (token) => `${base}?t=${token}.`],
  ['a fragment', (token) => `${base}?t=${token}#top`],
  ['dots percent-encoded twice', (token) => `${base}?t=${token.replaceAll('.', '%252E')}`],
  ['every character percent-encoded', (token) => `${base}?t=${encodeAll(token)}`],
  ['the question mark before it percent-encoded', (token) => `${base}%3Ft=${token}`],
  ['question mark and equals sign percent-encoded', (token) => `${base}%3Ft%3D${token}`],
  ['a line break inside', (token) => `${base}?t=${token.slice(0, 9)}\n${token.slice(9)}`],
  ['t twice', (token) => `${base}?t=${token}&t=${token}`],
]

/** Tokens in URLs, some of them damaged. */
export async function makeUrlRows(): Promise<VerifyRow[]> {
  const full = await sign()
  const formats: [string, string][] = [
    ['full', full],
    ['short', shorten(full)],
    [encryptedLabel, await encrypt()],
  ]
  const rows: VerifyRow[] = []
  for (const [format, token] of formats) {
    for (const [name, place] of inPath) rows.push(makeUrlRow(`${format} in the path: ${name}`, place(token)))
    for (const [name, place] of inQuery) rows.push(makeUrlRow(`${format} in the query: ${name}`, place(token)))
  }
  return [...rows, ...(await makeNotFoundRows()), ...makeDamagedRows(full), ...(await makeMangledRows(formats))]
}

async function makeMangledRows(formats: readonly [string, string][]): Promise<VerifyRow[]> {
  const token = await sign()
  const other = await sign({ claims: { ...plainClaims, cmd: '/other' } })
  return [
    ...formats.flatMap(([format, each]) => {
      const label = format === encryptedLabel ? 'encrypted' : format
      return manglings.map(([name, mangle]) => makeUrlRow(`${label} mangled: ${name}`, mangle(each)))
    }),
    ...rejectedManglings.map(([name, mangle, code]) => makeUrlRow(`mangled: ${name}`, mangle(token), code)),
    ...ambiguousManglings.map(([name, place]) =>
      makeUrlRow(`two tokens: ${name}`, place(token, other), 'ambiguous_token'),
    ),
  ]
}

async function makeNotFoundRows(): Promise<VerifyRow[]> {
  const token = await sign()
  const other = await sign({ claims: { ...plainClaims, cmd: '/other' } })
  const ambiguous = [
    ['in the path', `${base}/${token}/${other}`],
    ['in path and query', `${base}/${token}?t=${other}`],
    ['in the query', `${base}?t=${token}&t=${other}`],
    ['the other one in the short form', `${base}/${token}?t=${shorten(other)}`],
    ['the same claims by two keys', `${base}/${token}/${await sign({ key: keyB })}`],
    ['signed and sealed', `${base}/${token}/${await encrypt()}`],
  ] as const
  const none = [
    ['an empty path', 'https://bot.example.com/'],
    ['another path', `${base}/health.json?a=b`],
    ['a token in another parameter', `${base}?token=${token}`],
    ['a token in the fragment', `${base}#${token}`],
    ['a token as the host', `https://${token}/hooks`],
    ['an empty t', `${base}?t=`],
    ['a version number', 'https://bot.example.com/v1.2.3/'],
  ] as const
  return [
    makeUrlRow('a token and its short form', `${base}/${token}/${shorten(token)}`),
    ...ambiguous.map(([name, url]) => makeUrlRow(`two tokens: ${name}`, url, 'ambiguous_token')),
    ...none.map(([name, url]) => makeUrlRow(`no token: ${name}`, url, 'no_token')),
  ]
}

// A signature that is too long is never cut.
function makeDamagedRows(token: string): VerifyRow[] {
  const [header = '', claims = ''] = token.split('.')
  return [
    makeUrlRow('cut in the signature', `${base}/${token.slice(0, -12)}`, 'malformed_token'),
    makeUrlRow('cut in the claims', `${base}/${header}.${claims.slice(0, 10)}`, 'malformed_token'),
    makeUrlRow('cut after the header', `${base}/${header}`, 'malformed_token'),
    makeUrlRow('a signature with a character too many', `${base}/${token}x`, 'malformed_token'),
    makeUrlRow('an ellipsis at the end', `${base}/${token}\u2026`),
    makeUrlRow('in lower case', `${base}/${token}`.toLowerCase(), 'malformed_token'),
    makeUrlRow('padded', `${base}/${token}=`, 'malformed_token'),
    makeUrlRow('alg none', `${base}/${encode('{"alg":"none"}')}.${claims}.`, 'malformed_token'),
  ]
}

function makeUrlRow(name: string, url: string, code?: string): VerifyRow {
  const { token: _, ...row } = code === undefined ? validRow(name, '') : rejectedRow(name, '', { code })
  return { ...row, url }
}

function encodeAll(text: string): string {
  return [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')
}

function wrap(text: string): string {
  return text.replace(/.{20}/g, '$&\n')
}
