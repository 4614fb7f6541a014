import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { deriveStateHash, keyA, keyB, now } from '../generate/craft.ts'

const redirects = [
  'https://example.com/',
  'https://a.example.com/b?c#d',
  'https://evil.example/',
  'https://example.com.evil.example/',
  'https://example.com:443/',
  'https://example.com',
  'https://EXAMPLE.com/',
  'https://user@example.com/',
  'http://localhost:3000/',
  'http://example.com/',
  'https://example.com./',
  'https://example.com\\@evil.example/',
  'javascript:alert(1)',
  '',
]
const nearNow = fc.integer({ min: now - 3, max: now + 3 })

/** A current state of the verifier. The hashes are those of it, and of another, for the most frequent claims. */
export const state = ['v', 1]
const stateHashes = [keyA, keyB].flatMap((key) =>
  [state, ['v', 2]].map((value) => deriveStateHash({ cmd: '/onWebhook' }, value, { key })),
)

// Claims of a hook, close to all limits.
const hook = fc.record(
  {
    cmd: fc.oneof(fc.constantFrom('/onWebhook', '/approve'), fc.string({ minLength: 1, maxLength: 8 })),
    sub: fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom('x'.repeat(256), '\u{1f600}'.repeat(256))),
    cnt: fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue({ maxDepth: 2 })),
    rdr: fc.oneof(fc.constant('https://example.com/'), fc.constantFrom(...redirects)),
    exp: fc.oneof(nearNow, fc.constant(now + 3600), fc.constant(now + 7200)),
    nbf: fc.oneof(nearNow, fc.constant(0), fc.constant(now - 1)),
    iat: fc.constant(now),
    jti: fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/),
    use: fc.integer({ min: 1, max: 3 }),
    get: fc.constant(1),
    sta: fc.oneof(fc.constantFrom(...stateHashes), fc.stringMatching(/^[A-Za-z0-9_-]{12}$/)),
    sig: fc.constant(1),
    usr: fc.constant(1),
  },
  { requiredKeys: ['cmd'] },
)

// Without contradictions; the changes below add them.
const validClaims = fc.tuple(hook, fc.nat(3)).map(([{ use, nbf, get, sig, usr, sta, ...others }, share]) => {
  // Few hooks have a restriction that no verifier checks, so that all outcomes are frequent.
  const restrictions = share === 0 ? { get, sig, usr, sta } : { get, sta }
  const claims = { ...others, ...chooseRestrictions(restrictions, others.sub !== undefined) }
  const { exp = now + 60, jti = 'i' } = claims
  const complete = use === undefined ? claims : { ...claims, exp, jti, use }
  return nbf === undefined || nbf >= exp ? complete : { ...complete, nbf }
})

interface Restrictions {
  get?: number | undefined
  sta?: string | undefined
  sig?: number | undefined
  usr?: number | undefined
}

// `get`, `sig` and `usr` exclude each other.
function chooseRestrictions({ get, sig, usr, sta }: Restrictions, hasUser: boolean): Restrictions {
  const state = sta === undefined ? {} : { sta }
  if (get !== undefined) return { get, ...state }
  if (sig !== undefined) return { ...state, sig }
  return usr !== undefined && hasUser ? { ...state, usr } : state
}

const names = [
  'cmd',
  'sub',
  'cnt',
  'rdr',
  'exp',
  'nbf',
  'iat',
  'jti',
  'use',
  'get',
  'sta',
  'sig',
  'usr',
  'aud',
  '',
  '__proto__',
  'CMD',
  'constructor',
]
const values = [
  'null',
  'true',
  '""',
  '"x"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  `"${'x'.repeat(257)}"`,
  '0',
  '-0',
  '1',
  '1.0',
  '-1',
  '0.5',
  '"AAAAAAAAAAAA"',
  '"AAAAAAAAAAA="',
  '1e3',
  '1001',
  '1e400',
  `${now}`,
  `${now + 1}.0`,
  `${now}.5`,
  '253402300799',
  '253402300800',
  '9007199254740993',
  '[]',
  '{"__proto__":1}',
  '01',
  'NaN',
]
const member = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values))

type Change = (text: string) => string
const change: fc.Arbitrary<Change> = fc.oneof(
  member.map(
    ([name, value]) =>
      (text: string) =>
        text.replace(/\}$/, `${text === '{}' ? '' : ','}"${name}":${value}}`),
  ),
  member.map(
    ([name, value]) =>
      (text: string) =>
        text.replace(/^\{/, `{"${name}":${value}${text === '{}' ? '' : ','}`),
  ),
  fc.constantFrom(...names).map((name) => (text: string) => text.replace(new RegExp(`"${name}":[^,}]*,?`), '')),
  fc.constantFrom<Change>(
    (text) => ` ${text}\n`,
    (text) => `\ufeff${text}`,
    (text) => `[${text}]`,
    (text) => `${text}${text}`,
    (text) => text.slice(0, -1),
    (text) => text.replaceAll(':', ' : '),
    (text) => text.replace('"cmd"', '"\\u0063md"'),
    () => '{}',
    () => 'null',
    () => '',
  ),
)

const changedClaims = fc
  .tuple(validClaims, fc.array(change, { maxLength: 2 }))
  .map(([claims, changes]) => changes.reduce((text, apply) => apply(text), JSON.stringify(claims)))

/** Claims to sign: JSON, mostly of a hook, or bytes that may not be UTF-8. */
export const claims: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: validClaims.map((claims) => JSON.stringify(claims)) },
  { weight: 4, arbitrary: changedClaims },
  {
    weight: 1,
    arbitrary: fc.tuple(changedClaims, fc.nat(400), fc.integer({ min: 0, max: 255 })).map(([text, at, byte]) => {
      const bytes = Buffer.from(text)
      if (bytes.length > 0) bytes[at % bytes.length] = byte
      return bytes
    }),
  },
)
