import type { VerifyRow } from '../../../conformance/format.ts'

/** A kind of token that hookurl rejects, named as in docs/languages.md. */
export interface Group {
  readonly name: string
  matches(row: VerifyRow): boolean
}

/** The kinds of rejected tokens. A vector belongs to the first one that matches. The patterns match names of vectors. */
export const groups: readonly Group[] = [
  byName('a `kid` that no key has, or the `kid` of another key', /^a strange kid|^a kid |^the kid of/),
  byCode('an invalid signature', 'invalid_signature'),
  byCode('an `exp` in the past or an `nbf` in the future', 'expired', 'not_yet_valid'),
  byCode('another command', 'wrong_command'),
  byCode('an empty string', 'no_token'),
  byName('another algorithm, or none', /^header: (alg (?!twice|in lower)|no |the header of a sealed)/),
  byName('header members such as `crit`, `b64`, `jku`', /^header: (cty|crit|b64|zip|jwk|jku|x5)/),
  byName('another encoding of the header, another `typ`', /^header: /),
  byName('claims with unused bits set', /^claims \w+ otherwise/),
  byName(
    'another encoding of the signature, or extra characters after it',
    /signature \w+ otherwise|padded( signature)?$|space at the end|a dot at the end|comma after/,
  ),
  byName('more than 8,192 characters', /: 819[34] characters$/),
  byName('`use`, where uses are not counted', /^use |^uses that \w+ counts/),
  byCode('`sta`, `sig` or `usr`, where they are not checked', 'not_configured'),
  byCode('`sta`, if the state has changed or does not exist', 'state_changed'),
  byName(
    '`sta`, `sig` or `usr` of the wrong type or length, or in a forbidden combination',
    /^(sta|sig|usr) |^sig and usr/,
  ),
  byName('an unknown claim', /^(short: )?a claim that \w+ knows/),
  byName('no command, or one of another type or length', /^cmd |: no command$|^claims: no claims|a command twice/),
  byName('another number of segments', /^(shape|short): /),
  byName('claims that are not an object', /^claims: (an array|a string|a number|null|true)$/),
  byName('claims that are not JSON in UTF-8', /^claims: (?!an expiry twice)/),
  byName('lone surrogates', /\\ud83d|\\ude00/),
  byName('`exp` or `nbf` of another type, or out of range', /^(exp|nbf) |^claims: an expiry twice|^bad claims/),
  byName('`iat` of another type, or out of range', /^iat /),
  byName('`sub`, `jti` or `get` of another type or length', /^(sub|jti|get) /),
]

/** Returns the name of the group of a rejected vector. */
export function getGroupName(row: VerifyRow): string {
  const group = groups.find(({ matches }) => matches(row))
  if (group === undefined) throw new Error(`no group matches the vector “${row.name}”`)
  return group.name
}

function byCode(name: string, ...codes: readonly string[]): Group {
  return { name, matches: ({ code }) => code !== undefined && codes.includes(code) }
}

function byName(name: string, pattern: RegExp): Group {
  return { name, matches: (row) => pattern.test(row.name) }
}
