import { invalidOption } from '../errors.ts'
import type { Hook, KeyRef } from '../hook.ts'
import { hasLoneSurrogate, isPlainText } from '../util/string.ts'

/** The claims of a hook token, version 1 (RFC 7519, section 4). */
export interface Claims {
  cmd: string
  sub?: string
  cnt?: unknown
  rdr?: string
  exp?: number
  nbf?: number
  iat?: number
  jti?: string
  use?: number
  get?: 1
}

interface ClaimDefinition {
  readonly claim: keyof Claims
  readonly option: string
  readonly rule: string
  accepts(value: unknown): boolean
}

/** The first second that no four-digit year has: 10000-01-01T00:00:00Z. */
const MAX_TIMESTAMP = 253402300800
const idShape = /^[A-Za-z0-9_-]{1,64}$/
const nameRule = 'a text of 1 to 256 characters without control characters'
// What JSON writes as it is.
const plainJson = /^[ !#-[\]-~]*$/
const momentRule = 'a moment before the year 10000'

// The claims, in the order in which they are minted.
const claimDefinitions: readonly ClaimDefinition[] = [
  { claim: 'cmd', option: 'command', rule: nameRule, accepts: isName },
  { claim: 'sub', option: 'userId', rule: `${nameRule}, a safe integer or a bigint`, accepts: isName },
  {
    claim: 'cnt',
    option: 'content',
    rule: 'a JSON value: nothing that JSON would lose, such as NaN or a Map, and no lone surrogate',
    accepts: () => true,
  },
  { claim: 'rdr', option: 'redirectTo', rule: 'a text', accepts: (value) => typeof value === 'string' },
  {
    claim: 'exp',
    option: 'expiresIn',
    rule: momentRule,
    accepts: (value) => isIntegerBetween(value, 1, MAX_TIMESTAMP - 1),
  },
  {
    claim: 'nbf',
    option: 'notBefore',
    rule: momentRule,
    accepts: (value) => isIntegerBetween(value, 0, MAX_TIMESTAMP - 1),
  },
  {
    claim: 'iat',
    option: 'issuedAt',
    rule: 'true or false',
    accepts: (value) => isIntegerBetween(value, 0, MAX_TIMESTAMP - 1),
  },
  { claim: 'jti', option: 'id', rule: '1 to 64 characters of A–Z, a–z, 0–9, _ and -', accepts: isId },
  {
    claim: 'use',
    option: 'maxUses',
    rule: 'a whole number from 1 to 1000',
    accepts: (value) => isIntegerBetween(value, 1, 1000),
  },
  { claim: 'get', option: 'allowGet', rule: 'true or false', accepts: (value) => value === 1 },
]
const rowOf: ReadonlyMap<string, ClaimDefinition> = new Map(claimDefinitions.map((row) => [row.claim, row]))

/** Whether a value may be the name of a command. */
export function isName(value: unknown): value is string {
  return isPlainText(value, 1, 256)
}

/**
 * Writes claims as JSON, in the order of the table and without white space.
 *
 * @throws {HookurlError} `invalid_option`, naming the option that the claim came from
 */
export function serializeClaims(claims: Claims): string {
  let text = ''
  for (const row of claimDefinitions) {
    const value = claims[row.claim]
    if (value === undefined && row.claim !== 'cmd') continue
    const json = row.accepts(value) ? toJson(value) : undefined
    if (json === undefined) throw invalidOption(`${row.option} must be ${row.rule}`, `Correct ${row.option}.`)
    text += `${text === '' ? '{' : ','}"${row.claim}":${json}`
  }
  const problem = findConflict(claims)
  if (problem !== undefined) throw invalidOption(problem.message, problem.fix)
  return `${text}}`
}

/** Reads the claims of a token whose signature holds; undefined: not a version 1 hook. */
export function parseClaims(text: string | undefined): Claims | undefined {
  const value = parseJson(text)
  return value !== undefined && findClaimsProblem(value) === undefined ? (value as unknown as Claims) : undefined
}

/** The JSON object that a text is, if it is one. */
export function parseJson(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return /\\u[dD]/.test(text) && hasLoneSurrogate(value) ? undefined : (value as Record<string, unknown>)
  } catch {
    return undefined
  }
}

