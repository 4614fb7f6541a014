import { JsonNumber } from './json.ts'
import { formatTimestamp } from './timestamps.ts'

export type Claims = Readonly<Record<string, unknown>>

interface ClaimLabel {
  readonly claim: string
  readonly label: string
  readonly type: 'string' | 'json' | 'methods' | 'timestamp' | 'restriction'
  /** What a restriction says. */
  readonly text?: string
  /** The value shown if a token does not have this claim. */
  readonly absent?: string
}

export interface FormatOptions {
  /** In epoch milliseconds; timestamps are shown relative to it. */
  readonly now: number
  formatString(value: string): string
  formatJson(value: unknown): string
}

// The most important claims come first.
const claimLabels: readonly ClaimLabel[] = [
  { claim: 'cmd', label: 'command', type: 'string' },
  { claim: 'sub', label: 'user', type: 'string' },
  { claim: 'cnt', label: 'content', type: 'json' },
  { claim: 'rdr', label: 'redirect', type: 'string' },
  { claim: 'get', label: 'methods', type: 'methods', absent: 'POST' },
  { claim: 'use', label: 'max uses', type: 'json' },
  { claim: 'sta', label: 'state', type: 'restriction', text: 'bound to a state' },
  { claim: 'sig', label: 'requests', type: 'restriction', text: 'must be signed' },
  { claim: 'usr', label: 'users', type: 'restriction', text: 'only its user' },
  { claim: 'jti', label: 'id', type: 'string' },
  { claim: 'iat', label: 'minted', type: 'timestamp' },
  { claim: 'nbf', label: 'not before', type: 'timestamp' },
  { claim: 'exp', label: 'expires', type: 'timestamp', absent: 'never' },
]
const knownClaims: ReadonlySet<string> = new Set(claimLabels.map(({ claim }) => claim))

/** Formats the claims of a token as labels and values. Unknown claims come last, under their own names. */
export function formatClaims(claims: Claims, options: FormatOptions): [label: string, value: string][] {
  const known = claimLabels.flatMap(({ claim, label, type, text, absent }): [string, string][] => {
    const value = claims[claim]
    if (text !== undefined && isRestriction(claim, value)) return [[label, text]]
    if (value !== undefined) return [[label, formatValue(value, type, options)]]
    return absent === undefined ? [] : [[label, absent]]
  })
  const unknown = Object.keys(claims)
    .filter((name) => !knownClaims.has(name))
    .map((name): [string, string] => [options.formatString(name), options.formatJson(claims[name])])
  return [...known, ...unknown]
}

/** Returns the claims that a hook was created from. The hook may come from JSON, with its times as strings. */
export function getHookClaims(hook: object): Claims {
  const { command, userId, content, redirectTo, allowGet, maxUses, id, issuedAt, notBefore, expiresAt } = hook as Claims
  const { isStateBound, requiresSignature, requiresUser } = hook as Claims
  return {
    cmd: command,
    sub: userId,
    cnt: content,
    rdr: redirectTo,
    get: allowGet === true ? 1 : undefined,
    use: maxUses,
    // A hook does not contain the hash of its state.
    sta: isStateBound === true ? '' : undefined,
    sig: requiresSignature === true ? 1 : undefined,
    usr: requiresUser === true ? 1 : undefined,
    jti: id,
    iat: toEpochSeconds(issuedAt),
    nbf: toEpochSeconds(notBefore),
    exp: toEpochSeconds(expiresAt),
  }
}

// A value of another type is shown as it is.
function isRestriction(claim: string, value: unknown): boolean {
  return claim === 'sta' ? typeof value === 'string' : toNumber(value) === 1
}

function formatValue(
  value: unknown,
  type: ClaimLabel['type'],
  { now, formatString, formatJson }: FormatOptions,
): string {
  const number = toNumber(value)
  if (type === 'timestamp' && typeof number === 'number') return formatTimestamp(number, now)
  if (type === 'methods' && number === 1) return 'GET and POST'
  return type === 'string' && typeof value === 'string' ? formatString(value) : formatJson(value)
}

function toNumber(value: unknown): unknown {
  return value instanceof JsonNumber ? Number(value.literal) : value
}

function toEpochSeconds(time: unknown): number | undefined {
  return time === undefined ? undefined : new Date(time as Date | string).getTime() / 1000
}
