import { decodeText, encodeText } from '#engine'

const alg = '"alg":"HS256"'
const typ = '"typ":"JWT"'
const keyIdPattern = /"kid":"([A-Za-z0-9_-]{1,16})"/
// No accepted header is longer than this when encoded.
const MAX_HEADER_LENGTH = 80

/** Returns the encoded header that a signed token is minted with (RFC 7515 §4). */
export function jwsHeader(id?: string): string {
  return id === undefined ? encodeHeader(alg) : encodeHeader(alg, kid(id))
}

/** Returns the encoded header of an encrypted token (RFC 7516 §4). */
export function jweHeader(id?: string): string {
  const members = ['"alg":"dir"', '"enc":"A256GCM"']
  return id === undefined ? encodeHeader(...members) : encodeHeader(...members, kid(id))
}

/** Returns the encoded header of a handle: a JWE, and no token. */
export function handleHeader(id?: string): string {
  const members = ['"alg":"dir"', '"enc":"A256GCM"', '"typ":"handle"']
  return id === undefined ? encodeHeader(...members) : encodeHeader(...members, kid(id))
}

/** Returns the encoded header of a stored wait value: a JWE that is bound to one wait, and no token. */
export function waitHeader(waitId: string, id?: string): string {
  const members = ['"alg":"dir"', '"enc":"A256GCM"', '"typ":"wait"', `"wait":"${waitId}"`]
  return id === undefined ? encodeHeader(...members) : encodeHeader(...members, kid(id))
}

/** Returns every encoded header that is accepted in a signed token: three without a key ID, eight with one. */
export function acceptedHeaders(id?: string): string[] {
  if (id === undefined) return [encodeHeader(alg), encodeHeader(alg, typ), encodeHeader(typ, alg)]
  const k = kid(id)
  const pairs = [encodeHeader(alg, k), encodeHeader(k, alg)]
  const triples = [
    [alg, typ, k],
    [alg, k, typ],
    [typ, alg, k],
    [typ, k, alg],
    [k, alg, typ],
    [k, typ, alg],
  ]
  return [...pairs, ...triples.map((members) => encodeHeader(...members))]
}

/** Whether a header that matches no key in the keyring is otherwise well-formed and names an unknown key. */
export function hasUnknownKeyId(header: string, format: 'jws' | 'jwe'): boolean {
  if (header.length > MAX_HEADER_LENGTH) return false
  const id = keyIdPattern.exec(decodeText(header) ?? '')?.[1]
  if (id === undefined) return false
  return format === 'jwe' ? header === jweHeader(id) : acceptedHeaders(id).includes(header)
}

function encodeHeader(...members: string[]): string {
  return encodeText(`{${members.join(',')}}`)
}

function kid(id: string): string {
  return `"kid":"${id}"`
}
