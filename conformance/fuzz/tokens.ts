import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { derive, encode, encryptedHeader, encryptRaw, hmac, keyA, keyB, keyC, plainHeader } from '../generate/craft.ts'
import { claims } from './claims.ts'

/** The keyring of the verifier under test; `three` is not in it. */
export const keys: string = `k1:${keyA},${keyB}`

const signedHeaders = [
  plainHeader,
  '{"alg":"HS256","typ":"JWT"}',
  '{"typ":"JWT","alg":"HS256"}',
  '{"alg":"HS256","kid":"k1"}',
  '{"kid":"k1","typ":"JWT","alg":"HS256"}',
]
const otherHeaders = [
  '{"alg":"HS256","kid":"k9"}',
  '{"alg":"HS256","kid":"__proto__"}',
  '{"alg":"HS256","kid":"not an id"}',
  '{"alg":"none"}',
  '{"alg":"HS512"}',
  '{"alg":"HS256","crit":["exp"]}',
  '{"alg":"HS256","alg":"HS256"}',
  '{"alg":"HS256"} ',
  '{"alg":"dir","enc":"A256GCM"}',
  '{}',
]
const encryptedHeaders = [encryptedHeader, '{"alg":"dir","enc":"A256GCM","kid":"k1"}']
const otherEncryptedHeaders = [
  '{"enc":"A256GCM","alg":"dir"}',
  '{"alg":"dir","enc":"A256GCM","kid":"k9"}',
  '{"alg":"dir","enc":"A256GCM","zip":"DEF"}',
  '{"alg":"HS256"}',
]

/** Every header that a mutation may insert. */
export const allHeaders: readonly string[] = [
  ...signedHeaders,
  ...otherHeaders,
  ...encryptedHeaders,
  ...otherEncryptedHeaders,
]

// Mostly valid values, so that most mutations start with a valid token.
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constant(keyA) },
  { weight: 3, arbitrary: fc.constant(keyB) },
  { weight: 1, arbitrary: fc.constant(keyC) },
)
const purpose = fc.oneof({ weight: 15, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('mail') })
const mostly = (accepted: readonly string[], others: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...accepted) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

const signed = fc.record({ key, purpose, claims, header: mostly(signedHeaders, otherHeaders) }).map(sign)
const short = fc.record({ key, purpose, claims }).map((parts) => {
  const token = sign({ ...parts, header: plainHeader })
  return token.slice(token.indexOf('.') + 1)
})
const encrypted = fc
  .record({
    key,
    purpose,
    claims: claims.filter(({ length }) => length > 0),
    header: mostly(encryptedHeaders, otherEncryptedHeaders),
  })
  .map((parts) => encryptRaw(parts))

/** A token of any format, mostly a valid one. */
export const token: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: signed },
  { weight: 3, arbitrary: short },
  { weight: 3, arbitrary: encrypted },
)

interface SignedParts {
  readonly key: string
  readonly purpose: string
  readonly header: string
  readonly claims: string | Uint8Array
}

function sign({ key, purpose, header, claims }: SignedParts): string {
  return signInput(`${encode(header)}.${encode(claims)}`, key, purpose)
}

const signing = new Map<string, Uint8Array>()

/** Signs the string before the signature. */
export function signInput(input: string, key: string, purpose = ''): string {
  const name = `${key} ${purpose}`
  const derived = signing.get(name) ?? derive(key, 'HS256', purpose)
  signing.set(name, derived)
  return `${input}.${hmac(derived, input)}`
}

/** Replaces the signature of a token; a string without three or two segments is unchanged. */
export function resign(text: string, key: string): string {
  const segments = text.split('.').slice(0, -1)
  if (segments.length === 2) return signInput(segments.join('.'), key)
  if (segments.length !== 1) return text
  const full = signInput(`${Buffer.from(plainHeader).toString('base64url')}.${segments[0]}`, key)
  return full.slice(full.indexOf('.') + 1)
}
