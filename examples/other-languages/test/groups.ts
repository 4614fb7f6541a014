import type { VerifyRow } from '../../../conformance/format.ts'

/** A kind of token that hookurl refuses, in the words of docs/languages.md. */
export interface Group {
  readonly what: string
  has(row: VerifyRow): boolean
}

/** The kinds of refused tokens; the first that has a vector is its kind. */
export const groups: readonly Group[] = [
  named('a `kid` that no key has, or another key', /^a strange kid|^a kid |^the kid of/),
  coded('a signature that does not hold', 'invalid_signature'),
  coded('an `exp` that is over, an `nbf` to come', 'expired', 'not_yet_valid'),
  coded('another command', 'wrong_command'),
  coded('no text at all', 'no_token'),
  named('another algorithm, or none', /^header: (alg (?!twice|in lower)|no |the header of a sealed)/),
  named('header members like `crit`, `b64`, `jku`', /^header: (cty|crit|b64|zip|jwk|jku|x5)/),
  named('a header in another spelling, another `typ`', /^header: /),
  named('claims whose unused bits are set', /^claims spelled otherwise/),
  named(
    'a signature in another spelling, or more behind it',
    /signature spelled otherwise|padded( signature)?$|space at the end|a dot at the end|comma after/,
  ),
  named('more than 8,192 characters', /: 819[34] characters$/),
  named('`use`, where nothing counts uses', /^use |^uses that nobody counts/),
  named('a claim that is not known', /^(short: )?a claim that nobody knows/),
  named('no command, or one of another type or length', /^cmd |: no command$|^claims: no claims|a command twice/),
  named('another shape', /^(shape|short): /),
  named('claims that are not an object', /^claims: (an array|a string|a number|null|true)$/),
  named('claims that are not JSON in UTF-8', /^claims: (?!an expiry twice)/),
  named('lone surrogates', /\\ud83d|\\ude00/),
  named('`exp` or `nbf` of another type, or out of range', /^(exp|nbf) |^claims: an expiry twice|^bad claims/),
  named('`iat` of another type, or out of range', /^iat /),
  named('`sub`, `jti` or `get` of another type or length', /^(sub|jti|get) /),
]

/** The kind of a vector that is refused. */
export function groupOf(row: VerifyRow): string {
  const group = groups.find(({ has }) => has(row))
  if (group === undefined) throw new Error(`no kind has the vector “${row.name}”`)
  return group.what
}

function coded(what: string, ...codes: readonly string[]): Group {
  return { what, has: ({ code }) => code !== undefined && codes.includes(code) }
}

function named(what: string, pattern: RegExp): Group {
  return { what, has: ({ name }) => pattern.test(name) }
}
