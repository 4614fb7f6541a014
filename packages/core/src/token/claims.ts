import { invalidOption } from '../errors.ts'
import type { Hook, KeyRef } from '../hook.ts'
import { hasLoneSurrogate, isPlainText } from '../util/string.ts'

/** The claims of a hook token, version 1 (RFC 7519 §4). */
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
  sta?: string
  sig?: 1
  usr?: 1
}

interface ClaimDefinition {
  readonly claim: keyof Claims
  /** The option of `mint` that the claim comes from. */
  readonly option: string
  /** What the option must be, for the error message. */
  readonly requirement: string
  accepts(value: unknown): boolean
}

/** Two claims that contradict each other. */
interface Conflict {
  readonly message: string
  readonly fix: string
}

/** The first second of the year 10000, which four digits cannot represent: 10000-01-01T00:00:00Z. */
const MAX_TIMESTAMP = 253402300800
const MAX_USES = 1000
const idPattern = /^[A-Za-z0-9_-]{1,64}$/
const stateHashPattern = /^[A-Za-z0-9_-]{12}$/
// Strings that JSON encodes without escapes.
const plainJson = /^[ !#-[\]-~]*$/
const nameRequirement = 'a string of 1 to 256 characters without control characters'
const timeRequirement = 'a time before the year 10000'

// In the order in which the claims are serialized.
const claimDefinitions: readonly ClaimDefinition[] = [
  { claim: 'cmd', option: 'command', requirement: nameRequirement, accepts: isName },
  { claim: 'sub', option: 'userId', requirement: `${nameRequirement}, a safe integer or a bigint`, accepts: isName },
  {
    claim: 'cnt',
    option: 'content',
    requirement: 'a JSON value: nothing that JSON would drop, such as NaN or a Map, and no lone surrogate',
    accepts: () => true,
  },
  { claim: 'rdr', option: 'redirectTo', requirement: 'a string', accepts: (value) => typeof value === 'string' },
  {
    claim: 'exp',
    option: 'expiresIn',
    requirement: timeRequirement,
    accepts: isExpiry,
  },
  {
    claim: 'nbf',
    option: 'notBefore',
    requirement: timeRequirement,
    accepts: (value) => isIntegerBetween(value, 0, MAX_TIMESTAMP - 1),
  },
  {
    claim: 'iat',
    option: 'issuedAt',
    requirement: 'true or false',
    accepts: (value) => isIntegerBetween(value, 0, MAX_TIMESTAMP - 1),
  },
  { claim: 'jti', option: 'id', requirement: '1 to 64 characters of A–Z, a–z, 0–9, _ and -', accepts: isId },
  {
    claim: 'use',
    option: 'maxUses',
    requirement: 'an integer from 1 to 1000',
    accepts: (value) => isIntegerBetween(value, 1, MAX_USES),
  },
  { claim: 'get', option: 'allowGet', requirement: 'true or false', accepts: isOne },
  { claim: 'sta', option: 'state', requirement: 'a state', accepts: isStateHash },
  { claim: 'sig', option: 'requireSignature', requirement: 'true or false', accepts: isOne },
  { claim: 'usr', option: 'requireUser', requirement: 'true or false', accepts: isOne },
]
const definitionByClaim: ReadonlyMap<string, ClaimDefinition> = new Map(
  claimDefinitions.map((definition) => [definition.claim, definition]),
)

/** Whether a value is valid as the name of a command, a user ID or a title. */
export function isName(value: unknown): value is string {
  return isPlainText(value, 1, 256)
}

/** Whether a value can be an expiration time, in epoch seconds. */
export function isExpiry(value: unknown): boolean {
  return isIntegerBetween(value, 1, MAX_TIMESTAMP - 1)
}

/**
 * Serializes claims as JSON, in the order of their definitions and without whitespace.
 *
 * @throws {HookurlError} `invalid_option`, naming the option that the claim comes from
 */
export function serializeClaims(claims: Claims): string {
  let text = ''
  for (const definition of claimDefinitions) {
    const value = claims[definition.claim]
    if (value === undefined && definition.claim !== 'cmd') continue
    const json = definition.accepts(value) ? toJson(value) : undefined
    if (json === undefined) {
      throw invalidOption(`${definition.option} must be ${definition.requirement}`, `Pass ${definition.requirement}.`)
    }
    text += `${text === '' ? '{' : ','}"${definition.claim}":${json}`
  }
  const conflict = findConflict(claims)
  if (conflict !== undefined) throw invalidOption(conflict.message, conflict.fix)
  return `${text}}`
}

/** Parses the claims of a token with a valid signature. Returns `undefined` if it is not a version 1 hook. */
export function parseClaims(text: string | undefined): Claims | undefined {
  const value = parseJson(text)
  return value !== undefined && findClaimsProblem(value) === undefined ? (value as unknown as Claims) : undefined
}

/** Parses a JSON object. Returns `undefined` if the string is not one, or contains a lone surrogate. */
export function parseJson(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return text.includes('\\u') && hasLoneSurrogate(value) ? undefined : (value as Record<string, unknown>)
  } catch {
    return undefined
  }
}

