import type { VerifyRow } from '../../../conformance/format.ts'

/** A kind of token that hookurl refuses, in the words of docs/languages.md. */
export interface Group {
  readonly name: string
  matches(row: VerifyRow): boolean
}

/** The kinds of refused tokens; the first that has a vector is its kind. */
export const groups: readonly Group[] = [
  byName('a `kid` that no key has, or another key', /^a strange kid|^a kid |^the kid of/),
  byCode('a signature that does not hold', 'invalid_signature'),
  byCode('an `exp` that is over, an `nbf` to come', 'expired', 'not_yet_valid'),
  byCode('another command', 'wrong_command'),
  byCode('no text at all', 'no_token'),
  byName('another algorithm, or none', /^header: (alg (?!twice|in lower)|no |the header of a sealed)/),
  byName('header members like `crit`, `b64`, `jku`', /^header: (cty|crit|b64|zip|jwk|jku|x5)/),
  byName('a header in another spelling, another `typ`', /^header: /),
  byName('claims whose unused bits are set', /^claims spelled otherwise/),
  byName(
    'a signature in another spelling, or more behind it',
    /signature spelled otherwise|padded( signature)?$|space at the end|a dot at the end|comma after/,
  ),
  byName('more than 8,192 characters', /: 819[34] characters$/),
  byName('`use`, where nothing counts uses', /^use |^uses that nobody counts/),
  byName('a claim that is not known', /^(short: )?a claim that nobody knows/),
  byName('no command, or one of another type or length', /^cmd |: no command$|^claims: no claims|a command twice/),
  byName('another shape', /^(shape|short): /),
  byName('claims that are not an object', /^claims: (an array|a string|a number|null|true)$/),
  byName('claims that are not JSON in UTF-8', /^claims: (?!an expiry twice)/),
  byName('lone surrogates', /\\ud83d|\\ude00/),
  byName('`exp` or `nbf` of another type, or out of range', /^(exp|nbf) |^claims: an expiry twice|^bad claims/),
  byName('`iat` of another type, or out of range', /^iat /),
  byName('`sub`, `jti` or `get` of another type or length', /^(sub|jti|get) /),
]

/** The kind of a vector that is refused. */
export function getGroupName(row: VerifyRow): string {
  const group = groups.find(({ has }) => has(row))
  if (group === undefined) throw new Error(`no kind has the vector “${row.name}”`)
  return group.what
}

function byCode(what: string, ...codes: readonly string[]): Group {
  return { name, matches: ({ code }) => code !== undefined && codes.includes(code) }
}

function byName(what: string, pattern: RegExp): Group {
  return { name, matches: ({ name }) => pattern.test(name) }
}
