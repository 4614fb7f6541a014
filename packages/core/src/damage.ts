import { decodeText } from '#engine'
import { parseJson } from './claims.ts'
import { maxTokenLength, readShape } from './token.ts'

/** What can have happened to a token on its way. */
export type Damage =
  | 'too_long'
  | 'white_space'
  | 'percent_encoded'
  | 'padded'
  | 'not_base64url'
  | 'lower_cased'
  | 'upper_cased'
  | 'cut_off'
  | 'overlong'
  | 'altered_end'
  | 'not_a_token'

interface Found {
  readonly code: Damage
  readonly message: string
}

// What is looked for in a token as a whole, in this order.
const marks: readonly { code: Damage; pattern: RegExp; message: string }[] = [
  { code: 'white_space', pattern: /\s/, message: 'it has white space or a line break inside' },
  { code: 'percent_encoded', pattern: /%[0-9a-f]{2}/i, message: 'it is percent-encoded' },
  { code: 'padded', pattern: /=/, message: 'it is padded with "=", which base64url in a token never is' },
  { code: 'not_base64url', pattern: /[^\w.-]/, message: 'it has a character that is neither base64url nor a dot' },
  { code: 'lower_cased', pattern: /^eyj[^A-Z]*$/, message: 'it was turned to lower case, which loses what it said' },
  { code: 'upper_cased', pattern: /^EYJ[^a-z]*$/, message: 'it was turned to upper case, which loses what it said' },
]

/** What has happened to a token that has no longer the shape of one, or was changed in case. */
export function findDamage(token: string): Found | undefined {
  if (token.length > maxTokenLength) {
    return { code: 'too_long', message: `it has ${token.length} characters; a token has at most ${maxTokenLength}` }
  }
  const mark = marks.find(({ pattern }) => pattern.test(token))
  if (mark !== undefined) return { code: mark.code, message: mark.message }
  return readShape(token) === undefined ? findLoss(token.split('.')) : undefined
}

function findLoss(parts: readonly string[]): Found {
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

function judgeEnd(end: string, right: number, name: string): Found {
  if (end.length < right) return cutOff(`: a ${name} of ${end.length} characters where ${right} belong`)
  if (end.length > right) {
    return { code: 'overlong', message: `it has a ${name} of ${end.length} characters where ${right} belong` }
  }
  return { code: 'altered_end', message: 'a segment of it does not end as base64url does: a character was altered' }
}

function cutOff(where: string): Found {
  return { code: 'cut_off', message: `it is cut off${where.startsWith(':') ? '' : ' '}${where}` }
}
