import { decodeText } from '#engine'
import { parseJson } from '../token/claims.ts'
import { maxTokenLength, parseToken } from '../token/token.ts'

/** What can have happened to a token on its way. */
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

// What is looked for in a token as a whole, in this order.
const marks: readonly { code: DamageCode; pattern: RegExp; message: string }[] = [
  { code: 'whitespace', pattern: /\s/, message: 'it has white space or a line break inside' },
  { code: 'percent_encoded', pattern: /%[0-9a-f]{2}/i, message: 'it is percent-encoded' },
  { code: 'padded', pattern: /=/, message: 'it is padded with "=", which base64url in a token never is' },
  { code: 'not_base64url', pattern: /[^\w.-]/, message: 'it has a character that is neither base64url nor a dot' },
  { code: 'lowercased', pattern: /^eyj[^A-Z]*$/, message: 'it was turned to lower case, which loses what it said' },
  { code: 'uppercased', pattern: /^EYJ[^a-z]*$/, message: 'it was turned to upper case, which loses what it said' },
]

/** What has happened to a token that has no longer the shape of one, or was changed in case. */
export function diagnose(token: string): Diagnosis | undefined {
  if (token.length > maxTokenLength) {
    return { code: 'too_long', message: `it has ${token.length} characters; a token has at most ${maxTokenLength}` }
  }
  const mark = marks.find(({ pattern }) => pattern.test(token))
  if (mark !== undefined) return { code: mark.code, message: mark.message }
  return parseToken(token) === undefined ? diagnoseStructure(token.split('.')) : undefined
}

function diagnoseStructure(parts: readonly string[]): Diagnosis {
  const [first = '', second = ''] = parts
  const header = parseJson(decodeText(first))
  const sealed = header?.alg === 'dir' || parts.length > 3
  const isHeader = header !== undefined && 'alg' in header
  if (!isHeader && !/^eyJ/.test(first)) {
    return { code: 'not_a_token', message: 'it is not a token: it does not begin as one does' }
  }
  if (sealed) return parts.length < 5 ? cutOff('in the middle') : judgeEnd(parts.at(-1) ?? '', 22, 'tag')
  if (parts.length === 1) return cutOff(isHeader ? 'after its header' : 'before its first dot')
  if (isHeader && parts.length === 2)
    return cutOff(second === '' ? 'after its header' : 'in its claims: there is no signature')
  return judgeEnd(parts.at(-1) ?? '', 43, 'signature')
}

function judgeEnd(end: string, right: number, name: string): Diagnosis {
  if (end.length < right) return cutOff(`: a ${name} of ${end.length} characters where ${right} belong`)
  if (end.length > right) {
    return { code: 'extra_characters', message: `it has a ${name} of ${end.length} characters where ${right} belong` }
  }
  return {
    code: 'invalid_trailing_bits',
    message: 'a segment of it does not end as base64url does: a character was altered',
  }
}

function cutOff(where: string): Diagnosis {
  return { code: 'truncated', message: `it is cut off${where.startsWith(':') ? '' : ' '}${where}` }
}
