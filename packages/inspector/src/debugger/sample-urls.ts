/** An input that shows what the debugger does. */
export interface SampleUrl {
  readonly label: string
  /** Creates it; the time is in epoch milliseconds. */
  create(now: number): string
}

const baseUrl = 'https://bot.example.com/hooks'
// Nothing verifies it here.
const signature = 'y3cQvJr0yGkU7m1sZpQbTn2oXw4LdHf8aEiCjBgRtKM'
// Encrypted with the key of the tests, which is public.
const encryptedToken =
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a9BScsHlFpjSYIn6.YpBbVMOv8kgE3AB1gccNkS9ikm2FZY_KsZxs7qD_pIVNvqKiHOMOcwhgyBoapg.aI-jZio19icOCI6zVrae9Q'
const emailLineLength = 75
const day = 24 * 60 * 60

/** The samples that the page offers. */
export const sampleUrls: readonly SampleUrl[] = [
  { label: 'Hook URL', create: createHookUrl },
  { label: 'Cut off', create: (now) => createHookUrl(now).slice(0, -20) },
  { label: 'Lowercase', create: (now) => createHookUrl(now).toLowerCase() },
  { label: 'From an email', create: (now) => encodeForEmail(createHookUrl(now)) },
  { label: 'Encrypted', create: () => `${baseUrl}/${encryptedToken}` },
  { label: 'Another JWT', create: createOtherJwt },
]

function createHookUrl(now: number): string {
  const claims = {
    cmd: '/approve',
    sub: '42',
    cnt: { invoice: 'A-1009' },
    use: 1,
    jti: 'Jx3fQ8kLw2ZpV0aN',
    exp: Math.floor(now / 1000) + 30 * day,
  }
  return `${baseUrl}/${encode({ alg: 'HS256' })}.${encode(claims)}.${signature}`
}

function createOtherJwt(now: number): string {
  const issuedAt = Math.floor(now / 1000) - 600
  const claims = {
    iss: 'https://id.example.com',
    sub: 'user-7',
    aud: 'api',
    scope: 'read write',
    iat: issuedAt,
    exp: issuedAt + 3600,
  }
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.${signature.repeat(8).slice(0, 342)}`
}

/** Encodes ASCII as mail programs do: quoted-printable, with soft line breaks (RFC 2045, section 6.7). */
function encodeForEmail(url: string): string {
  const lines = url.replaceAll('=', '=3D').match(new RegExp(`.{1,${emailLineLength}}`, 'g')) ?? []
  return lines.join('=\n')
}

function encode(value: object): string {
  return btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
