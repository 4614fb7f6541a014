import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { derive, encode, hmac, one, plainHeader, sealedHeader, sealRaw, three, two } from '../../make/craft.ts'
import { claims } from './claims.ts'

/** The keyring of the verifier under test; `three` is in none. */
export const keys: string = `k1:${one},${two}`

const signedHeaders = [
  plainHeader,
  '{"alg":"HS256","typ":"JWT"}',
  '{"typ":"JWT","alg":"HS256"}',
  '{"alg":"HS256","kid":"k1"}',
  '{"kid":"k1","typ":"JWT","alg":"HS256"}',
]
const strangeHeaders = [
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
const sealedHeaders = [sealedHeader, '{"alg":"dir","enc":"A256GCM","kid":"k1"}']
const strangeSealed = [
  '{"enc":"A256GCM","alg":"dir"}',
  '{"alg":"dir","enc":"A256GCM","kid":"k9"}',
  '{"alg":"dir","enc":"A256GCM","zip":"DEF"}',
  '{"alg":"HS256"}',
]

/** Every header that mutations put in the place of another. */
export const allHeaders: readonly string[] = [...signedHeaders, ...strangeHeaders, ...sealedHeaders, ...strangeSealed]

// Mostly what verifies, so that mutations start from there.
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constant(one) },
  { weight: 3, arbitrary: fc.constant(two) },
  { weight: 1, arbitrary: fc.constant(three) },
)
const purpose = fc.oneof({ weight: 15, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('mail') })
const mostly = (usual: readonly string[], strange: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...strange) })

const signed = fc.record({ key, purpose, claims, header: mostly(signedHeaders, strangeHeaders) }).map(sign)
const short = fc.record({ key, purpose, claims }).map((craft) => {
  const token = sign({ ...craft, header: plainHeader })
  return token.slice(token.indexOf('.') + 1)
})
const sealed = fc
  .record({
    key,
    purpose,
    claims: claims.filter(({ length }) => length > 0),
    header: mostly(sealedHeaders, strangeSealed),
  })
  .map((craft) => sealRaw(craft))

/** A token of any form, mostly a good one. */
export const token: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: signed },
  { weight: 3, arbitrary: short },
  { weight: 3, arbitrary: sealed },
)

interface Signing {
  readonly key: string
  readonly purpose: string
  readonly header: string
  readonly claims: string | Uint8Array
}

function sign({ key, purpose, header, claims }: Signing): string {
  return signInput(`${encode(header)}.${encode(claims)}`, key, purpose)
}

const signing = new Map<string, Uint8Array>()

/** Signs whatever text stands before a signature. */
export function signInput(input: string, key: string, purpose = ''): string {
  const name = `${key} ${purpose}`
  const derived = signing.get(name) ?? derive(key, 'HS256', purpose)
  signing.set(name, derived)
  return `${input}.${hmac(derived, input)}`
}

/** Signs a token's header and claims as they are now; a token without three or two segments stays as it is. */
export function signAgain(text: string, key: string): string {
  const segments = text.split('.').slice(0, -1)
  if (segments.length === 2) return signInput(segments.join('.'), key)
  if (segments.length !== 1) return text
  const whole = signInput(`${Buffer.from(plainHeader).toString('base64url')}.${segments[0]}`, key)
  return whole.slice(whole.indexOf('.') + 1)
}
