import type { Claims, DescribedClaim, FormatOptions } from './claim-labels.ts'
import { JsonNumber } from './json.ts'
import { formatTimestamp } from './timestamps.ts'

// RFC 7519, section 4.1, OpenID Connect Core 1.0, section 2, RFC 9068, and what Microsoft and Google add.
const meanings: Readonly<Record<string, string>> = {
  iss: 'Issuer: who issued the token.',
  sub: 'Subject: who or what the token is about.',
  aud: 'Audience: who the token is for.',
  exp: 'Expiration time: the token is not accepted from this time on.',
  nbf: 'Not before: the token is not accepted before this time.',
  iat: 'Issued at.',
  jti: 'JWT ID: unique for every token.',
  azp: 'Authorized party: the client that the token was issued to.',
  auth_time: 'When the user signed in.',
  nonce: 'Ties the token to one request of the client.',
  scope: 'What the client may do.',
  client_id: 'The client that requested the token.',
  sid: 'Session ID.',
  roles: 'Roles of the subject.',
  email: 'Email address of the subject.',
  name: 'Name of the subject.',
}
const timeClaims: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat', 'auth_time'])

/** Formats the claims of another issuer's JWT, in their order. Only registered claims have a meaning. */
export function describeJwtClaims(claims: Claims, { now, formatString, formatJson }: FormatOptions): DescribedClaim[] {
  return Object.entries(claims).map(([name, value]) => {
    const claim = formatString(name)
    const number = value instanceof JsonNumber ? Number(value.literal) : value
    const isTime = timeClaims.has(name) && typeof number === 'number'
    return {
      claim,
      label: claim,
      value: isTime ? formatTimestamp(number, now) : formatJson(value),
      meaning: Object.hasOwn(meanings, name) ? (meanings[name] as string) : '',
    }
  })
}