/** Returns why an object is not the claims of a version 1 hook, without quoting values, or `undefined` if it is. */
export function findClaimsProblem(claims: Record<string, unknown>): string | undefined {
  for (const name in claims) {
    const definition = definitionByClaim.get(name)
    if (definition === undefined) return `it has a claim that version 1 does not define: ${JSON.stringify(name)}`
    if (!definition.accepts(claims[name])) return `the claim "${name}" is not a valid ${definition.option}`
  }
  if (claims.cmd === undefined) return 'it has no command (the claim "cmd")'
  return findConflict(claims as unknown as Claims)?.message
}

/**
 * Returns the error code for a token outside its validity period, or `undefined` if it is valid. `now` is in epoch
 * milliseconds, `tolerance` in seconds.
 */
export function checkValidityPeriod(
  claims: Claims,
  now: number,
  tolerance: number,
): 'expired' | 'not_yet_valid' | undefined {
  const seconds = now / 1000
  // The comparisons are negated, so that a clock that returns NaN rejects the token.
  if (claims.exp !== undefined && !(seconds < claims.exp + tolerance)) return 'expired'
  if (claims.nbf !== undefined && !(seconds >= claims.nbf - tolerance)) return 'not_yet_valid'
  return undefined
}

/** Converts claims to a hook. */
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
  if (claims.sta !== undefined) hook.isStateBound = true
  if (claims.sig !== undefined) hook.requiresSignature = true
  if (claims.usr !== undefined) hook.requiresUser = true
  return Object.freeze(hook)
}

function findConflict(claims: Claims): Conflict | undefined {
  if (claims.nbf !== undefined && claims.exp !== undefined && claims.nbf >= claims.exp) {
    return { message: 'it expires before it becomes valid', fix: 'Set notBefore to a time before the expiration time.' }
  }
  return findUseConflict(claims) ?? findRestrictionConflict(claims)
}

function findUseConflict(claims: Claims): Conflict | undefined {
  if (claims.use === undefined) return undefined
  if (claims.exp === undefined) {
    return {
      message: 'maxUses requires an expiration time, because uses cannot be counted forever',
      fix: 'Set expiresIn or expiresAt.',
    }
  }
  if (claims.jti === undefined) return { message: 'maxUses requires an id', fix: 'Set id.' }
  return undefined
}

// A user confirms on a page, a service signs its requests. Both need POST, so `get` is excluded.
function findRestrictionConflict({ sub, get, sig, usr }: Claims): Conflict | undefined {
  if (usr !== undefined && sub === undefined) return { message: 'requireUser requires a userId', fix: 'Set userId.' }
  if (usr !== undefined && get !== undefined) return cannotCombine('requireUser', 'allowGet')
  if (sig !== undefined && get !== undefined) return cannotCombine('requireSignature', 'allowGet')
  if (sig !== undefined && usr !== undefined) return cannotCombine('requireSignature', 'requireUser')
  return undefined
}

function cannotCombine(one: string, other: string): Conflict {
  return { message: `${one} and ${other} cannot be combined`, fix: 'Remove one of them.' }
}

function toJson(value: unknown): string | undefined {
  if (typeof value === 'string' && plainJson.test(value)) return `"${value}"`
  try {
    const json: string | undefined = JSON.stringify(value)
    // JSON silently writes null or {} for a value that it cannot represent.
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
  if (isLost) throw new TypeError('JSON would drop the value')
  return value
}

function isIntegerBetween(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
}

function isOne(value: unknown): boolean {
  return value === 1
}

function isStateHash(value: unknown): boolean {
  return typeof value === 'string' && stateHashPattern.test(value)
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && idPattern.test(value)
}
