import { decodeText } from '#engine'
import { parseJson } from '../token/claims.ts'
import { MAX_TOKEN_LENGTH, parseToken } from '../token/token.ts'

/** The ways in which a token can be damaged. */
export type DamageCode =
  | 'too_long'
  | 'whitespace'
  | 'percent_encoded'
  | 'padded'
  | 'not_base64url'
  | 'lowercased'
  | 'uppercased'
  | 'truncated'
  | 'extra_characters'
  | 'invalid_trailing_bits'
  | 'not_a_token'

interface Diagnosis {
  readonly code: DamageCode
  readonly message: string
}

// Checked against the entire token, in this order.
const patterns: readonly { code: DamageCode; pattern: RegExp; message: string }[] = [
  { code: 'whitespace', pattern: /\s/, message: 'it contains whitespace or a line break' },
  { code: 'percent_encoded', pattern: /%[0-9a-f]{2}/i, message: 'it is percent-encoded' },
  { code: 'padded', pattern: /=/, message: 'it is padded with "=", but tokens are unpadded base64url' },
  { code: 'not_base64url', pattern: /[^\w.-]/, message: 'it contains a character that is neither base64url nor a dot' },
  { code: 'lowercased', pattern: /^eyj[^A-Z]*$/, message: 'it was converted to lower case, which destroys its data' },
  { code: 'uppercased', pattern: /^EYJ[^a-z]*$/, message: 'it was converted to upper case, which destroys its data' },
]

/** Diagnoses how a token is damaged. Returns `undefined` if it is well-formed and its letter case is intact. */
export function diagnose(token: string): Diagnosis | undefined {
  if (token.length > MAX_TOKEN_LENGTH) {
    return { code: 'too_long', message: `it has ${token.length} characters; a token has at most ${MAX_TOKEN_LENGTH}` }
  }
  const match = patterns.find(({ pattern }) => pattern.test(token))
  if (match !== undefined) return { code: match.code, message: match.message }
  return parseToken(token) === undefined ? diagnoseStructure(token.split('.')) : undefined
}

function diagnoseStructure(segments: readonly string[]): Diagnosis {
  const [first = '', second = ''] = segments
  const header = parseJson(decodeText(first))
  const isEncrypted = header?.alg === 'dir' || segments.length > 3
  const isHeader = header !== undefined && 'alg' in header
  if (!isHeader && !/^eyJ/.test(first)) {
    return { code: 'not_a_token', message: 'it is not a token: tokens start differently' }
  }
  const last = segments.at(-1) ?? ''
  if (isEncrypted) return segments.length < 5 ? truncated(' in the middle') : diagnoseLast('tag', last, 22)
  if (segments.length === 1) return truncated(isHeader ? ' after its header' : ' before its first dot')
  if (isHeader && segments.length === 2) {
    return truncated(second === '' ? ' after its header' : ' in its claims: there is no signature')
  }
  return diagnoseLast('signature', last, 43)
}

function diagnoseLast(name: 'signature' | 'tag', segment: string, length: number): Diagnosis {
  const actual = `its ${name} has ${segment.length} characters instead of ${length}`
  if (segment.length < length) return truncated(`: ${actual}`)
  if (segment.length > length) return { code: 'extra_characters', message: actual }
  return {
    code: 'invalid_trailing_bits',
    message: 'a segment does not end with valid base64url: a character was altered',
  }
}

function truncated(where: string): Diagnosis {
  return { code: 'truncated', message: `it is cut off${where}` }
}