/** Why an object is not the claims of a version 1 hook, in words that hold no value of it. */
export function findClaimsProblem(claims: Record<string, unknown>): string | undefined {
  for (const name in claims) {
    const row = rowOf.get(name)
    if (row === undefined) return `it has a claim that is not in version 1: ${JSON.stringify(name)}`
    if (!row.accepts(claims[name])) return `the claim "${name}" is not what ${row.option} can be`
  }
  if (claims.cmd === undefined) return 'it has no command (the claim "cmd")'
  return findConflict(claims as unknown as Claims)?.message
}

/** Whether a moment lies outside the life of a token. `tolerance` is in seconds. */
export function checkValidityPeriod(
  claims: Claims,
  now: number,
  tolerance: number,
): 'expired' | 'not_yet_valid' | undefined {
  const seconds = now / 1000
  // Written so that a clock that gives no number refuses.
  if (claims.exp !== undefined && !(seconds < claims.exp + tolerance)) return 'expired'
  if (claims.nbf !== undefined && !(seconds >= claims.nbf - tolerance)) return 'not_yet_valid'
  return undefined
}

/** The hook that claims stand for. */
export function toHook(claims: Claims, key: KeyRef): Hook {
  const hook: { -readonly [Name in keyof Hook]: Hook[Name] } = {
    command: claims.cmd,
    content: claims.cnt,
    allowGet: claims.get === 1,
    key,
  }
  if (claims.sub !== undefined) hook.userId = claims.sub
  if (claims.rdr !== undefined) hook.redirectTo = claims.rdr
  if (claims.exp !== undefined) hook.expiresAt = new Date(claims.exp * 1000)
  if (claims.nbf !== undefined) hook.notBefore = new Date(claims.nbf * 1000)
  if (claims.iat !== undefined) hook.issuedAt = new Date(claims.iat * 1000)
  if (claims.jti !== undefined) hook.id = claims.jti
  if (claims.use !== undefined) hook.maxUses = claims.use
  return Object.freeze(hook)
}

function findConflict(claims: Claims): { message: string; fix: string } | undefined {
  if (claims.nbf !== undefined && claims.exp !== undefined && claims.nbf >= claims.exp) {
    return { message: 'it expires before it becomes valid', fix: 'Let notBefore be earlier than the expiry.' }
  }
  if (claims.use === undefined) return undefined
  if (claims.exp === undefined) {
    return { message: 'uses need an expiry: they cannot be counted for ever', fix: 'Set expiresIn or expiresAt.' }
  }
  if (claims.jti === undefined) return { message: 'uses need an id', fix: 'Set id.' }
  return undefined
}

function toJson(value: unknown): string | undefined {
  if (typeof value === 'string' && plainJson.test(value)) return `"${value}"`
  try {
    const json: string | undefined = JSON.stringify(value)
    // What JSON has not would be signed as null or {}, and nobody would know.
    if (json !== undefined && /null|\{\}/.test(json)) JSON.stringify(value, rejectLossyValue)
    return json?.includes('\\ud') && hasLoneSurrogate(JSON.parse(json)) ? undefined : json
  } catch {
    return undefined
  }
}

function rejectLossyValue(this: unknown, _name: string, value: unknown): unknown {
  const isLost =
    (typeof value === 'number' && !Number.isFinite(value)) ||
    value instanceof Map ||
    value instanceof Set ||
    (Array.isArray(this) && ['undefined', 'function', 'symbol'].includes(typeof value))
  if (isLost) throw new TypeError('JSON would lose it')
  return value
}

function isIntegerBetween(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && idShape.test(value)
}
