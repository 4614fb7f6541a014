import { decodeText, encodeText } from '#engine'

const alg = '"alg":"HS256"'
const typ = '"typ":"JWT"'
const idPattern = /"kid":"([A-Za-z0-9_-]{1,16})"/

function write(...members: string[]): string {
  return encodeText(`{${members.join(',')}}`)
}

/** The header of a signed token as it is minted (RFC 7515, section 4), encoded. */
export function jwsHeader(id?: string): string {
  return id === undefined ? write(alg) : write(alg, kid(id))
}

/** The header of a sealed token (RFC 7516, section 4), encoded. */
export function jweHeader(id?: string): string {
  const members = ['"alg":"dir"', '"enc":"A256GCM"']
  return id === undefined ? write(...members) : write(...members, kid(id))
}

/** Every spelling of a signed token's header that is accepted: three without an id, eight with one. */
export function acceptedHeaders(id?: string): string[] {
  if (id === undefined) return [write(alg), write(alg, typ), write(typ, alg)]
  const k = kid(id)
  const pairs = [write(alg, k), write(k, alg)]
  const triples = [
    [alg, typ, k],
    [alg, k, typ],
    [typ, alg, k],
    [typ, k, alg],
    [k, alg, typ],
    [k, typ, alg],
  ]
  return [...pairs, ...triples.map((members) => write(...members))]
}

/** Whether a header that is in no keyring is well-formed all the same, with the id of a key that we do not have. */
export function hasUnknownKeyId(header: string, form: 'signed' | 'encrypted'): boolean {
  // A header that is longer than every accepted one is not even decoded.
  if (header.length > 80) return false
  const id = idPattern.exec(decodeText(header) ?? '')?.[1]
  if (id === undefined) return false
  return form === 'encrypted' ? header === jweHeader(id) : acceptedHeaders(id).includes(header)
}

function kid(id: string): string {
  return `"kid":"${id}"`
}
